//! Russian first, English second: by the page's language.

use raspiska_shared::lang::Lang;
use raspiska_tests::{World, mark};

#[tokio::test]
async fn an_english_page_speaks_english_and_signs_the_english_document() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.opens("/en.html").await;
        let question = visitor.sees(mark::BANNER).await;
        assert!(question.contains("May we use cookies?"), "{question}");
        assert!(
            !question.chars().any(|letter| ('а'..='я').contains(&letter)),
            "{question}"
        );
        visitor.opens_preferences().await;
        let preferences = visitor.sees(mark::DIALOG).await;
        assert!(preferences.contains("Analytics"), "{preferences}");
        assert!(
            !preferences
                .chars()
                .any(|letter| ('а'..='я').contains(&letter)),
            "{preferences}"
        );
        visitor.closes_dialog().await;
        visitor.refuses_all().await;
        for held in visitor.holds(3).await {
            assert_eq!(held.payload().notice.lang, Lang::En);
        }
    })
    .await;
}

#[tokio::test]
async fn a_russian_page_speaks_russian_whatever_the_browser_prefers() {
    World::tell(async |world| {
        let visitor = world.visitor_speaking("en").await;
        visitor.opens("/").await;
        let question = visitor.sees(mark::BANNER).await;
        assert!(
            question.contains("Можно использовать cookie?"),
            "{question}"
        );
        visitor.refuses_all().await;
        for held in visitor.holds(3).await {
            assert_eq!(held.payload().notice.lang, Lang::Ru);
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_that_names_its_language_has_the_words_at_once() {
    World::tell(async |world| {
        let html = "<!doctype html><html lang=en><meta charset=utf-8><title>Bench</title>\
                    <link rel=icon href=/favicon.svg><script src='/s/jetcrm/raspiska.js?lang=en'></script><body><p>Text</p>";
        world.adds_page("named.html", html);
        let visitor = world.visitor().await;
        visitor.opens("/named.html").await;
        visitor.sees("#raspiska >>> [data-raspiska=refuse-all]{Refuse}").await;
        visitor.is_idle().await;
        visitor.never_fetched("/s/jetcrm/words.js").await;
        visitor.never_fetched("/s/jetcrm/acts.js").await;
        visitor.opens("/en.html").await;
        visitor.sees("#raspiska >>> [data-raspiska=refuse-all]{Refuse}").await;
    })
    .await;
}
