//! Sites that hold by address what nobody has tagged: nothing of a known service runs before an answer, and all of it once after.

use std::collections::BTreeMap;

use raspiska_tests::{Front, Visitor, World, mark, wait};
use serde_json::{Value, json};

const PAGE: &str = "/untagged.html";
const HOST: &str = "shop.jetcrm.localhost";
const POLICY: &str = "default-src 'self'; script-src 'self' 'nonce-page' 'wasm-unsafe-eval'; img-src 'self' data:; connect-src 'self' data:";
/// Holding by address is on, and the demo services have addresses.
pub(super) const AUTO: [(&str, &str, &str); 4] = [
    (
        "site.toml",
        "[banner.ru]\n",
        "[gate]\nauto = true\n\n[banner.ru]\n",
    ),
    (
        "site.toml",
        "name = { ru = \"Демо-счётчик\", en = \"Demo counter\" }\n",
        "name = { ru = \"Демо-счётчик\", en = \"Demo counter\" }\npatterns = [\"shop.jetcrm.localhost/third/counter/*\"]\n\
         stop = [{ set = \"disableDemoCounter\", value = true }]\nsignal = [\"analytics_storage\"]\nconsent_mode = true\n",
    ),
    (
        "site.toml",
        "name = { ru = \"Демо-пиксель\", en = \"Demo pixel\" }\n",
        "name = { ru = \"Демо-пиксель\", en = \"Demo pixel\" }\npatterns = [\"*.jetcrm.localhost/third/pixel/*\"]\n\
         signal = [\"ad_storage\"]\nconsent_mode = true\n",
    ),
    (
        "site.toml",
        "name = { ru = \"Демо-видео\", en = \"Demo video\" }\n",
        "name = { ru = \"Демо-видео\", en = \"Demo video\" }\npatterns = [\"shop.jetcrm.localhost/third/video/*\"]\n",
    ),
];

/// In the page, in every way that a page has.
const SCRIPTS: [&str; 10] = [
    "parsed",
    "deferred",
    "asynced",
    "module",
    "tagged",
    "snippet",
    "written",
    "attribute",
    "property",
    "copied",
];
const FRAMES: [&str; 3] = ["frame", "adjacent", "inner"];

async fn has_run(visitor: &Visitor, what: &str, names: &[&[&str]]) {
    let wanted: BTreeMap<String, u64> = names
        .concat()
        .iter()
        .map(|name| ((*name).to_owned(), 1))
        .collect();
    wait::equal(what, wanted, async || {
        visitor.evaluates("return window.ran || {}", &[]).await
    })
    .await;
}

/// What Google's tags would read, without the times of events.
async fn signals(visitor: &Visitor) -> Vec<Value> {
    visitor
        .evaluates(
            "return (window.dataLayer || []).map((one) => Array.from(one))",
            &[],
        )
        .await
}

#[tokio::test]
async fn nothing_of_a_known_service_runs_before_an_answer_and_all_of_it_once_after() {
    World::tell(async |world| {
        world.changes_site(&AUTO).await;
        let front = Front::of(&world.server, POLICY).await;
        let visitor = world.visitor_at(&front, HOST).await;
        // Nobody is at home where the beacon goes.
        visitor.expects("third/pixel/beacon");
        visitor.opens(PAGE).await;
        visitor.sees(mark::BANNER).await;
        visitor.is_idle().await;
        let refused: &[&str] = &["free", "fetchRefused", "requestRefused"];
        has_run(&visitor, "before an answer", &[refused]).await;
        // A browser reads ahead: what stands in the markup may be fetched, and is not run. What a script asks for is not even fetched.
        for never in [
            "?snippet", "?written", "?attribute", "?property", "?copied", "?tagged", "?new", "beacon", "?fetch", "?request", "?adjacent", "?inner",
        ] {
            visitor.never_fetched(never).await;
        }
        assert_eq!(visitor.count("iframe").await, 0);
        assert_eq!(visitor.count("raspiska-hold >>> section").await, 3);
        let off: bool = visitor.evaluates("return window.disableDemoCounter === true", &[]).await;
        assert!(off, "the service's own switch is off");
        assert_eq!(
            signals(&visitor).await,
            [json!(["consent", "default", { "ad_storage": "denied", "analytics_storage": "denied" }])]
        );

        visitor.gives_all().await;
        has_run(&visitor, "after a yes", &[refused, &SCRIPTS, &FRAMES]).await;
        let off: bool = visitor.evaluates("return 'disableDemoCounter' in window", &[]).await;
        assert!(!off, "the service's own switch is gone");
        assert_eq!(
            signals(&visitor).await[1],
            json!(["consent", "update", { "ad_storage": "granted", "analytics_storage": "granted" }])
        );
        visitor.holds(3).await;

        visitor.reloads().await;
        has_run(&visitor, "later", &[&["free", "fetch", "request"], &SCRIPTS, &FRAMES]).await;
        let told = signals(&visitor).await;
        assert_eq!(told[0][1], "default");
        for signal in told {
            assert_eq!(signal[2], json!({ "ad_storage": "granted", "analytics_storage": "granted" }));
        }
    })
    .await;
}

#[tokio::test]
async fn by_address_too_only_what_is_given_runs() {
    World::tell(async |world| {
        world.changes_site(&AUTO).await;
        let front = Front::of(&world.server, POLICY).await;
        let visitor = world.visitor_at(&front, HOST).await;
        visitor.opens(PAGE).await;
        let _: Value = visitor
            .evaluates(
                "raspiska.set({ analytics: false, ads: false, media: true })",
                &[],
            )
            .await;
        let refused: &[&str] = &["free", "fetchRefused", "requestRefused"];
        has_run(&visitor, "media alone", &[refused, &FRAMES]).await;
        visitor.holds(3).await;
        visitor.reloads().await;
        has_run(&visitor, "media alone, later", &[refused, &FRAMES]).await;
        for never in ["?snippet", "?written", "?property", "?new", "beacon"] {
            visitor.never_fetched(never).await;
        }
    })
    .await;
}
