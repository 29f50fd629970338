//! What waits for a decision: scripts, frames, templates; and the page's own words with us.

use raspiska_tests::{Visitor, World, mark};
use serde_json::Value;

const HELD: [&str; 6] = ["analytics", "counter", "ads", "pixel", "media", "late"];
const FRAME: &str = "iframe[title='Ролик']";
const COVER: &str = "raspiska-hold >>> section";

async fn ran(visitor: &Visitor, wanted: &[(&str, u64)]) {
    for (counter, times) in wanted {
        visitor.counts(counter, *times).await;
    }
}

#[tokio::test]
async fn nothing_behind_the_gate_moves_before_an_answer() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        visitor.sees(mark::BANNER).await;
        ran(&visitor, &[("free", 1), ("withoutAds", 1)]).await;
        for counter in HELD {
            visitor.counts(counter, 0).await;
            visitor.never_fetched(&format!("count.js?{counter}")).await;
        }
        visitor.never_fetched("frame.html").await;
        assert_eq!(visitor.count(FRAME).await, 0);
        assert_eq!(visitor.count("#ad").await, 0);
        assert_eq!(
            visitor.count(COVER).await,
            2,
            "a frame and a template have placeholders"
        );
    })
    .await;
}

#[tokio::test]
async fn giving_all_lets_everything_go_once_and_in_order() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        visitor.gives_all().await;
        for counter in HELD {
            visitor.counts(counter, 1).await;
        }
        visitor.counts("frameLoads", 1).await;
        visitor.sees(FRAME).await;
        visitor.sees("#ad").await;
        visitor.sees_no_more(COVER).await;
        visitor.holds(3).await;

        visitor.reloads().await;
        for counter in HELD {
            visitor.counts(counter, 1).await;
        }
        visitor.counts("withoutAds", 0).await;
        visitor.counts("frameLoads", 1).await;
        let order: Vec<String> = visitor.evaluates("return window.order", &[]).await;
        let held: Vec<&str> = order
            .iter()
            .map(String::as_str)
            .filter(|name| HELD[..5].contains(name))
            .collect();
        assert_eq!(held, HELD[..5], "scripts run in the order of the page");
    })
    .await;
}

#[tokio::test]
async fn only_what_is_given_passes_the_gate() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        let _: Value = visitor
            .evaluates(
                "window.raspiska.set({ analytics: true, ads: false, media: false })",
                &[],
            )
            .await;
        ran(&visitor, &[("analytics", 1), ("counter", 1), ("late", 1)]).await;
        visitor.holds(3).await;
        ran(
            &visitor,
            &[("ads", 0), ("pixel", 0), ("media", 0), ("frameLoads", 0)],
        )
        .await;
        visitor.reloads().await;
        ran(
            &visitor,
            &[
                ("analytics", 1),
                ("counter", 1),
                ("late", 1),
                ("withoutAds", 1),
            ],
        )
        .await;
        for refused in ["ads", "pixel", "media"] {
            visitor.counts(refused, 0).await;
            visitor.never_fetched(&format!("count.js?{refused}")).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_service_is_decided_apart_from_its_category() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        let _: Value = visitor
            .evaluates(
                "window.raspiska.set({ analytics: true, 'analytics/counter': false })",
                &[],
            )
            .await;
        ran(&visitor, &[("analytics", 1), ("late", 1)]).await;
        visitor.holds(1).await;
        visitor.counts("counter", 0).await;
        visitor.never_fetched("count.js?counter").await;
        visitor.sees(mark::BANNER).await;
    })
    .await;
}

#[tokio::test]
async fn a_placeholder_shows_its_frame_once_or_always() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        visitor
            .presses(&format!("{COVER}[aria-label=Ролик] button{{Показать}}"))
            .await;
        visitor.counts("frameLoads", 1).await;
        assert!(
            !visitor.allows("media/video").await,
            "once is not a decision"
        );
        visitor.holds(3).await;

        visitor.reloads().await;
        visitor.counts("frameLoads", 0).await;
        visitor
            .presses(&format!("{COVER}[aria-label=Ролик] button{{Всегда}}"))
            .await;
        visitor.counts("frameLoads", 1).await;
        assert!(visitor.allows("media/video").await);
        visitor.holds(4).await;
        visitor.reloads().await;
        visitor.counts("frameLoads", 1).await;
    })
    .await;
}

#[tokio::test]
async fn the_page_is_told_what_happens() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor
            .starts_pages_with(
                "window.heard = [];
                 for (const name of ['ready', 'decision', 'permissions', 'stored'])
                   addEventListener('raspiska:' + name, (event) => heard.push([name, event.detail]));
                 window.raspiska = [(api) => heard.push(['queue', typeof api.has])];",
            )
            .await;
        visitor.opens("/gate.html").await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        let heard: Vec<(String, Value)> = visitor.evaluates("return window.heard", &[]).await;
        let names: Vec<&str> = heard.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["ready", "queue", "decision", "permissions", "stored", "stored", "stored"]
        );
        let decision = &heard[2].1;
        assert_eq!(decision["method"], "give-all");
        assert_eq!(decision["decisions"]["ads"], "given");
        for (held, (_, stored)) in visitor.receipts().await.iter().zip(&heard[4..]) {
            assert_eq!(stored["hash"], held.hash.to_string());
            assert_eq!(stored["index"], held.index);
        }
    })
    .await;
}
