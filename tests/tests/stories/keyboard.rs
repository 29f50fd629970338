//! Without a mouse.

use raspiska_tests::{Visitor, World, mark};
use thirtyfour::Key;

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
            raspiska_tests::wait::equal("the focus is where it was", what.to_owned(), async || {
                visitor.focus().await
            })
            .await;
        }
    })
    .await;
}
