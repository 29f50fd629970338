//! What a person sees and takes back on another device: `/my/{site}`, by the receipt's file or a card, and the code.

use std::fs;
use std::rc::Rc;

use raspiska_tests::ledger::{Held, of};
use raspiska_tests::{Visitor, World, mark, must, wait};
use serde_json::json;

use super::receipt_file::of_this_visitor;

/// The page, as the links to it have it.
pub(super) const MY: &str = "/my/jetcrm";
/// Its button that shows what holds.
pub(super) const SHOW: &str = "form.door button{Показать}";
const WORDS: [(&str, &str); 3] = [
    ("name", "Проверка Страницы"),
    ("email", "stranica@example.com"),
    ("message", "Напишите мне."),
];

/// Somebody agrees to an answer and to advertising.
pub(super) async fn agrees(world: &World) -> (Rc<Visitor>, Vec<Held>) {
    let visitor = world.visitor().await;
    visitor.opens("/contacts.html").await;
    visitor.fills("contact", &WORDS).await;
    visitor.agrees("contact", "contact").await;
    visitor.agrees("contact", "advertising").await;
    visitor.sends("contact").await;
    visitor.is_thanked("contact").await;
    let receipts = visitor.holds(2).await;
    (visitor, receipts)
}

/// The code that goes with a receipt.
pub(super) fn code(held: &Held) -> &str {
    must("a code", held.code.as_deref().ok_or("none"))
}

/// Follows the link of a receipt, in which it and its code are behind the `#`.
pub(super) async fn follows(visitor: &Visitor, fragment: &str) {
    // A page that is open already would only be scrolled.
    visitor.goes_to("about:blank").await;
    visitor.opens(&format!("{MY}#{fragment}")).await;
    wait::equal("the form is filled in", true, async || {
        let code = value(visitor, "#code").await;
        !code.is_empty() && fragment.ends_with(&code)
    })
    .await;
    let address: String = visitor.evaluates("return location.href", &[]).await;
    assert!(
        !address.contains('#'),
        "the code goes out of the address: {address}"
    );
}

/// Follows the link of a receipt and sees what holds.
pub(super) async fn comes_by_link(visitor: &Visitor, held: &Held) {
    follows(visitor, &format!("{}.{}", held.hash, code(held))).await;
    visitor.presses(SHOW).await;
    visitor.sees("h2{На что вы согласились}").await;
}

/// What stands in a field.
async fn value(visitor: &Visitor, field: &str) -> String {
    visitor
        .evaluates("return find(arguments[0])[0].value", &[json!(field)])
        .await
}

/// The card of a purpose, and something in it.
pub(super) fn card(purpose: &str, selector: &str) -> String {
    format!("section[aria-labelledby='p-{purpose}'] >>> {selector}")
}

/// The day on which the data of a purpose will be gone, as the page names it for machines.
async fn gone_by(visitor: &Visitor, purpose: &str) -> String {
    let time = card(purpose, "div{Данные исчезнут} >>> time");
    visitor.sees(&time).await;
    let script = "return find(arguments[0])[0].dateTime";
    visitor.evaluates(script, &[json!(time)]).await
}

/// The thirtieth day after today where the operator is, by the browser's own calendar.
async fn in_thirty_days(visitor: &Visitor) -> String {
    let script = "const day = new Date(Date.now() + 30 * 24 * 3600_000);
                  return day.toLocaleDateString('sv', { timeZone: 'Europe/Moscow' })";
    visitor.evaluates(script, &[]).await
}

#[tokio::test]
async fn the_link_of_a_receipt_opens_it_in_another_browser() {
    World::tell(async |world| {
        let (visitor, receipts) = agrees(world).await;
        let contact = of(&receipts, "contact");
        let script = "return find(arguments[0]).map((link) => link.href)";
        let links = json!("raspiska-form[name=contact] >>> .code a");
        let links: Vec<String> = visitor.evaluates(script, &[links]).await;
        assert_eq!(links.len(), 2, "one on each receipt: {links:?}");
        let fragment = format!("{}.{}", contact.hash, code(contact));
        let own = world.server.url(&format!("{MY}#{fragment}"));
        assert!(links.contains(&own), "{own} is none of {links:?}");

        let elsewhere = world.visitor().await;
        follows(&elsewhere, &fragment).await;
        elsewhere.presses(SHOW).await;
        elsewhere.sees(&card("contact", "button")).await;
    })
    .await;
}

