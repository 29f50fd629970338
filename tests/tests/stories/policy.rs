//! The policy: as a page that needs nothing, and in the widget with a search.

use raspiska_tests::{World, mark};

#[tokio::test]
async fn the_policy_is_a_plain_page_open_to_everyone() {
    World::tell(async |world| {
        for path in ["/policy/jetcrm", "/policy/jetcrm/2025-01-01"] {
            let page = world.server.get(path).await;
            assert_eq!(
                (page.status, page.media_type()),
                (200, "text/html"),
                "{path}"
            );
            let html = page.text();
            assert!(!html.contains("<script"), "{path} needs no script");
            assert_eq!(page.header("set-cookie"), None, "{path} sets no cookie");
            assert!(html.contains("lang=\"ru\""), "{path}");
            for section in 1..=8 {
                assert!(
                    html.contains(&format!("{section}.")),
                    "{path} has section {section}"
                );
            }
            let english = world.server.get(&format!("{path}?lang=en")).await.text();
            assert!(english.contains("lang=\"en\""), "{path} in English");
        }
        assert_eq!(
            world.server.get("/policy/jetcrm/2019-01-01").await.status,
            404
        );
        assert_eq!(world.server.get("/policy/nobody").await.status, 404);

        let visitor = world.visitor().await;
        visitor
            .devtools(
                "Emulation.setScriptExecutionDisabled",
                serde_json::json!({ "value": true }),
            )
            .await;
        visitor.opens("/policy/jetcrm").await;
        assert!(visitor.title().await.contains("JetCRM"));
    })
    .await;
}

#[tokio::test]
async fn the_policy_is_searched_in_the_widget() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/privacy.html").await;
        visitor.opens_dialog("policy").await;
        let search = mark::in_dialog("input[type=search]");
        visitor.writes(&search, "бэкап").await;
        visitor.sees(&mark::in_dialog("mark{бэкап}")).await;
        visitor.writes(&search, "щщщщ").await;
        visitor
            .sees(&mark::in_dialog("[role=status]{Ничего не нашлось}"))
            .await;
        assert_eq!(visitor.count(&mark::in_dialog("mark")).await, 0);
    })
    .await;
}
