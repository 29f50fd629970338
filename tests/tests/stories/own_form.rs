//! A person writes in a form that is the site's own; only its consent is ours.

use raspiska_shared::receipt::{Method, State};
use raspiska_tests::ledger::of;
use raspiska_tests::{Visitor, World, wait};
use serde_json::{Value, json};
use thirtyfour::Key;

const NAME: &str = "Проверка Своей";
const EMAIL: &str = "svoya@example.com";
const MESSAGE: &str = "Нужен отчёт по рассылкам.";

const SUBMIT: &str = "#own [type=submit]";
const STATUS: &str = "raspiska-consent >>> [role=status]";

fn tick(notice: &str) -> String {
    format!("raspiska-consent >>> [data-notice='{notice}'] [type=checkbox]")
}

async fn comes(visitor: &Visitor) {
    visitor.opens("/own.html").await;
    visitor.refuses_all().await;
    visitor.holds(3).await;
    visitor.sees(&tick("contact")).await;
}

/// What cannot be pressed, and not be reached by keyboard either.
async fn is_held(visitor: &Visitor) -> bool {
    visitor
        .evaluates("return document.getElementById('own').inert", &[])
        .await
}

async fn writes(visitor: &Visitor) {
    for (name, value) in [("name", NAME), ("email", EMAIL), ("message", MESSAGE)] {
        visitor.writes(&format!("#own [name={name}]"), value).await;
    }
}

/// What the page's own listeners have heard.
async fn heard(visitor: &Visitor) -> Vec<String> {
    visitor.evaluates("return window.heard", &[]).await
}

/// What the page's own script would send to the page's own server.
async fn sent(visitor: &Visitor) -> Value {
    wait::until("the page sends its form", async || {
        visitor
            .evaluates::<Option<Value>>("return window.sent", &[])
            .await
    })
    .await
}

#[tokio::test]
async fn the_page_goes_on_with_the_receipts_hash() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        comes(&visitor).await;
        writes(&visitor).await;
        visitor.presses(&tick("contact")).await;
        visitor.presses(SUBMIT).await;
        let sent = sent(&visitor).await;
        let receipts = visitor.holds(5).await;
        let consent = of(&receipts, "contact");
        assert_eq!(
            sent,
            json!({
                "name": NAME, "email": EMAIL, "message": MESSAGE, "token": "t", "how": "now",
                "raspiska-receipt": consent.hash.to_string(),
            })
        );
        assert_eq!(
            heard(&visitor).await,
            ["page", "form"],
            "the page hears of one submission"
        );
        assert_eq!(consent.payload().event.method, Method::Form);
        assert_eq!(consent.decided("contact"), Some(State::Given));
        assert_eq!(
            of(&receipts, "advertising").decided("advertising"),
            Some(State::Refused)
        );
        let inbox = world.inbox(&consent.hash.to_string());
        assert_eq!(
            inbox,
            json!({ "email": EMAIL, "message": MESSAGE, "name": NAME })
        );
        let ticked: bool = visitor
            .evaluates(
                "return find(arguments[0])[0].checked",
                &[json!(tick("contact"))],
            )
            .await;
        assert!(!ticked, "the next message is a consent of its own");
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_without_the_consent_however_it_is_sent() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        comes(&visitor).await;
        visitor.writes("#own [name=email]", "не адрес").await;
        visitor.presses(SUBMIT).await;
        wait::equal("name, e-mail and message", 3, async || {
            visitor.count("#own .raspiska-fault").await
        })
        .await;
        visitor.sees("raspiska-consent >>> p.bad{Без этого}").await;
        assert_eq!(visitor.focus().await, "name");
        let described: bool = visitor
            .evaluates(
                "const field = document.querySelector('#own [name=email]');
                 return field.getAttribute('aria-invalid') === 'true'
                   && document.getElementById(field.getAttribute('aria-describedby')).innerText.includes('name@example')",
                &[],
            )
            .await;
        assert!(described, "what is wrong is told with the field");
        assert!(!is_held(&visitor).await);

        writes(&visitor).await;
        visitor.focuses("#own [name=name]").await;
        visitor.key(Key::Enter).await;
        let _: Option<bool> = visitor
            .evaluates(
                "const form = document.getElementById('own'); form.requestSubmit(); form.submit()",
                &[],
            )
            .await;
        visitor.sees("raspiska-consent >>> p.bad{Осталось поправить: 1}").await;
        assert_eq!(heard(&visitor).await, [""; 0], "the page has heard of nothing");
        assert_eq!(visitor.path().await, "/own.html");
        visitor.holds(3).await;
    })
    .await;
}

