//! Without a mouse.

use raspiska_tests::{Visitor, World, mark, wait};
use thirtyfour::Key;

use super::feel::{LOOKS, Operator};

/// Goes on by Tab until the focus is there.
async fn tabs_to(visitor: &Visitor, wanted: &str) {
    let mut passed = Vec::new();
    for _ in 0..60 {
        visitor.key(Key::Tab).await;
        let focus = visitor.focus().await;
        if focus == wanted {
            return;
        }
        passed.push(focus);
    }
    panic!("60 times Tab never came to {wanted}, but to {passed:?}");
}

#[tokio::test]
async fn the_banner_is_answered_by_keyboard() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        assert_ne!(
            visitor.focus().await,
            "refuse-all",
            "the banner takes no focus by itself"
        );
        tabs_to(&visitor, "refuse-all").await;
        visitor.key(Key::Enter).await;
        visitor.sees_no_more(mark::BANNER).await;
        visitor
            .has_decided(&[
                ("ads", "refused"),
                ("analytics", "refused"),
                ("media", "refused"),
            ])
            .await;
        visitor.holds(3).await;
    })
    .await;
}

#[tokio::test]
async fn preferences_are_opened_changed_and_saved_by_keyboard() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.sees(mark::BANNER).await;
        tabs_to(&visitor, "preferences").await;
        visitor.key(Key::Enter).await;
        visitor.sees(mark::DIALOG).await;
        visitor.has_focus_in_dialog().await;
        tabs_to(&visitor, "ads").await;
        visitor.key(Key::Space).await;
        assert!(visitor.is_switched_on("ads").await);
        tabs_to(&visitor, "Сохранить выбор").await;
        visitor.key(Key::Enter).await;
        visitor.sees_no_more(mark::DIALOG).await;
        visitor
            .has_decided(&[
                ("ads", "given"),
                ("analytics", "refused"),
                ("media", "refused"),
            ])
            .await;
        visitor.holds(3).await;
    })
    .await;
}

#[tokio::test]
async fn escape_closes_a_dialog_and_the_focus_returns() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/").await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        for what in ["preferences", "policy", "consents"] {
            let opener = format!("footer [data-raspiska={what}]");
            visitor.focuses(&opener).await;
            visitor.key(Key::Enter).await;
            visitor.sees(mark::DIALOG).await;
            visitor.has_focus_in_dialog().await;
            for _ in 0..40 {
                visitor.key(Key::Tab).await;
                visitor.has_focus_in_dialog().await;
            }
            visitor.key(Key::Escape).await;
            visitor.sees_no_more(mark::DIALOG).await;
            wait::equal("the focus is where it was", what.to_owned(), async || {
                visitor.focus().await
            })
            .await;
        }
    })
    .await;
}

#[tokio::test]
async fn every_look_is_gone_through_in_the_same_order_and_put_off() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        let mut operator = Operator::of(world);
        for (name, look) in LOOKS {
            operator.chooses(look, &visitor).await;
            visitor.opens("/gate.html").await;
            visitor.sees(mark::BANNER).await;
            let mut passed = Vec::new();
            for _ in 0..4 {
                visitor.key(Key::Tab).await;
                passed.push(visitor.focus().await);
            }
            assert_eq!(
                passed,
                ["policy", "refuse-all", "give-all", "preferences"],
                "{name}: the question is met first, in the order of its words"
            );
            visitor.key(Key::Escape).await;
            visitor.sees_no_more(mark::BANNER).await;
            assert!(
                !visitor.allows("ads").await,
                "{name}: to put off is no answer"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_control_opens_the_settings_and_gets_the_focus_back() {
    const CONTROL: &str = "raspiska-reopen >>> button";
    World::tell(async |world| {
        let visitor = world.visitor().await;
        let mut operator = Operator::of(world);
        for corner in ["bottom-left", "bottom-right", "top-left", "top-right"] {
            operator
                .chooses(&format!("reopen = {corner:?}"), &visitor)
                .await;
            visitor.opens("/gate.html").await;
            if corner == "bottom-left" {
                visitor.sees(mark::BANNER).await;
                visitor.is_idle().await;
                assert_eq!(visitor.count(CONTROL).await, 0, "it gives way to the question");
                visitor.refuses_all().await;
                visitor.holds(3).await;
            }
            visitor.sees(CONTROL).await;
            let at: String = visitor
                .evaluates(
                    "const { left, top, right, bottom } = find(arguments[0])[0].getBoundingClientRect();
                     return (top < innerHeight / 2 && bottom > 0 ? 'top' : 'bottom') + '-' + (left < innerWidth / 2 && right > 0 ? 'left' : 'right')",
                    &[serde_json::json!(CONTROL)],
                )
                .await;
            assert_eq!(at, corner);
            tabs_to(&visitor, "Настройки cookie").await;
            visitor.key(Key::Enter).await;
            visitor.sees(mark::DIALOG).await;
            visitor.has_focus_in_dialog().await;
            visitor.key(Key::Escape).await;
            visitor.sees_no_more(mark::DIALOG).await;
            let back = "return document.activeElement.localName".to_owned();
            wait::equal("the focus is where it was", "raspiska-reopen".to_owned(), async || {
                visitor.evaluates(&back, &[]).await
            })
            .await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_placeholder_is_opened_by_keyboard() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/gate.html").await;
        visitor.refuses_all().await;
        visitor.holds(3).await;
        visitor.sees("raspiska-hold >>> section").await;
        tabs_to(&visitor, "Показать").await;
        visitor.key(Key::Enter).await;
        visitor.counts("frameLoads", 1).await;
        wait::equal(
            "the focus is on what was asked for",
            "iframe".to_owned(),
            async || {
                visitor
                    .evaluates("return document.activeElement.localName", &[])
                    .await
            },
        )
        .await;
    })
    .await;
}
