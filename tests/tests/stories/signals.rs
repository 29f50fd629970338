//! What the browser asks for, what time and other places change, and what is said about it.

use raspiska_tests::{Visitor, World, mark};
use serde_json::Value;

const SIGNAL: &str =
    "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })";
const REMARK: &str = "#raspiska >>> [role=status]";

/// The decision as it lies in the browser, for each category.
async fn kept(visitor: &Visitor, category: &str) -> Value {
    let script = format!(
        "return JSON.parse(localStorage.getItem('raspiska.jetcrm.choice')).cats['{category}'] ?? null"
    );
    visitor.evaluates(&script, &[]).await
}

#[tokio::test]
async fn the_browser_s_signal_is_a_no_that_nobody_signs() {
    World::tell(async |world| {
        world
            .changes_site(&[(
                "site.toml",
                "[banner.ru]",
                "[gate]\nsignal = [\"ads\"]\n\n[banner.ru]",
            )])
            .await;
        let visitor = world.visitor().await;
        visitor.starts_pages_with(SIGNAL).await;
        visitor.opens("/gate.html").await;
        visitor
            .sees(&format!(
                "{REMARK}{{Ваш браузер просит не передавать данные: Реклама}}"
            ))
            .await;
        assert!(!visitor.allows("ads").await);

        visitor.opens_preferences().await;
        let told = visitor.sees(mark::DIALOG).await;
        assert_eq!(
            told.matches("Ваш браузер просит этого не делать").count(),
            1,
            "{told}"
        );
        visitor.closes_dialog().await;

        // «Разрешить все» is an answer to what is asked; the signal stands.
        visitor.gives_all().await;
        visitor.counts("analytics", 1).await;
        visitor.holds(2).await;
        visitor.counts("ads", 0).await;
        assert_eq!(kept(&visitor, "ads").await, Value::Null);
        visitor.reloads().await;
        visitor.is_idle().await;
        assert_eq!(
            visitor.count(mark::BANNER).await,
            0,
            "nothing is left to ask"
        );
        visitor.counts("ads", 0).await;
        let about: Vec<String> = visitor
            .receipts()
            .await
            .iter()
            .map(|held| held.notice.id.clone())
            .collect();
        assert!(
            !about.iter().any(|notice| notice == "cookies-ads"),
            "{about:?}"
        );

        // Who chooses it by themselves has it.
        let _: Value = visitor
            .evaluates("window.raspiska.set({ ads: true })", &[])
            .await;
        visitor.counts("ads", 1).await;
        visitor.holds(3).await;
        visitor.reloads().await;
        visitor.counts("ads", 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_new_service_asks_only_about_itself() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        let _: Value = visitor
            .evaluates("window.raspiska.set({ analytics: true, ads: false, media: true })", &[])
            .await;
        visitor.holds(3).await;
        let service = "[[cookies]]\nid = \"ads\"";
        let added = format!(
            "[[cookies.services]]\nid = \"maps\"\nname = {{ ru = \"Карта\", en = \"Map\" }}\nprovider = {{ ru = \"JetCRM\", en = \"JetCRM\" }}\ncountry = \"RU\"\n\n{service}"
        );
        world.changes_site(&[("site.toml", service, &added)]).await;
        visitor.forgets_files().await;
        visitor.opens("/gate.html").await;
        visitor.sees(&format!("{REMARK}{{С прошлого раза изменилось: Карта}}")).await;
        visitor.counts("analytics", 1).await;
        visitor.counts("counter", 1).await;
        assert!(!visitor.allows("analytics/maps").await, "it was not there to be agreed to");
        assert!(visitor.allows("media").await);
        visitor.gives_all().await;
        visitor.holds(4).await;
        assert!(visitor.allows("analytics/maps").await);
        assert!(!visitor.allows("ads").await, "what was refused was not asked again");
        visitor.reloads().await;
        visitor.is_idle().await;
        assert_eq!(visitor.count(mark::BANNER).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_changed_document_is_asked_about_again_and_nothing_else_is() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        let folder = world.server.site().join("notices/cookies-ads.ru.md");
        let text = raspiska_tests::must("the notice", std::fs::read_to_string(folder));
        let line = text.lines().next().unwrap_or_default().to_owned();
        world
            .changes_site(&[(
                "notices/cookies-ads.ru.md",
                &line,
                &format!("{line} по-новому"),
            )])
            .await;
        visitor.forgets_files().await;
        visitor.opens("/gate.html").await;
        visitor
            .sees(&format!("{REMARK}{{С прошлого раза изменилось: Реклама}}"))
            .await;
        visitor.counts("analytics", 1).await;
        visitor.counts("ads", 0).await;
        visitor.refuses_all().await;
        visitor.holds(4).await;
        assert!(
            visitor.allows("analytics").await,
            "the question was about ads alone"
        );
        assert!(!visitor.allows("ads").await);
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_put_back_asks_again() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        visitor
            .starts_pages_with("const now = Date.now; Date.now = () => now() - 3 * 86400e3;")
            .await;
        visitor.opens("/gate.html").await;
        visitor.sees(mark::BANNER).await;
        visitor.counts("analytics", 0).await;
    })
    .await;
}

#[tokio::test]
async fn hosts_of_one_domain_share_an_answer() {
    World::tell(async |world| {
        world
            .changes_site(&[(
                "site.toml",
                "[banner.ru]",
                "[gate]\nshare = \"raspiska.localhost\"\n\n[banner.ru]",
            )])
            .await;
        let visitor = world.visitor().await;
        let port = world
            .server
            .address()
            .rsplit(':')
            .next()
            .unwrap_or_default()
            .to_owned();
        let at = |host: &str| format!("http://{host}.raspiska.localhost:{port}/gate.html");
        visitor.goes_to(&at("www")).await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        visitor.goes_to(&at("shop")).await;
        visitor.counts("free", 1).await;
        visitor.is_idle().await;
        assert_eq!(
            visitor.count(mark::BANNER).await,
            0,
            "it was answered next door"
        );
        let _: Value = visitor
            .evaluates("window.raspiska.set({ ads: true })", &[])
            .await;
        visitor.counts("ads", 1).await;
        visitor.holds(1).await;
        visitor.goes_to(&at("www")).await;
        visitor.counts("ads", 1).await;
        visitor.counts("analytics", 0).await;
    })
    .await;
}

#[tokio::test]
async fn an_account_is_in_the_receipt_as_a_commitment_alone() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        let opened: Value = visitor
            .evaluates("return window.raspiska.identify('customer-4711')", &[])
            .await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        for held in visitor.receipts().await {
            let account = held.payload().client.and_then(|client| client.account);
            let account = account.map(|account| account.to_string());
            assert_eq!(account.as_deref(), opened["account"].as_str());
        }
        let salt = opened["salt"].as_str().unwrap_or_default();
        let again: Value = visitor
            .evaluates(
                &format!("return window.raspiska.identify('customer-4711', '{salt}')"),
                &[],
            )
            .await;
        assert_eq!(again, opened, "whoever has id and salt can open it");
        let other: Value = visitor
            .evaluates("return window.raspiska.identify('customer-4711')", &[])
            .await;
        assert_ne!(other["account"], opened["account"]);
    })
    .await;
}
