//! "My consents": what this person has decided here, in words.

use raspiska_tests::{World, mark};

#[tokio::test]
async fn every_decision_is_there_with_its_status() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.opens_preferences().await;
        visitor.switches("analytics", true).await;
        visitor.saves_preferences().await;
        visitor.holds(3).await;
        visitor.opens_dialog("consents").await;
        visitor.sees_status("analytics", "Действует").await;
        visitor.sees_status("ads", "Отказ").await;
        visitor.sees_status("media", "Отказ").await;
    })
    .await;
}

#[tokio::test]
async fn a_receipt_shows_what_was_said_and_on_which_text() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/contacts.html").await;
        visitor
            .fills(
                "contact",
                &[
                    ("name", "Проверка Списка"),
                    ("email", "spisok@example.com"),
                    ("message", "Покажите мне это."),
                ],
            )
            .await;
        visitor.agrees("contact", "contact").await;
        visitor.sends("contact").await;
        visitor.is_thanked("contact").await;
        let receipts = visitor.holds(2).await;
        visitor.opens_dialog("consents").await;
        visitor.opens_receipts("contact").await;
        let index = raspiska_tests::ledger::of(&receipts, "contact").index;
        let disclosed = visitor.sees(&mark::receipt("contact", index, "dl")).await;
        for value in ["Проверка Списка", "spisok@example.com", "Покажите мне это."]
        {
            assert!(disclosed.contains(value), "{disclosed}");
        }
        visitor
            .presses(&mark::receipt("contact", index, "summary"))
            .await;
        let text = visitor
            .sees(&mark::receipt("contact", index, ".notice"))
            .await;
        assert!(text.contains("Согласие"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_person_without_decisions_is_told_so() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/privacy.html").await;
        visitor.opens_dialog("consents").await;
        visitor.sees(&mark::in_dialog("h3{Пока пусто}")).await;
    })
    .await;
}
