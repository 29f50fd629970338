//! The link at the bottom of a letter: to look at it does nothing, its button takes back what the letter rests on.

use raspiska_tests::ledger::of;
use raspiska_tests::office::Colleague;
use raspiska_tests::{World, must};
use serde_json::json;

use super::my::agrees;

/// The path of a link that the marketing department puts into a letter.
pub(super) fn link(world: &World, receipt: &str) -> String {
    let marketing = Colleague::comes(&world.server, "marketing", "Проверка Рекламы");
    let given = marketing.asks(&["unsubscribe-link", "--purpose", "advertising", receipt]);
    let url = must("a link", given["url"].as_str().ok_or(&given));
    let path = url.strip_prefix("https://jetcrm.ru");
    must("a link of the site", path.ok_or(url)).to_owned()
}

#[tokio::test]
async fn the_link_of_a_letter_changes_nothing_until_its_button_is_pressed() {
    World::tell(async |world| {
        let (visitor, receipts) = agrees(world).await;
        let contact = of(&receipts, "contact").hash.to_string();
        let advertising = of(&receipts, "advertising").hash.to_string();
        let link = link(world, &advertising);

        // Mail programs look at links, people look twice.
        for _ in 0..2 {
            visitor.opens(&link).await;
            visitor.sees("h1{Больше не писать?}").await;
            visitor.sees("p.state{Реклама по электронной почте}").await;
        }
        let given = json!({ "advertising": "given" });
        assert_eq!(world.status(&advertising).await, given);
        assert_eq!(world.log().await.entries.len(), 2);

        visitor.presses("button{Отписаться}").await;
        visitor.sees("h1{Вы отписаны}").await;
        visitor.sees(".done{Согласие отозвано}").await;
        let withdrawn = json!({ "advertising": "withdrawn" });
        assert_eq!(world.status(&advertising).await, withdrawn);
        assert_eq!(
            world.status(&contact).await,
            json!({ "contact": "given" }),
            "the letter was about advertising alone"
        );
        assert_eq!(world.log().await.entries.len(), 3);

        // Once more is no error, and no second statement.
        visitor.opens(&link).await;
        visitor.presses("button{Отписаться}").await;
        visitor.sees("h1{Вы отписаны}").await;
        assert_eq!(world.log().await.entries.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_cut_or_of_another_key_says_so_and_whom_to_write_to() {
    World::tell(async |world| {
        let (visitor, receipts) = agrees(world).await;
        let advertising = of(&receipts, "advertising").hash.to_string();
        let link = link(world, &advertising);
        visitor.expects("404");
        let (cut, _) = link.split_at(link.len() - 7);
        let changed = link.replacen("/u/jetcrm/", "/u/jetcrm/A", 1);
        for wrong in [cut, &changed, "/u/jetcrm/AAAA"] {
            visitor.opens(wrong).await;
            visitor.sees("h1{Ссылка не подходит}").await;
            visitor.sees("p{Скопируйте её из письма целиком}").await;
            visitor.sees("a[href='mailto:info@jet121.ru']").await;
            assert_eq!(visitor.count("button").await, 0, "{wrong}");
            let used = world.server.request("POST", wrong).send().await;
            assert_eq!(used.status, 404, "{wrong}");
        }
        let given = json!({ "advertising": "given" });
        assert_eq!(world.status(&advertising).await, given);
    })
    .await;
}
