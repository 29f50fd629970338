//! The banner and the preferences: one click, and what it does.

use raspiska_shared::receipt::{Method, State};
use raspiska_tests::{World, mark};

/// Cookies of the stand-ins on the demo site.
const COUNTER: &str = "_demo_uid";
const PIXEL: &str = "_demo_ads";

#[tokio::test]
async fn a_first_visitor_is_asked_and_nothing_runs_meanwhile() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        let question = visitor.sees(mark::BANNER).await;
        assert!(
            question.contains("Можно использовать cookie?"),
            "{question}"
        );
        for purpose in ["analytics", "ads", "media", "analytics/counter"] {
            assert!(
                !visitor.allows(purpose).await,
                "{purpose} waits for an answer"
            );
        }
        visitor.counts("demoCounterRuns", 0).await;
        assert_eq!(visitor.cookies().await, [""; 0]);
        assert_eq!(world.log().await.entries.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn giving_all_runs_every_script_once_and_signs_one_receipt_per_document() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.gives_all().await;
        visitor.counts("demoCounterRuns", 1).await;
        visitor.counts("demoPixelRuns", 1).await;
        visitor
            .has_decided(&[("ads", "given"), ("analytics", "given"), ("media", "given")])
            .await;

        let receipts = visitor.holds(3).await;
        let mut notices: Vec<_> = receipts
            .iter()
            .map(|held| held.notice.id.as_str())
            .collect();
        notices.sort_unstable();
        assert_eq!(
            notices,
            ["cookies-ads", "cookies-analytics", "cookies-media"]
        );
        for held in &receipts {
            let payload = held.payload();
            assert_eq!(payload.aud, "jetcrm.ru");
            assert_eq!(payload.category.name(), "site_user");
            assert_eq!(payload.event.method, Method::GiveAll);
            assert!(
                payload
                    .decisions
                    .iter()
                    .all(|decision| decision.state == State::Given)
            );
        }

        visitor.reloads().await;
        visitor.counts("demoCounterRuns", 1).await;
        visitor.counts("demoPixelRuns", 1).await;
        assert_eq!(
            visitor.count(mark::BANNER).await,
            0,
            "who has answered is not asked again"
        );
        assert_eq!(world.log().await.entries.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn receipts_of_one_browser_are_a_chain() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.gives_all().await;
        let receipts = visitor.holds(3).await;
        assert_eq!(receipts[0].payload().prev, None);
        for pair in receipts.windows(2) {
            assert_eq!(pair[1].payload().prev, Some(pair[0].hash));
            assert_eq!(pair[1].payload().sub, pair[0].payload().sub);
        }
    })
    .await;
}

#[tokio::test]
async fn a_receipt_names_the_page_without_its_query_and_fragment() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/privacy.html?from=letter-17#rights").await;
        visitor.refuses_all().await;
        for held in visitor.holds(3).await {
            let page = held.payload().client.and_then(|client| client.page);
            assert_eq!(page, Some(world.server.url("/privacy.html")));
        }
    })
    .await;
}

#[tokio::test]
async fn refusing_all_runs_nothing_and_is_a_receipt_too() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.refuses_all().await;
        visitor
            .has_decided(&[
                ("ads", "refused"),
                ("analytics", "refused"),
                ("media", "refused"),
            ])
            .await;
        for held in visitor.holds(3).await {
            assert_eq!(held.payload().event.method, Method::RefuseAll);
            assert!(
                held.payload()
                    .decisions
                    .iter()
                    .all(|decision| decision.state == State::Refused)
            );
        }
        for path in ["/", "/contacts.html", "/privacy.html"] {
            visitor.opens(path).await;
            assert_eq!(
                visitor.count(mark::BANNER).await,
                0,
                "who has refused is not asked again"
            );
            visitor.never_fetched("/counter.js").await;
            visitor.never_fetched("/pixel.js").await;
            assert_eq!(visitor.cookies().await, [""; 0]);
        }
    })
    .await;
}

#[tokio::test]
async fn one_category_and_one_service_are_chosen_by_themselves() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.opens_preferences().await;
        visitor.switches("ads", true).await;
        visitor.switches("media/video", true).await;
        visitor.saves_preferences().await;
        visitor.counts("demoPixelRuns", 1).await;
        assert!(visitor.allows("ads").await);
        assert!(visitor.allows("media/video").await);
        assert!(!visitor.allows("analytics").await);
        assert!(!visitor.allows("analytics/counter").await);

        let receipts = visitor.holds(3).await;
        let decided = |purpose| receipts.iter().find_map(|held| held.decided(purpose));
        assert_eq!(decided("ads"), Some(State::Given));
        assert_eq!(decided("analytics"), Some(State::Refused));
        assert!(
            receipts
                .iter()
                .all(|held| held.payload().event.method == Method::Choices)
        );
        visitor.never_fetched("/counter.js").await;
        assert!(visitor.cookies().await.contains(&PIXEL.to_owned()));
        assert!(!visitor.cookies().await.contains(&COUNTER.to_owned()));
    })
    .await;
}

#[tokio::test]
async fn preferences_show_what_holds_and_change_it() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        assert!(visitor.cookies().await.contains(&COUNTER.to_owned()));

        visitor.opens_preferences().await;
        assert!(visitor.is_switched_on("analytics").await);
        visitor.switches("analytics", false).await;
        visitor.saves_preferences().await;
        visitor
            .has_decided(&[
                ("ads", "given"),
                ("analytics", "withdrawn"),
                ("media", "given"),
            ])
            .await;
        let receipts = visitor.holds(4).await;
        assert_eq!(receipts[3].decided("analytics"), Some(State::Withdrawn));
        assert!(
            !visitor.cookies().await.contains(&COUNTER.to_owned()),
            "its cookies are gone"
        );
        visitor.counts("demoCounterRuns", 0).await;
    })
    .await;
}

#[tokio::test]
async fn escape_puts_the_question_off_without_an_answer() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.focuses(mark::REFUSE_ALL).await;
        visitor.key(thirtyfour::Key::Escape).await;
        visitor.sees_no_more(mark::BANNER).await;
        visitor.has_decided(&[]).await;
        assert!(!visitor.allows("analytics").await);
        visitor.reloads().await;
        visitor.sees(mark::BANNER).await;
        assert_eq!(world.log().await.entries.len(), 0);
    })
    .await;
}
