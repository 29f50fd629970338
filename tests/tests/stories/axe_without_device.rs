//! axe-core looks at the pages for people without their device, wide and narrow, in light and dark.

use raspiska_tests::ledger::of;
use raspiska_tests::office::Colleague;
use raspiska_tests::{Visitor, World};

use super::editions::{CHANGES, publishes};
use super::my::{MY, agrees, card, comes_by_link};
use super::{requests, unsubscribing};

/// Nothing breaks a rule, and nothing is wider than the window.
async fn accessible(visitor: &Visitor, view: &str) {
    for (width, height) in [(1280, 900), (390, 844)] {
        for scheme in ["light", "dark"] {
            visitor.looks_at(width, height, scheme).await;
            let view = format!("{view}, {width}, {scheme}");
            visitor.finds_it_accessible(&view).await;
            let over: i64 = visitor
                .evaluates(
                    "return document.documentElement.scrollWidth - document.documentElement.clientWidth",
                    &[],
                )
                .await;
            assert_eq!(over, 0, "{view}: pixels beyond the edge");
        }
    }
}

#[tokio::test]
async fn the_page_of_a_receipt_from_the_door_to_what_is_done() {
    World::tell(async |world| {
        let (visitor, receipts) = agrees(world).await;
        visitor.expects("422");
        visitor.opens(MY).await;
        accessible(&visitor, "the door").await;
        visitor.opens(&format!("{MY}?lang=en")).await;
        accessible(&visitor, "the door in English").await;
        visitor.writes("#receipt", "нет такой").await;
        visitor.writes("#code", "нет кода").await;
        visitor.presses("form.door button.main").await;
        visitor.sees(".warning").await;
        accessible(&visitor, "a wrong code").await;

        comes_by_link(&visitor, of(&receipts, "contact")).await;
        accessible(&visitor, "what holds").await;
        visitor.presses("summary").await;
        visitor
            .presses(&card("advertising", "button{Отозвать}"))
            .await;
        visitor.sees(".done").await;
        accessible(&visitor, "what is withdrawn").await;
        visitor
            .presses("button{Карточка согласия для печати}")
            .await;
        visitor.sees("h1{Карточка}").await;
        accessible(&visitor, "the card").await;
    })
    .await;
}

#[tokio::test]
async fn a_request_and_its_answer() {
    World::tell(async |world| {
        let (visitor, receipts) = agrees(world).await;
        comes_by_link(&visitor, of(&receipts, "contact")).await;
        let ticket = requests::asks(&visitor).await;
        accessible(&visitor, "a request that has come").await;
        let officer = Colleague::comes(&world.server, "officer", "Проверка Ответственного");
        let _ = officer.asks(&["request", "extend", &ticket.0, "--notice", "Ищем в архиве."]);
        requests::opens(&visitor, &ticket).await;
        accessible(&visitor, "a request whose term is extended").await;
        let _ = officer.asks(&["request", "answer", &ticket.0, "--text", "Это всё."]);
        requests::opens(&visitor, &ticket).await;
        accessible(&visitor, "an answer").await;
    })
    .await;
}

#[tokio::test]
async fn the_link_of_a_letter() {
    World::tell(async |world| {
        let (visitor, receipts) = agrees(world).await;
        let link = unsubscribing::link(world, &of(&receipts, "advertising").hash.to_string());
        visitor.expects("404");
        visitor.opens("/u/jetcrm/AAAA").await;
        accessible(&visitor, "a wrong link").await;
        visitor.opens(&link).await;
        accessible(&visitor, "the question").await;
        visitor.presses("button{Отписаться}").await;
        visitor.sees("h1{Вы отписаны}").await;
        accessible(&visitor, "unsubscribed").await;
    })
    .await;
}

#[tokio::test]
async fn what_an_edition_changed() {
    World::tell(async |world| {
        publishes(world).await;
        let visitor = world.visitor().await;
        visitor.opens(CHANGES).await;
        visitor.sees("ins").await;
        accessible(&visitor, "what changed").await;
    })
    .await;
}
