//! `?raspiska=watch`: what runs without consent does not stay silent.

use raspiska_tests::{Front, World, wait};

use super::untagged::AUTO;

const PANEL: &str = "raspiska-watch >>> pre";
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; connect-src 'self' data:";

#[tokio::test]
async fn whoever_builds_a_site_sees_what_runs_without_consent() {
    World::tell(async |world| {
        world.changes_site(&AUTO).await;
        let front = Front::of(&world.server, POLICY).await;
        let visitor = world.visitor_at(&front, "shop.jetcrm.localhost").await;
        visitor.opens("/careless.html?raspiska=watch").await;
        wait::until("the report has everything", async || {
            let told = visitor.texts(PANEL).await.concat();
            let wanted = [
                "запрос к сервису без согласия",
                "shop.jetcrm.localhost",
                "/third/counter/mark.js (analytics/counter)",
                "хранится без согласия",
                "_demo_uid (analytics/counter)",
                "forgotten (cookie)",
                "theme (local)",
                "категория не названа",
                "такой категории нет",
                "/everything/mark.js (statistics)",
                "/careless/before.js",
                "[[cookies.services.cookies]]\nname = \"forgotten\"\nabout = { ru = \"\", en = \"\" }\nterm = { ru = \"\", en = \"\" }",
                "name = \"theme\"\nwhere = \"local\"",
            ]
            .iter()
            .all(|part| told.contains(part));
            wanted.then_some(())
        })
        .await;
        let told = visitor.texts(PANEL).await.concat();
        assert!(!told.contains("somebody"), "no query of an address is shown: {told}");
        assert!(!told.contains("raspiska.jetcrm"), "our own cookie is declared: {told}");
        visitor.keeps_picture("watch").await;

        visitor.presses("raspiska-watch >>> button{Закрыть}").await;
        visitor.sees_no_more("raspiska-watch").await;
    })
    .await;
}

#[tokio::test]
async fn a_page_in_order_has_nothing_to_report_and_others_fetch_nothing_of_it() {
    World::tell(async |world| {
        let visitor = world.visitor_speaking("en").await;
        visitor.opens("/gate.html").await;
        visitor.is_idle().await;
        visitor.never_fetched("watch.js").await;
        visitor.opens("/en.html?raspiska=watch").await;
        let told = visitor.sees("raspiska-watch >>> pre").await;
        assert!(told.starts_with("Nothing so far"), "{told}");
    })
    .await;
}
