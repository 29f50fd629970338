//! Taking back what was given: in the browser, and by code without it.

use raspiska_shared::receipt::{Method, State};
use raspiska_tests::{World, mark, wait};
use serde_json::json;

#[tokio::test]
async fn what_is_withdrawn_stops_at_once_and_its_cookies_go() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.gives_all().await;
        visitor.counts("demoCounterRuns", 1).await;
        visitor.counts("demoPixelRuns", 1).await;
        let receipts = visitor.holds(3).await;
        let given = receipts
            .iter()
            .find(|held| held.notice.id == "cookies-analytics")
            .expect("analytics was given");

        visitor.opens_dialog("consents").await;
        visitor.withdraws("analytics").await;
        visitor
            .has_decided(&[
                ("ads", "given"),
                ("analytics", "withdrawn"),
                ("media", "given"),
            ])
            .await;
        let receipts = visitor.holds(4).await;
        assert_eq!(receipts[3].decided("analytics"), Some(State::Withdrawn));
        assert_eq!(receipts[3].payload().event.method, Method::Withdraw);
        visitor.closes_dialog().await;

        wait::equal(
            "the counter's cookie is gone, the pixel's is not",
            vec!["_demo_ads".to_owned()],
            async || {
                let cookies = visitor.cookies().await;
                cookies
                    .into_iter()
                    .filter(|name| name != "_demo_player")
                    .collect()
            },
        )
        .await;
        visitor.reloads().await;
        visitor.counts("demoPixelRuns", 1).await;
        visitor.counts("demoCounterRuns", 0).await;
        visitor.never_fetched("/counter.js").await;
        let status = world.status(&given.hash.to_string()).await;
        assert_eq!(status, json!({ "analytics": "withdrawn" }));
    })
    .await;
}

#[tokio::test]
async fn a_form_s_consent_is_withdrawn_and_shown_as_withdrawn() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/contacts.html").await;
        visitor
            .fills(
                "contact",
                &[
                    ("name", "Проверка Отзыва"),
                    ("email", "otzyv@example.com"),
                    ("message", "Передумаю."),
                ],
            )
            .await;
        visitor.agrees("contact", "contact").await;
        visitor.agrees("contact", "advertising").await;
        visitor.sends("contact").await;
        visitor.is_thanked("contact").await;
        let receipts = visitor.holds(2).await;
        let advertising = receipts
            .iter()
            .find(|held| held.notice.id == "advertising")
            .expect("advertising was given");
        visitor.opens_dialog("consents").await;
        visitor.withdraws("advertising").await;
        let receipts = visitor.holds(3).await;
        assert_eq!(receipts[2].decided("advertising"), Some(State::Withdrawn));
        visitor.sees_status("advertising", "Отозвано").await;
        assert_eq!(
            world.status(&advertising.hash.to_string()).await,
            json!({ "advertising": "withdrawn" })
        );
        let other = receipts
            .iter()
            .find(|held| held.notice.id == "contact")
            .expect("contact was given");
        assert_eq!(
            world.status(&other.hash.to_string()).await,
            json!({ "contact": "given" }),
            "the other consent stands"
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_has_the_code_withdraws_from_another_browser() {
    World::tell(async |world| {
        let owner = world.visitor().await;
        owner.opens("/").await;
        owner.gives_all().await;
        let receipts = owner.holds(3).await;
        let given = receipts
            .iter()
            .find(|held| held.notice.id == "cookies-ads")
            .expect("ads were given");
        let hash = given.hash.to_string();
        owner.opens_dialog("consents").await;
        owner.opens_receipts("ads").await;
        let shown = owner.sees_code("ads", given.index).await;
        assert_eq!(
            Some(&shown),
            given.code.as_ref(),
            "the person can see the code that the browser keeps"
        );
        world.visitor_leaves().await;

        let elsewhere = world.visitor().await;
        elsewhere.opens("/privacy.html").await;
        elsewhere.opens_dialog("consents").await;
        elsewhere.expects("422");
        elsewhere.withdraws_by_code(&hash, "неверный код").await;
        elsewhere
            .sees(&mark::in_dialog("[role=status]{Код не подходит}"))
            .await;
        elsewhere
            .writes(&mark::in_dialog("[name=code]"), &shown)
            .await;
        elsewhere
            .presses(&mark::in_dialog(
                "details:has([name=hash]) >>> button{Отозвать}",
            ))
            .await;
        elsewhere
            .sees(&mark::in_dialog("[role=status]{Согласие отозвано}"))
            .await;
        assert_eq!(world.status(&hash).await, json!({ "ads": "withdrawn" }));
        assert_eq!(world.log().await.entries.len(), 4);
    })
    .await;
}