#[tokio::test]
async fn by_file_and_code_a_person_reads_what_stops_and_takes_back_one_of_two() {
    World::tell(async |world| {
        let (visitor, receipts) = agrees(world).await;
        let (contact, advertising) = (of(&receipts, "contact"), of(&receipts, "advertising"));
        let file = of_this_visitor(&visitor).await;
        let path = visitor.downloads().join("kept.receipt.json");
        must("the file", fs::write(&path, file));

        // The file stays here: only what it hashes to is sent. The code is typed as people type.
        visitor.opens(MY).await;
        visitor.chooses("#file", &path).await;
        wait::equal(
            "the receipt's number",
            contact.hash.to_string(),
            async || value(&visitor, "#receipt").await,
        )
        .await;
        let typed = code(contact).replace('-', " ").to_lowercase();
        visitor.writes("#code", &typed).await;
        visitor.presses(SHOW).await;

        // What stops, what goes on, the last day and its norm.
        visitor
            .sees(&card(
                "advertising",
                "div{Если отозвать} >>> dd{Рассказывать о мероприятиях}",
            ))
            .await;
        visitor
            .sees(&card(
                "advertising",
                "div{Что продолжится} >>> dd{по другому вашему согласию}",
            ))
            .await;
        visitor
            .sees(&card(
                "advertising",
                "div{Данные исчезнут} >>> dd{ст. 21 ч. 5}",
            ))
            .await;
        let before = in_thirty_days(&visitor).await;
        let gone = gone_by(&visitor, "advertising").await;
        let after = in_thirty_days(&visitor).await;
        assert!([before, after].contains(&gone), "{gone}");

        visitor
            .presses(&card("advertising", "button{Отозвать}"))
            .await;
        let done = visitor.sees(".done{Готово: согласие отозвано.}").await;
        assert!(done.contains("Реклама по электронной почте"), "{done}");
        assert!(!done.contains("cookie"), "no cookies were decided: {done}");
        assert_eq!(
            world.status(&advertising.hash.to_string()).await,
            json!({ "advertising": "withdrawn" })
        );
        assert_eq!(
            world.status(&contact.hash.to_string()).await,
            json!({ "contact": "given" }),
            "the other consent stands"
        );
        visitor
            .sees(&card("advertising", ".state{согласие отозвано}"))
            .await;
        assert_eq!(gone_by(&visitor, "advertising").await, gone);
        assert_eq!(
            visitor.count(&card("advertising", "button")).await,
            0,
            "there is nothing left to withdraw"
        );
        visitor
            .sees(&card(
                "contact",
                "div{Что продолжится} >>> dd{больше ничего}",
            ))
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_printed_card_leads_another_device_to_the_same_page() {
    World::tell(async |world| {
        let (visitor, receipts) = agrees(world).await;
        let contact = of(&receipts, "contact");
        comes_by_link(&visitor, contact).await;
        visitor
            .presses("button{Карточка согласия для печати}")
            .await;
        visitor.sees("h1{Карточка согласия}").await;
        visitor.sees(".card img").await;
        let printed = visitor.texts(".card .code").await;
        assert_eq!(printed[0], contact.hash.to_string());
        assert_eq!(printed[1], code(contact));
        let (page, fragment) = must("a link", printed[2].split_once('#').ok_or(&printed[2]));
        assert_eq!(page, "https://jetcrm.ru/my/jetcrm");

        let fragment = fragment.to_owned();
        world.visitor_leaves().await;
        let elsewhere = world.visitor().await;
        follows(&elsewhere, &fragment).await;
        elsewhere.presses(SHOW).await;
        elsewhere
            .sees(&card("contact", ".state{согласие дано}"))
            .await;
        elsewhere
            .presses("button{Отказаться от всей рекламы}")
            .await;
        elsewhere.sees(".done{Готово}").await;
        let advertising = of(&receipts, "advertising").hash.to_string();
        assert_eq!(
            world.status(&advertising).await,
            json!({ "advertising": "withdrawn" })
        );
    })
    .await;
}

#[tokio::test]
async fn cookies_taken_back_elsewhere_stop_in_the_first_browser_when_they_are_changed_there() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.gives_all().await;
        let receipts = visitor.holds(3).await;
        let analytics = of(&receipts, "cookies-analytics");
        let first = visitor.tab().await;

        visitor.turns_to_new_tab().await;
        comes_by_link(&visitor, analytics).await;
        visitor
            .presses(&card("analytics", "button{Отозвать}"))
            .await;
        let done = visitor.sees(".done{Готово}").await;
        assert!(
            done.contains("сайт ещё помнит ваш выбор про cookie"),
            "{done}"
        );
        let status = world.status(&analytics.hash.to_string()).await;
        assert_eq!(status, json!({ "analytics": "withdrawn" }), "at once");

        // The page said so: the device has its own memory, and is not asked by anybody.
        visitor.turns_to(&first).await;
        visitor.reloads().await;
        let all = [("ads", "given"), ("analytics", "given"), ("media", "given")];
        visitor.has_decided(&all).await;
        visitor.opens_dialog("consents").await;
        visitor.expects("422");
        visitor.withdraws("analytics").await;
        let less = [
            ("ads", "given"),
            ("analytics", "withdrawn"),
            ("media", "given"),
        ];
        visitor.has_decided(&less).await;
        // The server has nothing left to withdraw; what the person sees is the same.
        visitor.sees_status("analytics", "Отозвано").await;
        visitor
            .sees(&mark::card("analytics", "p{Отзывать нечего}"))
            .await;
        world.leaves_undelivered();
    })
    .await;
}

#[tokio::test]
async fn a_wrong_code_is_told_in_plain_words_and_shows_nothing() {
    World::tell(async |world| {
        let (visitor, receipts) = agrees(world).await;
        let (contact, advertising) = (of(&receipts, "contact"), of(&receipts, "advertising"));
        visitor.expects("422");
        let hash = contact.hash.to_string();
        for wrong in ["ABCD-EFGH-JKMN-PQRS-TVWX", code(advertising), "нет кода"] {
            visitor.opens(MY).await;
            visitor.writes("#receipt", &hash).await;
            visitor.writes("#code", wrong).await;
            visitor.presses(SHOW).await;
            visitor
                .sees(".warning[role=alert]{Такого номера с таким кодом здесь нет}")
                .await;
            assert_eq!(
                value(&visitor, "#receipt").await,
                hash,
                "what was right stays"
            );
            assert_eq!(value(&visitor, "#code").await, "");
            assert_eq!(visitor.count(".given").await, 0, "{wrong}");
        }
        // What was wrong is mended where it stands.
        visitor.writes("#code", code(contact)).await;
        visitor.presses(SHOW).await;
        visitor
            .sees(&card("contact", ".state{согласие дано}"))
            .await;
    })
    .await;
}
