//! A site that had another consent manager: what that one kept, its markup, the calls that pages make to it.

use raspiska_tests::{Visitor, World, mark};
use serde_json::{Value, json};

/// The site is told that it had another manager.
async fn moves(world: &World) {
    world
        .changes_site(&[(
            "site.toml",
            "[banner.ru]",
            "[gate]
moving = true
names = { matomo = \"analytics\", \"our counter\" = \"analytics/counter\" }

[banner.ru]",
        )])
        .await;
}

/// Where a manager keeps its answer.
enum Kept<'a> {
    Cookie(&'a str, &'a str),
    Storage(&'a str, &'a str),
}
use Kept::{Cookie, Storage};

const ALL: [&str; 3] = ["ads", "analytics", "media"];
const NONE: [&str; 0] = [];

/// A new visitor's browser in which another manager has left this.
async fn had(visitor: &Visitor, kept: &[Kept<'_>]) {
    let kept: Vec<Value> = kept
        .iter()
        .map(|kept| match kept {
            Cookie(key, value) => json!([true, key, value]),
            Storage(key, value) => json!([false, key, value]),
        })
        .collect();
    let _: Value = visitor
        .evaluates(
            "localStorage.clear();
             document.cookie.split('; ').forEach((pair) => { document.cookie = pair.split('=')[0] + '=;max-age=0;path=/'; });
             arguments[0].forEach(([cookie, key, value]) => {
               if (cookie) document.cookie = key + '=' + encodeURIComponent(value) + ';path=/';
               else localStorage.setItem(key, value);
             });",
            &[json!(kept)],
        )
        .await;
}

/// What it refused is refused with us; whatever is open is asked about; nothing is ever given, signed or sent.
async fn is_taken_over(visitor: &Visitor, kept: &[Kept<'_>], refused: &[&str]) {
    had(visitor, kept).await;
    visitor.opens("/moving/plain.html").await;
    let refused: Vec<_> = refused.iter().map(|id| (*id, "refused")).collect();
    visitor.has_decided(&refused).await;
    if refused.len() < ALL.len() {
        visitor.sees(mark::BANNER).await;
        visitor.has_decided(&refused).await;
    }
    if refused.len() == ALL.len() {
        visitor.is_idle().await;
        let asked: bool = visitor.evaluates("return !!window.asked", &[]).await;
        assert!(
            !asked,
            "who has refused all is not asked, not even for a moment"
        );
    }
    for id in ALL {
        assert!(!visitor.allows(id).await, "{id} is never given");
    }
    assert!(visitor.outbox().await.is_empty());
    assert!(visitor.receipts().await.is_empty());
}

#[tokio::test]
async fn refusals_that_managers_keep_are_taken_over_and_a_yes_is_asked_again() {
    World::tell(async |world| {
        moves(world).await;
        let visitor = world.visitor().await;
        visitor
            .starts_pages_with(
                "new MutationObserver(() => { window.asked ||= !!document.querySelector('#raspiska'); })
                   .observe(document, { childList: true, subtree: true })",
            )
            .await;
        visitor.opens("/moving/plain.html").await;
        let now: i64 = visitor.evaluates("return Date.now()", &[]).await;
        let (ms, s) = (now - 864_000_000, now / 1000 - 864_000);
        let iso: String = visitor
            .evaluates("return new Date(arguments[0]).toISOString()", &[json!(ms)])
            .await;
        let iso = iso.as_str();
        let fides: String = visitor
            .awaits(
                "const [text, done] = arguments;
                 new Response(new Response(text).body.pipeThrough(new CompressionStream('gzip'))).arrayBuffer().then((bytes) =>
                   done('gzip:' + btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=/g, '')))",
                &[json!(format!(r#"{{"consent":{{"analytics":"opt_out","advertising":false}},"fides_meta":{{"updatedAt":"{iso}"}}}}"#))],
            )
            .await;
        let cookies = |categories: &str, services: &str| {
            format!(r#"{{"categories":{categories},"revision":0,"services":{services},"lastConsentTimestamp":"{iso}"}}"#)
        };
        let groups = |groups: &str| {
            format!("isGpcEnabled=0&datestamp=x&groups={groups}&AwaitingReconsent=false")
        };
        let bot = |s: bool, m: bool| {
            format!("{{stamp:'x',necessary:true,preferences:false,statistics:{s},marketing:{m},method:'explicit',ver:1,utc:{ms},region:'ru'}}")
        };
        let own = r#"{"necessary":[],"statistics":[],"marketing":[]}"#;

        // The format, what is kept, what of it is a refusal here.
        let both: &[&str] = &["ads", "analytics"];
        for (kept, refused) in [
            (vec![Cookie("cc_cookie", &cookies(r#"["necessary"]"#, own))], both),
            (vec![Storage("cc_cookie", &cookies(r#"["necessary","statistics"]"#, own))], &["ads"]),
            (vec![Cookie("cc_cookie", &cookies(r#"["necessary","statistics","marketing"]"#, own))], &NONE),
            (vec![Cookie("cc_cookie", &cookies(r#"["necessary"]"#, "{}"))], &ALL),
            (vec![Cookie("cc_cookie", &cookies(r#"["necessary","weather"]"#, "{}"))], &NONE),
            (vec![Cookie("klaro", r#"{"counter":false,"pixel":false,"video":true}"#)], both),
            (vec![Storage("klaro", r#"{"matomo":false,"pixel":true}"#)], &["analytics"]),
            (vec![Cookie("klaro", r#"{"matomo":false,"counter":true}"#)], &NONE),
            (vec![Cookie("tarteaucitron", "!counter=false!pixel=wait!video=false")], &["analytics", "media"]),
            (vec![Cookie("tarteaucitron", "!counter=true!pixel=true!video=wait")], &NONE),
            (vec![Cookie("c15t", &format!("c.necessary:1,c.marketing:1,i.t:{ms}"))], &["analytics"]),
            (vec![Storage("c15t", &format!(r#"{{"consents":{{"necessary":true,"measurement":false}},"consentInfo":{{"time":{ms}}}}}"#))], both),
            (vec![Cookie("c15t", &format!("c.necessary:1,c.measurement:1,c.marketing:1,i.t:{ms}"))], &NONE),
            (vec![Cookie("cookieconsent_status", "deny")], &ALL),
            (vec![Cookie("cookieconsent_status", "allow")], &NONE),
            (vec![Cookie("cookieconsent_status", "dismiss")], &NONE),
            (vec![Cookie("fides_consent", r#"{"consent":{"analytics":false,"advertising":true},"fides_meta":{"consentMethod":"save"}}"#)], &["analytics"]),
            (vec![Cookie("fides_consent_shop", &fides)], both),
            (vec![Cookie("fides_consent", r#"{"consent":{"analytics":false},"fides_meta":{"consentMethod":"gpc"}}"#)], &NONE),
            (vec![Storage("silktideCookieChoice_analytics", "false"), Storage("silktideCookieChoice_advertising", "true")], &["analytics"]),
            (vec![Storage("stcm.consent.analytics", "false"), Storage("stcm.consent.marketing", "false")], both),
            (vec![Storage("stcm.consent.analytics", "true")], &NONE),
            (vec![Cookie("probo_consent", r#"{"bid":"b","v":1,"vid":"v","action":"CUSTOMIZE","data":{"analytics":false,"marketing":true}}"#)], &["analytics"]),
            (vec![Cookie("probo_consent", r#"{"action":"ACCEPT_ALL","data":{"analytics":true,"marketing":true}}"#)], &NONE),
            (vec![Cookie("orejime", r#"{"analytics":false,"video":false}"#)], &["analytics", "media"]),
            (vec![Cookie("orejime", r#"{"analytics":true}"#)], &NONE),
            (vec![Cookie("_consentos_consent", &format!(r#"{{"accepted":["necessary","analytics"],"rejected":["marketing"],"consentedAt":"{iso}"}}"#))], &["ads"]),
            (vec![Cookie("_consentos_consent", r#"{"accepted":["analytics","marketing"],"rejected":[]}"#)], &NONE),
            (vec![Storage("dz152fz:cookie-runtime-state", r#"{"policyRevisionId":7,"allowedCategories":["necessary","analytics"]}"#)], &["ads", "media"]),
            (vec![Storage("dz152fz:cookie-runtime-state", r#"{"allowedCategories":["analytics","ads","media"]}"#)], &NONE),
            (vec![Cookie("OptanonConsent", &groups("C0001:1,C0002:0,C0004:1")), Cookie("OptanonAlertBoxClosed", iso)], &["analytics"]),
            (vec![Cookie("OptanonConsent", &groups("C0001:1,C0002:1,C0004:1")), Cookie("OptanonAlertBoxClosed", iso)], &NONE),
            // Its defaults, before anybody has answered.
            (vec![Cookie("OptanonConsent", &groups("C0001:1,C0002:0,C0004:0"))], &NONE),
            (vec![Cookie("CookieConsent", &bot(false, false))], both),
            (vec![Cookie("CookieConsent", &bot(true, false))], &["ads"]),
            (vec![Cookie("CookieConsent", &bot(true, true))], &NONE),
            // Two managers that contradict each other: it is asked.
            (vec![Cookie("cookieconsent_status", "deny"), Cookie("klaro", r#"{"pixel":true}"#)], &["analytics", "media"]),
            // A refusal that is older than the site lets answers become, and one from the future.
            (vec![Cookie("CookieConsent", &bot(false, false).replace(&ms.to_string(), "1500000000000"))], &NONE),
            (vec![Cookie("CookieConsent", &bot(false, false).replace(&ms.to_string(), "9900000000000"))], both),
        ] {
            is_taken_over(&visitor, &kept, refused).await;
        }

        is_taken_over(&visitor, &[Cookie("CookieConsent", &bot(false, false))], both).await;
        let choice = visitor.stored("choice").await.expect("a choice is kept");
        assert_eq!(choice["cats"]["ads"]["at"], s, "a refusal is as old as it was");
        // A new visit does not look again, and what is left is decided like anything.
        visitor.reloads().await;
        visitor.never_fetched("moving.js").await;
        visitor.gives_all().await;
        visitor.holds(1).await;
        assert!(visitor.allows("media").await && !visitor.allows("ads").await);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_says_nothing() {
    World::tell(async |world| {
        moves(world).await;
        let visitor = world.visitor().await;
        visitor.opens("/moving/plain.html").await;
        let long = format!("{{\"analytics\":false,\"x\":\"{}\"}}", "x".repeat(100_000));
        let swollen: String = visitor
            .awaits(
                "const done = arguments[0];
                 const text = JSON.stringify({ consent: { analytics: false }, x: 'x'.repeat(3000000) });
                 new Response(new Response(text).body.pipeThrough(new CompressionStream('gzip'))).arrayBuffer().then((bytes) =>
                   done('gzip:' + btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('')).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=/g, '')))",
                &[],
            )
            .await;
        for kept in [
            Storage("klaro", &long),
            Storage("fides_consent", &swollen),
            Cookie("fides_consent", "gzip:AAAA"),
            Cookie("fides_consent", "gzip:%%%"),
            Cookie("cc_cookie", "{\"categories\":"),
            Cookie("cc_cookie", r#"{"categories":{"length":3},"services":{"analytics":[]}}"#),
            Cookie("cc_cookie", r#"{"categories":[null,7,["analytics"]],"services":7,"lastConsentTimestamp":{}}"#),
            Cookie("cc_cookie", "null"),
            Cookie("klaro", "[false,false]"),
            Cookie("klaro", r#"{"analytics":0,"ads":"false","media":null}"#),
            Cookie("klaro", r#"{"__proto__":false,"constructor":false,"toString":false}"#),
            Cookie("tarteaucitron", "!__proto__=false!=false!analytics"),
            Cookie("c15t", "c.:1"),
            Cookie("c15t", "c.weather:1,i.t:soon"),
            Cookie("c15t", "{}"),
            Cookie("cookieconsent_status", "DENY"),
            Storage("stcm.consent.analytics", "no"),
            Cookie("probo_consent", r#"{"data":[false]}"#),
            Cookie("orejime", "true"),
            Cookie("_consentos_consent", r#"{"rejected":"analytics"}"#),
            Storage("dz152fz:cookie-runtime-state", r#"{"allowedCategories":"none"}"#),
            Cookie("OptanonConsent", "groups=C0002"),
            Cookie("CookieConsent", "-1"),
            Cookie("CookieConsent", "{statistics:'false'}"),
        ] {
            is_taken_over(&visitor, &[kept], &NONE).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_site_that_did_not_move_looks_at_nothing() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/moving/plain.html").await;
        had(&visitor, &[Cookie("cookieconsent_status", "deny")]).await;
        visitor.opens("/moving/plain.html").await;
        visitor.sees(mark::BANNER).await;
        visitor.never_fetched("moving.js").await;
    })
    .await;
}

#[tokio::test]
async fn the_question_is_asked_as_always_where_the_reader_does_not_come() {
    World::tell(async |world| {
        moves(world).await;
        let visitor = world.visitor().await;
        visitor.expects("moving.js");
        visitor.opens("/moving/plain.html").await;
        had(&visitor, &[Cookie("cookieconsent_status", "deny")]).await;
        visitor.devtools("Network.enable", json!({})).await;
        visitor
            .devtools("Network.setBlockedURLs", json!({ "urls": ["*/moving.js"] }))
            .await;
        visitor.opens("/moving/plain.html").await;
        visitor.sees(mark::BANNER).await;
        visitor.has_decided(&[]).await;
    })
    .await;
}

const ANALYTICS: [&str; 8] = [
    "cookieConsent",
    "cookieConsentService",
    "klaro",
    "klaroModule",
    "probo",
    "cookiebot",
    "oneTrust",
    "c15t",
];
const BOTH: [&str; 2] = ["cookiebotBoth", "oneTrustBoth"];
const FRAMES: [&str; 3] = ["Klaro", "Cookiebot", "c15t"];

async fn runs(visitor: &Visitor, names: &[&str], times: u64) {
    for name in names {
        visitor.counts(name, times).await;
        if times == 0 {
            let own = format!("?{name}");
            assert!(
                !visitor
                    .fetched()
                    .await
                    .iter()
                    .any(|path| path.ends_with(&own)),
                "{name} was fetched"
            );
        }
    }
}

#[tokio::test]
async fn markup_for_other_managers_obeys_each_decision() {
    World::tell(async |world| {
        moves(world).await;
        let visitor = world.visitor().await;
        visitor.opens("/moving/markup.html").await;
        visitor.sees(mark::BANNER).await;
        runs(
            &visitor,
            &[
                "cookiebotNecessary",
                "cookieConsentNot",
                "cookieConsentNoService",
            ],
            1,
        )
        .await;
        runs(
            &visitor,
            &[&ANALYTICS[..], &BOTH, &["unknown", "frameLoads"]].concat(),
            0,
        )
        .await;
        assert_eq!(visitor.count("#orejime").await, 0);
        for frame in FRAMES {
            assert_eq!(visitor.count(&format!("iframe[title={frame}]")).await, 0);
        }

        let _: Value = visitor
            .evaluates(
                "window.raspiska.set({ analytics: true, ads: false, media: false })",
                &[],
            )
            .await;
        runs(&visitor, &ANALYTICS, 1).await;
        visitor.sees("#orejime").await;
        runs(
            &visitor,
            &[&BOTH[..], &["unknown", "frameLoads"]].concat(),
            0,
        )
        .await;
        visitor.holds(3).await;

        let _: Value = visitor.evaluates("window.raspiska.giveAll()", &[]).await;
        runs(&visitor, &BOTH, 1).await;
        visitor.counts("frameLoads", 3).await;
        for frame in FRAMES {
            visitor.sees(&format!("iframe[title={frame}]")).await;
        }
        visitor.holds(6).await;

        visitor.reloads().await;
        runs(&visitor, &[&ANALYTICS[..], &BOTH].concat(), 1).await;
        runs(
            &visitor,
            &["cookieConsentNot", "cookieConsentNoService", "unknown"],
            0,
        )
        .await;

        // The page is loaded again, without what was refused.
        let _: Value = visitor.evaluates("window.raspiska.refuseAll()", &[]).await;
        runs(&visitor, &["cookieConsentNot", "cookieConsentNoService"], 1).await;
        runs(
            &visitor,
            &[&ANALYTICS[..], &BOTH, &["unknown", "frameLoads"]].concat(),
            0,
        )
        .await;
        visitor.holds(9).await;
    })
    .await;
}

async fn page<T: serde::de::DeserializeOwned>(visitor: &Visitor, script: &str) -> T {
    visitor.evaluates(script, &[]).await
}

async fn heard(visitor: &Visitor, wanted: &[&str]) {
    raspiska_tests::wait::equal("what the page has heard", json!(wanted), async || {
        page::<Value>(visitor, "return heard.map(([name]) => name).sort()").await
    })
    .await;
}

#[tokio::test]
async fn calls_to_other_managers_are_answered() {
    World::tell(async |world| {
        moves(world).await;
        let visitor = world.visitor().await;
        visitor.expects("CookieConsent.run() does nothing here");
        visitor.opens("/moving/calls.html").await;
        visitor.sees(mark::BANNER).await;
        let before: Value = page(
            &visitor,
            "return [CookieConsent.validConsent(), CookieConsent.acceptedCategory('statistics'), CookieConsent.acceptedCategory('necessary'),
               CookieConsent.acceptedCategory('constructor'), klaro.getManager().confirmed, klaro.getManager().getConsent('matomo'),
               Cookiebot.hasResponse, Cookiebot.consented, Cookiebot.declined, Cookiebot.consent.necessary, Cookiebot.consent.marketing]",
        )
        .await;
        assert_eq!(before, json!([false, false, true, false, false, false, false, false, false, true, false]));
        heard(&visitor, &[]).await;

        page::<Value>(&visitor, "CookieConsent.acceptCategory(['statistics'])").await;
        visitor.has_decided(&[("analytics", "given"), ("ads", "refused"), ("media", "refused")]).await;
        heard(&visitor, &["CookiebotOnAccept", "CookiebotOnConsentReady", "cc:onConsent", "cc:onFirstConsent", "klaro"]).await;
        let after: Value = page(
            &visitor,
            "return [CookieConsent.validConsent(), CookieConsent.acceptedCategory('Statistics'), CookieConsent.acceptedService('counter', 'statistics'),
               CookieConsent.acceptedService('our counter', 'analytics'), CookieConsent.getUserPreferences(), klaro.getManager().consents,
               Cookiebot.consented, Cookiebot.consent]",
        )
        .await;
        assert_eq!(
            after,
            json!([true, true, true, true,
                { "acceptType": "custom", "acceptedCategories": ["necessary", "analytics", "matomo"], "rejectedCategories": ["ads", "media"],
                  "acceptedServices": { "ads": [], "analytics": ["counter"], "media": [] },
                  "rejectedServices": { "ads": ["pixel"], "analytics": [], "media": ["video"] } },
                { "ads": false, "analytics": true, "media": false, "matomo": true, "our counter": true },
                true, { "necessary": true, "preferences": false, "statistics": true, "marketing": false, "method": "explicit" }])
        );
        visitor.holds(3).await;

        // A page with an answer hears of it once its own listeners are there.
        visitor.reloads().await;
        heard(&visitor, &["CookiebotOnAccept", "CookiebotOnConsentReady", "cc:onConsent", "klaro"]).await;

        page::<Value>(
            &visitor,
            "const manager = klaro.getManager();
             manager.updateConsent('video', true); manager.updateConsent('weather', true); manager.saveAndApplyConsents()",
        )
        .await;
        visitor.has_decided(&[("analytics", "given"), ("ads", "refused"), ("media", "refused"), ("media/video", "given")]).await;
        visitor.holds(4).await;
        let changed: Value = page(&visitor, "return heard.find(([name]) => name === 'cc:onChange')[1].changedServices").await;
        assert_eq!(changed, json!({ "ads": [], "analytics": [], "media": ["video"] }));

        page::<Value>(&visitor, "Cookiebot.submitCustomConsent(true, true, true)").await;
        visitor.holds(5).await;
        assert!(visitor.allows("ads").await);
        page::<Value>(&visitor, "Cookiebot.withdraw()").await;
        visitor.holds(8).await;
        let last: Value = page(&visitor, "return [Cookiebot.declined, Cookiebot.consent.statistics, klaro.getManager().getConsent('video')]").await;
        assert_eq!(last, json!([true, false, false]));

        for call in ["CookieConsent.showPreferences()", "klaro.show()", "Cookiebot.renew()"] {
            page::<Value>(&visitor, call).await;
            visitor.sees(mark::DIALOG).await;
            visitor.closes_dialog().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_manager_that_is_still_there_keeps_its_name() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.expects("CookieConsent.run() does nothing here");
        visitor.starts_pages_with("window.klaro = 'theirs'; window.Cookiebot = undefined;").await;
        visitor.opens("/moving/plain.html").await;
        let _: Value = visitor
            .awaits(
                "const done = arguments[0];
                 document.body.append(Object.assign(document.createElement('div'), { id: 'CookieConsent' }));
                 const script = document.createElement('script');
                 script.src = '/s/jetcrm/calls.js';
                 script.onload = () => done(true);
                 document.head.append(script)",
                &[],
            )
            .await;
        let own: Value = page(&visitor, "return [klaro, typeof Cookiebot, typeof CookieConsent.run]").await;
        assert_eq!(own, json!(["theirs", "undefined", "function"]), "an element of that name is no manager");
        let _: Value = page(&visitor, "CookieConsent.acceptCategory('all')").await;
        visitor.holds(3).await;
    })
    .await;
}
