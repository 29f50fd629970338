//! A decision is never lost and never blocks: the server away, the network away, two tabs, a reload, a power cut.

use raspiska_tests::{World, mark};

/// What a browser says when nobody answers.
const UNREACHABLE: [&str; 3] = [
    "ERR_CONNECTION_REFUSED",
    "ERR_INTERNET_DISCONNECTED",
    "raspiska:",
];

#[tokio::test]
async fn a_decision_waits_for_the_server_and_arrives_once() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        UNREACHABLE
            .iter()
            .for_each(|complaint| visitor.expects(complaint));
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        world.server.stop().await;
        visitor.gives_all().await;
        assert!(
            visitor.allows("analytics").await,
            "the click is answered at once"
        );
        assert_eq!(visitor.outbox().await.len(), 3);

        world.server.start().await;
        visitor.holds(3).await;
        assert_eq!(world.log().await.entries.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_decision_outlives_a_reload_and_is_sent_from_the_next_page() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        UNREACHABLE
            .iter()
            .for_each(|complaint| visitor.expects(complaint));
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        world.server.stop().await;
        visitor.refuses_all().await;
        assert_eq!(visitor.outbox().await.len(), 3);
        world.server.start().await;

        visitor.opens("/privacy.html").await;
        visitor.holds(3).await;
        visitor.reloads().await;
        visitor.holds(3).await;
        assert_eq!(world.log().await.entries.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn two_tabs_do_not_send_a_decision_twice() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        UNREACHABLE
            .iter()
            .for_each(|complaint| visitor.expects(complaint));
        visitor.opens("/").await;
        let first = visitor.tab().await;
        let second = visitor.opens_in_new_tab("/contacts.html").await;
        visitor.sees(mark::BANNER).await;
        world.server.stop().await;
        visitor.gives_all().await;
        visitor.turns_to(&first).await;
        visitor.sees_no_more(mark::BANNER).await;
        world.server.start().await;

        // Both find the outbox full and the network back.
        for tab in [&first, &second] {
            visitor.turns_to(tab).await;
            let _: Option<bool> = visitor
                .evaluates("dispatchEvent(new Event('online'))", &[])
                .await;
        }
        visitor.holds(3).await;
        visitor.turns_to(&first).await;
        visitor.reloads().await;
        visitor.holds(3).await;
        assert_eq!(world.log().await.entries.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_network_that_returns_takes_the_decision_along() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        UNREACHABLE
            .iter()
            .for_each(|complaint| visitor.expects(complaint));
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        visitor.goes_offline(true).await;
        visitor.refuses_all().await;
        assert_eq!(visitor.outbox().await.len(), 3);
        visitor.goes_offline(false).await;
        visitor.holds(3).await;
        assert_eq!(world.log().await.entries.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_was_confirmed_outlives_a_power_cut() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.gives_all().await;
        let receipts = visitor.holds(3).await;
        world.server.crash();
        world.server.start().await;
        let log = world.log().await;
        for held in receipts {
            assert_eq!(log.index(&held.hash), Some(held.index));
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_second_entry() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.refuses_all().await;
        for held in visitor.holds(3).await {
            let again = world.server.post_receipt(&held.receipt).await;
            assert_eq!(again.status, 200, "{}", again.text());
            assert_eq!(again.json()["index"], held.index);
        }
        assert_eq!(world.log().await.entries.len(), 3);
    })
    .await;
}