#[tokio::test]
async fn a_form_without_network_waits_and_then_goes_on() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        for complaint in ["ERR_CONNECTION_REFUSED", "raspiska:"] {
            visitor.expects(complaint);
        }
        comes(&visitor).await;
        writes(&visitor).await;
        visitor.presses(&tick("contact")).await;
        visitor.presses(&tick("advertising")).await;
        world.server.stop().await;
        visitor.presses(SUBMIT).await;
        visitor.sees(&format!("{STATUS}{{Связи пока нет}}")).await;
        visitor.presses(SUBMIT).await;
        assert_eq!(
            visitor.outbox().await.len(),
            2,
            "a second press adds nothing"
        );
        world.server.start().await;
        let sent = sent(&visitor).await;
        let receipts = visitor.holds(5).await;
        assert_eq!(
            sent["raspiska-receipt"],
            of(&receipts, "contact").hash.to_string()
        );
        assert_eq!(
            of(&receipts, "advertising").disclosed().len(),
            2,
            "advertising needs no message"
        );
    })
    .await;
}

#[tokio::test]
async fn without_scripts_the_form_cannot_be_sent() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.expects("raspiska:");
        visitor
            .devtools(
                "Network.setBlockedURLs",
                json!({ "urls": ["*/raspiska.js*"] }),
            )
            .await;
        visitor.expects("ERR_BLOCKED_BY_CLIENT");
        visitor.devtools("Network.enable", json!({})).await;
        visitor.opens("/own.html").await;
        visitor.writes("#own [name=name]", NAME).await;
        visitor.key(Key::Enter).await;
        let disabled: bool = visitor
            .evaluates("return document.querySelector('#own button').disabled", &[])
            .await;
        assert!(disabled);
        assert_eq!(heard(&visitor).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_form_whose_consent_does_not_load_is_held_and_says_where_to_write() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        for complaint in ["raspiska:", "ERR_BLOCKED_BY_CLIENT"] {
            visitor.expects(complaint);
        }
        let urls = json!({ "urls": ["*/attach.js"] });
        visitor.devtools("Network.setBlockedURLs", urls).await;
        visitor.devtools("Network.enable", json!({})).await;
        visitor.opens("/own.html").await;
        visitor
            .sees("main p[role=alert]{Форма не загрузилась}")
            .await;
        assert!(is_held(&visitor).await);
        assert_eq!(heard(&visitor).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn letters_are_subscribed_to_with_one_tick() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/demo.html").await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        visitor.scrolls_to("#news form [type=submit]").await;
        visitor.sees(&tick("newsletter")).await;
        assert_eq!(
            visitor.count("raspiska-consent >>> .consent").await,
            1,
            "one document, one tick"
        );
        visitor.writes("#letters-email", EMAIL).await;
        visitor.presses(&tick("newsletter")).await;
        visitor.focuses("#letters-email").await;
        visitor.key(Key::Enter).await;
        visitor.sees("raspiska-consent >>> h3{Отправлено}").await;
        let receipts = visitor.holds(4).await;
        let consent = of(&receipts, "newsletter");
        assert_eq!(consent.decided("advertising"), Some(State::Given));
        assert_eq!(
            consent.disclosed(),
            [("email".to_owned(), EMAIL.to_owned())]
        );
        visitor.presses("raspiska-consent >>> button").await;
        visitor
            .sees(&raspiska_tests::mark::card("advertising", ".chip"))
            .await;
    })
    .await;
}

#[tokio::test]
async fn axe_looks_at_an_own_form_with_mistakes_and_at_the_letters() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        comes(&visitor).await;
        visitor.presses(SUBMIT).await;
        visitor.sees("raspiska-consent >>> p.bad{Без этого}").await;
        visitor
            .finds_it_accessible("an own form with mistakes")
            .await;

        visitor.opens("/demo.html").await;
        visitor.scrolls_to("#news form [type=submit]").await;
        visitor.sees(&tick("newsletter")).await;
        visitor.finds_it_accessible("the letters").await;
        visitor.writes("#letters-email", EMAIL).await;
        visitor.presses(&tick("newsletter")).await;
        visitor.focuses("#letters-email").await;
        visitor.key(Key::Enter).await;
        visitor.sees("raspiska-consent >>> h3{Отправлено}").await;
        visitor.finds_it_accessible("the letters, sent").await;
        visitor.holds(4).await;
    })
    .await;
}
