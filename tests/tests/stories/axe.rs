//! axe-core looks at every view, in light and dark.

use raspiska_tests::{Visitor, World, mark};
use thirtyfour::Key;

use super::feel::{LOOKS, Operator};

const SCHEMES: [&str; 2] = ["light", "dark"];

/// Both schemes of one view.
async fn accessible(visitor: &Visitor, view: &str) {
    for scheme in SCHEMES {
        visitor.prefers(scheme).await;
        visitor
            .finds_it_accessible(&format!("{view}, {scheme}"))
            .await;
    }
}

#[tokio::test]
async fn every_page_with_the_banner_and_without() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        let pages = [
            "/",
            "/demo.html",
            "/contacts.html",
            "/careers.html",
            "/privacy.html",
        ];
        for page in pages {
            visitor.opens(page).await;
            visitor.sees(mark::BANNER).await;
            accessible(&visitor, &format!("{page} with the banner")).await;
        }
        visitor.refuses_all().await;
        visitor.holds(3).await;
        for page in pages {
            visitor.opens(page).await;
            accessible(&visitor, &format!("{page} after the answer")).await;
        }
        for page in ["/player.html", "/policy/jetcrm"] {
            visitor.opens(page).await;
            accessible(&visitor, page).await;
        }
    })
    .await;
}

#[tokio::test]
async fn every_dialog() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.gives_all().await;
        visitor.holds(3).await;
        visitor.opens_dialog("preferences").await;
        accessible(&visitor, "preferences").await;
        visitor.presses(&mark::services("ads")).await;
        accessible(&visitor, "preferences with details").await;
        visitor.closes_dialog().await;

        visitor.opens_dialog("policy").await;
        accessible(&visitor, "policy").await;
        visitor
            .writes(&mark::in_dialog("input[type=search]"), "cookie")
            .await;
        visitor.sees(&mark::in_dialog("mark")).await;
        accessible(&visitor, "policy with what was found").await;
        // The first Escape empties the field, the second closes the dialog.
        visitor.key(Key::Escape).await;
        visitor.closes_dialog().await;

        visitor.opens_dialog("consents").await;
        accessible(&visitor, "consents").await;
        visitor.opens_receipts("ads").await;
        visitor.asks_to_withdraw("media").await;
        visitor
            .presses(&mark::in_dialog("summary{Отозвать по коду}"))
            .await;
        accessible(&visitor, "consents with receipts and a question").await;
        visitor.closes_dialog().await;

        visitor.opens("/en.html").await;
        for what in ["preferences", "policy", "consents"] {
            visitor.opens_dialog(what).await;
            accessible(&visitor, &format!("{what} in English")).await;
            visitor.closes_dialog().await;
        }
    })
    .await;
}

#[tokio::test]
async fn every_form_empty_mistaken_and_sent() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        for (page, form) in [
            ("/contacts.html", "contact"),
            ("/careers.html", "candidate"),
        ] {
            visitor.opens(page).await;
            visitor.sees(&mark::submit(form)).await;
            accessible(&visitor, &format!("{form}, empty")).await;
            visitor.sends(form).await;
            visitor.sees(&mark::mistakes(form)).await;
            accessible(&visitor, &format!("{form}, with mistakes")).await;
            visitor
                .fills(form, &[("name", "Проверка"), ("email", "axe@example.com")])
                .await;
            if form == "contact" {
                visitor.fills(form, &[("message", "Проверка формы.")]).await;
            } else {
                visitor
                    .fills(form, &[("phone", "+70000000000"), ("about", "Проверка.")])
                    .await;
                visitor.takes(form, "vacancy", "Инженер по данным").await;
                visitor.takes(form, "age", "18 лет или больше").await;
            }
            visitor.agrees(form, form).await;
            visitor.sends(form).await;
            visitor.is_thanked(form).await;
            accessible(&visitor, &format!("{form}, sent")).await;
        }
        visitor.holds(4).await;
    })
    .await;
}

#[tokio::test]
async fn every_look_of_the_question_and_the_control() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        let mut operator = Operator::of(world);
        for (name, look) in LOOKS {
            operator.chooses(look, &visitor).await;
            visitor.opens("/").await;
            visitor.sees(mark::BANNER).await;
            accessible(&visitor, name).await;
            visitor.has_forced_colours().await;
            visitor
                .finds_it_accessible(&format!("{name}, forced colours"))
                .await;
        }
        operator.chooses("reopen = \"bottom-left\"", &visitor).await;
        visitor.opens("/gate.html").await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        visitor.sees("raspiska-reopen >>> button").await;
        accessible(&visitor, "the control and placeholders").await;
        visitor.has_forced_colours().await;
        visitor
            .finds_it_accessible("the control and placeholders, forced colours")
            .await;
    })
    .await;
}
