//! Coming back: the loader alone, and no question.

use raspiska_tests::{World, mark};

#[tokio::test]
async fn a_returning_visitor_fetches_the_loader_alone() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        visitor.opens("/privacy.html").await;
        visitor.is_idle().await;
        assert_eq!(visitor.count(mark::BANNER).await, 0);
        let fetched = visitor.fetched().await;
        let ours: Vec<&String> = fetched
            .iter()
            .filter(|path| {
                ["/s/", "/w/", "/v1/"]
                    .iter()
                    .any(|prefix| path.starts_with(prefix))
            })
            .collect();
        assert_eq!(ours, ["/s/jetcrm/raspiska.js"]);
    })
    .await;
}

#[tokio::test]
async fn a_first_visitor_fetches_no_wasm_before_the_answer() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        visitor.is_idle().await;
        visitor.never_fetched("/w/").await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
    })
    .await;
}

#[tokio::test]
async fn an_old_choice_is_asked_again() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        // The site asks again after 365 days.
        let _: Option<bool> = visitor
            .evaluates(
                "const key = 'raspiska.jetcrm.choice';
                 const choice = JSON.parse(localStorage.getItem(key));
                 for (const own of Object.values(choice.cats)) own.at -= 366 * 86400;
                 localStorage.setItem(key, JSON.stringify(choice));",
                &[],
            )
            .await;
        visitor.reloads().await;
        visitor.sees(mark::BANNER).await;
        assert!(
            !visitor.allows("analytics").await,
            "what is too old is not given"
        );
        visitor.counts("demoCounterRuns", 0).await;
    })
    .await;
}

#[tokio::test]
async fn another_tab_learns_of_the_decision() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        let first = visitor.tab().await;
        let _second = visitor.opens_in_new_tab("/contacts.html").await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        visitor.turns_to(&first).await;
        visitor.sees_no_more(mark::BANNER).await;
        visitor.counts("demoCounterRuns", 1).await;
        assert!(visitor.allows("ads").await);
        assert_eq!(world.log().await.entries.len(), 3);
    })
    .await;
}
