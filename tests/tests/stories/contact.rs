//! A person writes to the company.

use raspiska_shared::receipt::{Method, State};
use raspiska_tests::ledger::{Held, of};
use raspiska_tests::{Visitor, World, mark};
use serde_json::json;

const NAME: &str = "Проверка Формы";
const EMAIL: &str = "forma@example.com";
const MESSAGE: &str = "Нужны сегменты и отчёты по рассылкам.";

async fn writes(visitor: &Visitor) {
    visitor.opens("/contacts.html").await;
    visitor.refuses_all().await;
    visitor.holds(3).await;
    visitor
        .fills(
            "contact",
            &[("name", NAME), ("email", EMAIL), ("message", MESSAGE)],
        )
        .await;
    visitor.agrees("contact", "contact").await;
}

/// Names and values as they are disclosed, in the order of the names.
fn disclosed(held: &Held) -> Vec<(String, String)> {
    let mut disclosed = held.disclosed();
    disclosed.sort();
    disclosed
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_message_is_sent_with_its_own_consent_alone() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        writes(&visitor).await;
        visitor.sends("contact").await;
        visitor.is_thanked("contact").await;
        let receipts = visitor.holds(5).await;
        let consent = of(&receipts, "contact");
        assert_eq!(consent.payload().event.method, Method::Form);
        assert_eq!(consent.payload().category.name(), "site_user");
        assert_eq!(consent.decided("contact"), Some(State::Given));
        assert_eq!(consent.decided("advertising"), None);
        assert_eq!(
            disclosed(consent),
            pairs(&[("email", EMAIL), ("message", MESSAGE), ("name", NAME)])
        );
        let advertising = of(&receipts, "advertising");
        assert_eq!(advertising.decided("advertising"), Some(State::Refused));
        assert_eq!(disclosed(advertising), [], "a refusal carries no data");

        let inbox = world.inbox(&consent.hash.to_string());
        assert_eq!(
            inbox,
            json!({ "email": EMAIL, "message": MESSAGE, "name": NAME })
        );
    })
    .await;
}

#[tokio::test]
async fn the_advertising_consent_is_a_document_of_its_own() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        writes(&visitor).await;
        visitor.agrees("contact", "advertising").await;
        visitor.sends("contact").await;
        visitor.is_thanked("contact").await;
        let receipts = visitor.holds(5).await;
        assert_eq!(
            of(&receipts, "contact").decided("contact"),
            Some(State::Given)
        );
        assert_eq!(of(&receipts, "contact").decided("advertising"), None);
        let advertising = of(&receipts, "advertising");
        assert_eq!(advertising.decided("advertising"), Some(State::Given));
        assert_eq!(
            disclosed(advertising),
            pairs(&[("email", EMAIL), ("name", NAME)]),
            "advertising needs no message"
        );
    })
    .await;
}

#[tokio::test]
async fn each_document_can_be_read_before_it_is_agreed_to() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/contacts.html").await;
        visitor.sees(&mark::consent("contact", "contact")).await;
        for (notice, words) in [("contact", "обращени"), ("advertising", "реклам")] {
            assert!(
                !visitor.is_ticked("contact", notice).await,
                "nothing is agreed to beforehand"
            );
            let text = visitor.reads_document("contact", notice).await;
            assert!(text.to_lowercase().contains(words), "{notice}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn mistakes_are_explained_and_nothing_is_sent() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/contacts.html").await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        visitor.sends("contact").await;
        visitor.sees(&mark::mistakes("contact")).await;
        let empty = visitor.texts(&mark::mistakes("contact")).await;
        assert!(
            empty.len() >= 4,
            "name, e-mail, message and consent are missing: {empty:?}"
        );
        assert!(empty.iter().all(|sentence| !sentence.trim().is_empty()));

        visitor
            .fills(
                "contact",
                &[("name", NAME), ("email", "не адрес"), ("message", MESSAGE)],
            )
            .await;
        visitor.agrees("contact", "contact").await;
        visitor.sends("contact").await;
        raspiska_tests::wait::equal("one mistake is left", 1, async || {
            visitor.count(&mark::mistakes("contact")).await
        })
        .await;
        assert_eq!(
            visitor.focus().await,
            "email",
            "the focus is where the mistake is"
        );
        visitor.holds(3).await;

        visitor.fills("contact", &[("email", EMAIL)]).await;
        visitor.sends("contact").await;
        visitor.is_thanked("contact").await;
        visitor.holds(5).await;
    })
    .await;
}
