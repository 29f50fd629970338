//! Pages and browsers that forbid what we would like: nothing breaks, nothing is given by mistake.

use raspiska_tests::{World, mark};

/// A refused module is reported by the browser and by us; both belong to the story.
const NO_WASM: [&str; 3] = ["WebAssembly", "wasm", "raspiska:"];

#[tokio::test]
async fn where_wasm_is_forbidden_the_banner_works_and_the_decision_is_sent_elsewhere() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        NO_WASM
            .iter()
            .for_each(|complaint| visitor.expects(complaint));
        visitor.opens("/no-wasm.html").await;
        visitor.sees(mark::BANNER).await;
        visitor.counts("free", 1).await;
        visitor.gives_all().await;
        visitor.counts("analytics", 1).await;
        visitor.counts("ads", 1).await;
        visitor.reloads().await;
        visitor.counts("analytics", 1).await;
        assert_eq!(
            visitor.outbox().await.len(),
            3,
            "nothing could be signed here"
        );

        visitor.opens("/gate.html").await;
        visitor.holds(3).await;
        assert_eq!(world.log().await.entries.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn where_wasm_is_forbidden_preferences_fall_back_to_the_banner_and_the_policy_to_its_page() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        NO_WASM
            .iter()
            .for_each(|complaint| visitor.expects(complaint));
        visitor.opens("/no-wasm.html").await;
        visitor.presses(mark::PREFERENCES).await;
        visitor
            .sees("#raspiska >>> [role=status]{Настройки не открылись}")
            .await;
        visitor.refuses_all().await;
        visitor.counts("analytics", 0).await;
        assert!(
            visitor
                .sees("raspiska-form")
                .await
                .contains("Форма не загрузилась")
        );
        visitor.presses("main [data-raspiska=policy]").await;
        visitor.sees("h1").await;
        assert_eq!(visitor.path().await, "/policy/jetcrm");
        world.leaves_undelivered();
    })
    .await;
}

#[tokio::test]
async fn where_storage_is_refused_the_decision_holds_for_the_page() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor
            .starts_pages_with(
                "for (const area of ['localStorage', 'sessionStorage'])
                   Object.defineProperty(window, area, { get() { throw new DOMException('refused', 'SecurityError') } });",
            )
            .await;
        visitor.opens("/gate.html").await;
        visitor.gives_all().await;
        visitor.counts("analytics", 1).await;
        visitor.counts("ads", 1).await;
        assert!(visitor.allows("media").await);
        raspiska_tests::wait::equal("entries of the log", 3, async || {
            world.log().await.entries.len()
        })
        .await;

        visitor.reloads().await;
        visitor.sees(mark::BANNER).await;
        visitor.counts("analytics", 0).await;
    })
    .await;
}

#[tokio::test]
async fn the_pages_stand_under_a_strict_policy_and_nothing_of_ours_breaks_it() {
    World::tell(async |world| {
        for path in ["/", "/contacts.html", "/careers.html", "/privacy.html"] {
            let page = world.server.get(path).await;
            let policy = page.header("content-security-policy").unwrap_or_default().to_owned();
            assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
            assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
            assert!(!policy.contains("'unsafe-eval'"), "{path}: {policy}");
            assert_eq!(page.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(page.header("set-cookie"), None, "{path}");
        }
        let visitor = world.visitor().await;
        visitor
            .starts_pages_with(
                "window.violations = [];
                 addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));",
            )
            .await;
        visitor.opens("/contacts.html").await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        for what in ["preferences", "policy", "consents"] {
            visitor.opens_dialog(what).await;
            visitor.closes_dialog().await;
        }
        let violations: Vec<String> = visitor.evaluates("return window.violations", &[]).await;
        assert_eq!(violations, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_choice_that_cannot_be_read_is_none() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.expects("raspiska:");
        for broken in [
            "{",
            "7",
            "[]",
            r#"{"v":2}"#,
            r#"{"v":2,"at":9}"#,
            r#"{"v":2,"at":9,"cats":{"ads":null}}"#,
            r#"{"v":2,"at":9,"cats":{"ads":{"at":9,"state":{"ads":"given"}}}}"#,
            r#"{"v":2,"at":9,"cats":{"ads":{"at":9,"known":{},"state":{"ads":"given"}}}}"#,
        ] {
            visitor.opens("/gate.html").await;
            let _: serde_json::Value = visitor
                .evaluates(
                    "localStorage.setItem('raspiska.jetcrm.choice', arguments[0]);
                     document.cookie = 'raspiska.jetcrm=' + encodeURIComponent(arguments[0]) + ';path=/'",
                    &[serde_json::json!(broken)],
                )
                .await;
            visitor.reloads().await;
            visitor.sees(mark::BANNER).await;
            visitor.counts("free", 1).await;
            visitor.counts("ads", 0).await;
        }
        visitor.gives_all().await;
        visitor.counts("ads", 1).await;
        visitor.holds(3).await;
    })
    .await;
}
