//! A page with every kind of held content, in every decision: what ran, and what was left in the browser afterwards.

use std::collections::BTreeMap;

use raspiska_shared::receipt::GateAct;
use raspiska_tests::{Front, Visitor, World, wait};
use serde_json::{Value, json};

const PAGE: &str = "/everything.html";
const HOST: &str = "shop.jetcrm.localhost";
/// A site's own policy, with a nonce for its inline scripts.
const POLICY: &str =
    "default-src 'self'; script-src 'self' 'nonce-page' 'wasm-unsafe-eval'; img-src 'self' data:";
/// Each service stores under several names.
const NAMES: [(&str, &str, &str); 3] = [
    (
        "site.toml",
        r#"name = "_demo_uid""#,
        r#"name = "_demo_uid*""#,
    ),
    (
        "site.toml",
        r#"name = "_demo_ads""#,
        r#"name = "_demo_ads*""#,
    ),
    (
        "site.toml",
        r#"name = "_demo_player""#,
        r#"name = "_demo_player*""#,
    ),
];

/// What the page holds, with all that has to be given for it.
const HELD: [(&str, &[&str]); 16] = [
    ("classic", &["analytics"]),
    ("inline", &["analytics"]),
    ("counter", &["analytics/counter"]),
    ("deferred", &["analytics"]),
    ("asynced", &["ads"]),
    ("module", &["ads/pixel"]),
    ("moduleInline", &["ads"]),
    ("media", &["media"]),
    ("both", &["analytics", "ads"]),
    ("frame", &["media/video"]),
    ("image", &["ads/pixel"]),
    ("templateInline", &["analytics"]),
    ("template", &["analytics"]),
    ("appended", &["analytics/counter"]),
    ("inner", &["ads"]),
    ("innerFrame", &["media/video"]),
];
/// What a service leaves, wherever a page can keep something.
const STEMS: [(&str, &str); 3] = [
    ("ads/pixel", "_demo_ads"),
    ("media/video", "_demo_player"),
    ("analytics/counter", "_demo_uid"),
];
/// Decisions: what is set, then what holds.
const DECISIONS: [(&str, &[&str]); 8] = [
    (r#"{"analytics":false,"ads":false,"media":false}"#, &[]),
    (
        r#"{"analytics":true,"ads":true,"media":true}"#,
        &[
            "analytics",
            "analytics/counter",
            "ads",
            "ads/pixel",
            "media",
            "media/video",
        ],
    ),
    (
        r#"{"analytics":true,"ads":false,"media":false}"#,
        &["analytics", "analytics/counter"],
    ),
    (
        r#"{"analytics":false,"ads":true,"media":false}"#,
        &["ads", "ads/pixel"],
    ),
    (
        r#"{"analytics":false,"ads":false,"media":true}"#,
        &["media", "media/video"],
    ),
    (
        r#"{"analytics":true,"analytics/counter":false,"ads":true,"ads/pixel":false,"media":true,"media/video":false}"#,
        &["analytics", "ads", "media"],
    ),
    (
        r#"{"analytics/counter":true,"ads":false,"media":false}"#,
        &["analytics/counter"],
    ),
    (r#"{"media":true,"media/video":false}"#, &["media"]),
];

/// What has to have run, once each; `before` an answer of a page without ads, what runs then has run already.
fn runs(given: &[&str], without_ads: bool) -> BTreeMap<String, u64> {
    let held = HELD
        .iter()
        .filter(|(_, all)| all.iter().all(|one| given.contains(one)));
    let names = held.map(|(name, _)| *name);
    let free = without_ads.then_some("withoutAds");
    names.chain(free).map(|name| (name.to_owned(), 1)).collect()
}

fn traces(given: &[&str]) -> Value {
    let left: Vec<&str> = STEMS
        .iter()
        .filter(|(purpose, _)| given.contains(purpose))
        .map(|(_, stem)| *stem)
        .collect();
    json!({ "cookies": left, "local": left, "session": left, "databases": left, "caches": left })
}

async fn has_run(visitor: &Visitor, what: &str, wanted: BTreeMap<String, u64>) {
    wait::equal(what, wanted, async || {
        visitor.evaluates("return window.ran || {}", &[]).await
    })
    .await;
}

async fn has_left(visitor: &Visitor, what: &str, wanted: Value) {
    wait::equal(what, wanted, async || {
        visitor
            .awaits::<Value>(
                "const done = arguments[arguments.length - 1];
                 window.traces ? traces().then(done, (error) => done(String(error))) : done(null)",
                &[],
            )
            .await
    })
    .await;
}

async fn sets(visitor: &Visitor, wanted: &str) {
    let _: Value = visitor
        .evaluates("raspiska.set(JSON.parse(arguments[0]))", &[json!(wanted)])
        .await;
}

/// Nothing of an earlier visit is left.
async fn is_new(visitor: &Visitor) {
    wait::equal("decisions on their way", 0, async || {
        visitor.outbox().await.len()
    })
    .await;
    visitor.opens("/everything/traces.js").await;
    visitor
        .devtools(
            "Storage.clearDataForOrigin",
            json!({ "origin": visitor.origin(), "storageTypes": "all" }),
        )
        .await;
    visitor
        .devtools("Network.clearBrowserCookies", json!({}))
        .await;
}

#[tokio::test]
async fn in_every_decision_what_is_given_runs_once_and_the_rest_leaves_nothing() {
    World::tell(async |world| {
        world.changes_site(&NAMES).await;
        let front = Front::of(&world.server, POLICY).await;
        let visitor = world.visitor_at(&front, HOST).await;
        // A file without a page around it has no icon of its own.
        visitor.expects("favicon.ico");
        for (decision, given) in DECISIONS {
            visitor.opens(PAGE).await;
            visitor.is_idle().await;
            has_run(&visitor, "before an answer", runs(&[], true)).await;
            has_left(&visitor, "before an answer", traces(&[])).await;

            sets(&visitor, decision).await;
            has_run(&visitor, decision, runs(given, true)).await;
            has_left(&visitor, decision, traces(given)).await;
            if given.contains(&"analytics/counter") && given.contains(&"analytics") {
                let order: Vec<String> = visitor.evaluates("return order", &[]).await;
                let at = |name: &str| order.iter().position(|one| one == name);
                assert!(
                    at("classic") < at("inline")
                        && at("inline") < at("counter")
                        && at("counter") < at("deferred"),
                    "scripts run in the order of the page: {order:?}"
                );
            }

            visitor.reloads().await;
            let ads = given.contains(&"ads");
            has_run(&visitor, &format!("{decision}, later"), runs(given, !ads)).await;
            has_left(&visitor, &format!("{decision}, later"), traces(given)).await;

            let _: Value = visitor.evaluates("window.same = true", &[]).await;
            sets(&visitor, DECISIONS[0].0).await;
            has_left(&visitor, &format!("{decision}, withdrawn"), traces(&[])).await;
            // Only what a script did needs a new page; a frame is taken away.
            let ran = given.iter().any(|one| !["media/video"].contains(one));
            if ran {
                has_run(&visitor, &format!("{decision}, withdrawn"), runs(&[], true)).await;
                has_left(&visitor, &format!("{decision}, withdrawn"), traces(&[])).await;
            }
            wait::equal("the same page", !ran, async || {
                visitor.evaluates("return !!window.same", &[]).await
            })
            .await;
            assert!(!visitor.allows("analytics").await && !visitor.allows("media/video").await);
            is_new(&visitor).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_frame_is_shown_once_and_gone_with_the_page_or_always() {
    World::tell(async |world| {
        world.changes_site(&NAMES).await;
        let front = Front::of(&world.server, POLICY).await;
        let visitor = world.visitor_at(&front, HOST).await;
        visitor.opens(PAGE).await;
        visitor.refuses_all().await;
        visitor
            .presses("raspiska-hold >>> section[aria-label=Ролик] button{Показать}")
            .await;
        let mut once = runs(&[], true);
        once.insert("frame".to_owned(), 1);
        has_run(&visitor, "once", once).await;
        visitor.holds(3).await;

        visitor.reloads().await;
        has_run(&visitor, "once, later", runs(&[], true)).await;
        let left: Vec<String> = visitor.cookies().await;
        assert_eq!(left, [""; 0], "what the frame has set is swept");

        visitor
            .presses("raspiska-hold >>> section[aria-label=Ролик] button{Всегда}")
            .await;
        has_run(&visitor, "always", runs(&["media/video"], true)).await;
        visitor.reloads().await;
        has_run(&visitor, "always, later", runs(&["media/video"], true)).await;
        has_left(&visitor, "always, later", traces(&["media/video"])).await;
        visitor.holds(4).await;
    })
    .await;
}

#[tokio::test]
async fn the_receipts_say_what_the_page_held_back_and_let_go() {
    World::tell(async |world| {
        world.changes_site(&NAMES).await;
        let front = Front::of(&world.server, POLICY).await;
        let visitor = world.visitor_at(&front, HOST).await;
        visitor.opens(PAGE).await;
        visitor
            .presses("raspiska-hold >>> section[aria-label=Ролик] button{Показать}")
            .await;
        visitor.gives_all().await;
        let first = visitor.holds(3).await;
        visitor.reloads().await;
        has_run(&visitor, "later", runs(DECISIONS[1].1, false)).await;
        sets(&visitor, DECISIONS[0].0).await;
        let second = visitor.holds(6).await.split_off(3);

        use GateAct::{Held, Let, Once};
        let told = |receipts: &[raspiska_tests::ledger::Held], notice: &str| {
            let receipt = receipts.iter().find(|held| held.notice.id == notice);
            let client = receipt.expect("a receipt").payload().client;
            let note = client.expect("a client").gate.expect("the gate's note");
            let lines: Vec<(GateAct, String)> = note
                .lines()
                .map(|line| (line.act, line.purpose.to_owned()))
                .collect();
            lines
        };
        let lines = |act: &[(GateAct, &str)]| -> Vec<(GateAct, String)> {
            act.iter()
                .map(|(act, purpose)| (*act, (*purpose).to_owned()))
                .collect()
        };
        assert_eq!(
            told(&first, "cookies-analytics"),
            lines(&[(Held, "analytics"), (Held, "analytics/counter")])
        );
        assert_eq!(
            told(&first, "cookies-ads"),
            lines(&[(Held, "ads"), (Held, "ads/pixel")])
        );
        assert_eq!(
            told(&first, "cookies-media"),
            lines(&[
                (Held, "media"),
                (Held, "media/video"),
                (Once, "media/video")
            ])
        );
        assert_eq!(
            told(&second, "cookies-media"),
            lines(&[(Let, "media"), (Let, "media/video")])
        );
    })
    .await;
}
