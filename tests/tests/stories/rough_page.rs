//! Pages and networks that are hard on everything in them: nothing breaks, and nothing gets through.

use raspiska_tests::{Front, Visitor, World, mark, wait};
use serde_json::{Value, json};

/// Parts of names that the common block lists hide or stop: banners, and scripts of other managers.
const BLOCKED: [&str; 22] = [
    "cookie",
    "consent",
    "gdpr",
    "ccpa",
    "cmp",
    "banner",
    "notice",
    "popup",
    "overlay",
    "privacy",
    "policy",
    "cc-",
    "cc_",
    "onetrust",
    "optanon",
    "tracking",
    "analytics",
    "track",
    "pixel",
    "advert",
    "/ads",
    "beacon",
];

async fn runs(visitor: &Visitor, script: &str) {
    let _: Value = visitor.evaluates(script, &[]).await;
}

#[tokio::test]
async fn under_hostile_styles_the_question_is_readable_and_can_be_answered() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/rough/hostile.html").await;
        visitor.sees(mark::BANNER).await;
        let seen: Value = visitor
            .evaluates(
                "const host = document.getElementById('raspiska');
                 const card = host.shadowRoot.querySelector('section');
                 const button = host.shadowRoot.querySelector('[data-raspiska=refuse-all]');
                 const box = button.getBoundingClientRect();
                 const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                 const style = getComputedStyle(card);
                 return [getComputedStyle(host).position, getComputedStyle(host).opacity, style.fontSize, style.letterSpacing, style.color,
                   getComputedStyle(button).textTransform, at === host, innerHeight - host.getBoundingClientRect().bottom < 100]",
                &[],
            )
            .await;
        assert_eq!(
            seen,
            json!(["fixed", "1", "15px", "normal", "rgb(22, 24, 29)", "none", true, true])
        );
        visitor.keeps_picture("hostile").await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        visitor.counts("analytics", 0).await;
    })
    .await;
}

#[tokio::test]
async fn under_trusted_types_everything_works() {
    World::tell(async |world| {
        let policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types raspiska";
        let front = Front::of(&world.server, policy).await;
        let visitor = world.visitor_at(&front, "127.0.0.1").await;
        visitor
            .starts_pages_with("window.violations = []; addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.sample));")
            .await;
        visitor.opens("/gate.html").await;
        visitor.opens_preferences().await;
        visitor.closes_dialog().await;
        visitor.gives_all().await;
        for counter in ["analytics", "counter", "ads", "pixel", "media", "late", "frameLoads"] {
            visitor.counts(counter, 1).await;
        }
        visitor.holds(3).await;
        let violations: Vec<String> = visitor.evaluates("return window.violations", &[]).await;
        assert_eq!(violations, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_replaces_its_body_or_is_written_anew_is_asked_again_and_holds_on() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        visitor.sees(mark::BANNER).await;
        runs(&visitor, "document.body.replaceWith(document.createElement('body'))").await;
        visitor.sees(mark::BANNER).await;
        runs(&visitor, "document.body.innerHTML = '<p>новое</p>'").await;
        visitor.sees(mark::BANNER).await;

        runs(
            &visitor,
            "document.open();
             document.write('<!doctype html><html lang=ru><title>Заново</title><body><button data-raspiska=preferences>Настройки</button>' +
               '<script type=text/plain data-category=analytics data-counter=anew data-src=\"/gate/count.js?anew\"></' + 'script>' +
               '<script type=text/plain data-category=ads data-counter=never data-src=\"/gate/count.js?never\"></' + 'script>');
             document.close();",
        )
        .await;
        visitor.sees(mark::BANNER).await;
        visitor.counts("anew", 0).await;
        visitor.opens_dialog("preferences").await;
        visitor.closes_dialog().await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        runs(&visitor, "raspiska.set({ analytics: true })").await;
        visitor.counts("anew", 1).await;
        visitor.counts("never", 0).await;
        visitor.holds(4).await;
    })
    .await;
}

#[tokio::test]
async fn a_page_with_the_script_thrice_is_asked_once_and_runs_everything_once() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/rough/thrice.html").await;
        visitor.sees(mark::BANNER).await;
        visitor.is_idle().await;
        assert_eq!(visitor.count(mark::BANNER).await, 1);
        visitor.gives_all().await;
        for counter in ["analytics", "ads", "late", "frameLoads"] {
            visitor.counts(counter, 1).await;
        }
        visitor.holds(3).await;
    })
    .await;
}

#[tokio::test]
async fn names_are_not_those_that_block_lists_hide_or_stop() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        visitor.sees("raspiska-hold >>> section").await;
        visitor.opens_preferences().await;
        visitor.closes_dialog().await;
        // The banner comes back by itself once the dialog has gone, a moment after.
        visitor.sees(mark::BANNER).await;
        let mut names: Vec<String> = visitor
            .evaluates(
                "return [...document.querySelectorAll('*')].filter((node) => node.shadowRoot)
                   .flatMap((node) => [node.localName, node.id, node.className])",
                &[],
            )
            .await;
        let fetched = visitor.fetched().await;
        names.extend(
            fetched
                .into_iter()
                .filter(|path| path.starts_with("/s/") || path.starts_with("/w/")),
        );
        assert!(
            names.iter().any(|name| name == "raspiska") && names.len() > 6,
            "{names:?}"
        );
        for name in &names {
            assert!(
                !BLOCKED.iter().any(|part| name.contains(part)),
                "{name} looks like what block lists hide"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_of_ours_is_printed() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        visitor.sees(mark::BANNER).await;
        visitor.sees("raspiska-hold >>> section").await;
        visitor
            .devtools("Emulation.setEmulatedMedia", json!({ "media": "print" }))
            .await;
        visitor.sees_no_more(mark::BANNER).await;
        visitor.sees_no_more("raspiska-hold >>> section").await;
    })
    .await;
}

#[tokio::test]
async fn on_a_slow_line_nothing_runs_before_the_answer_and_everything_once_after_it() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.devtools("Network.enable", json!({})).await;
        // Slow 3G: 400 kbit/s, with 400 ms for a way there and back.
        let slow = json!({ "offline": false, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000 });
        visitor.devtools("Network.emulateNetworkConditions", slow).await;
        visitor.opens("/gate.html").await;
        visitor.sees(mark::BANNER).await;
        visitor.counts("analytics", 0).await;
        visitor.gives_all().await;
        for counter in ["analytics", "counter", "ads", "pixel", "media", "late", "frameLoads"] {
            visitor.counts(counter, 1).await;
        }
        visitor.holds(3).await;
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_put_back_or_far_ahead_makes_no_decision_valid() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        visitor
            .starts_pages_with(
                "const now = Date.now; const days = Number(new URLSearchParams(location.search).get('days') || 0); Date.now = () => now() + days * 86400000;",
            )
            .await;
        for (days, counted) in [("0", 1), ("-2", 0), ("-0.5", 1), ("400", 0), ("300", 1)] {
            visitor.opens(&format!("/gate.html?days={days}")).await;
            visitor.is_idle().await;
            visitor.counts("analytics", counted).await;
            wait::equal(&format!("the banner after {days} days"), usize::from(counted == 0), async || {
                visitor.count(mark::BANNER).await
            })
            .await;
        }
    })
    .await;
}
