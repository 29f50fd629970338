//! Hands: pressing, writing, keys.

use std::time::Instant;

use thirtyfour::Key;
use thirtyfour::prelude::{WebDriverResult, WebElement};

use super::Visitor;
use crate::{must, wait};

impl Visitor {
    /// Presses something as soon as it can be pressed.
    pub async fn presses(&self, mark: &str) {
        self.does(&format!("{mark} is pressed"), mark, async |element| {
            self.brings_to_view(element).await?;
            element.click().await
        })
        .await;
    }

    /// Writes into a field, in place of what is there.
    pub async fn writes(&self, mark: &str, text: &str) {
        self.typed.borrow_mut().push(text.to_owned());
        self.does(&format!("{mark} is filled in"), mark, async |element| {
            element.clear().await?;
            element.send_keys(text).await
        })
        .await;
    }

    /// Presses a key, wherever the focus is.
    pub async fn key(&self, key: Key) {
        let keys = self.driver().action_chain().send_keys(key);
        must("a key", keys.perform().await);
    }

    /// At once: a page that scrolls smoothly would move under the finger.
    async fn brings_to_view(&self, element: &WebElement) -> WebDriverResult<()> {
        let script = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
        self.driver()
            .execute(script, vec![element.to_json()?])
            .await?;
        Ok(())
    }

    /// Something that may fail while the page moves: it is tried until it succeeds.
    pub(super) async fn does(
        &self,
        what: &str,
        mark: &str,
        mut act: impl AsyncFnMut(&WebElement) -> WebDriverResult<()>,
    ) {
        let began = Instant::now();
        loop {
            let element = self.finds(mark).await;
            let Err(error) = act(&element).await else {
                return;
            };
            assert!(began.elapsed() < wait::DEADLINE, "{what}: {error}");
            tokio::task::yield_now().await;
        }
    }

    /// Puts the focus on something.
    pub async fn focuses(&self, mark: &str) {
        self.does(&format!("{mark} has the focus"), mark, async |element| {
            element.focus().await
        })
        .await;
    }

    /// What has the focus: the innermost element, by its most telling attribute or its text.
    pub async fn focus(&self) -> String {
        self.evaluates(
            "let node = document.activeElement;
             while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
             return node ? node.dataset.raspiska || node.name || node.id || node.innerText || node.localName : '';",
            &[],
        )
        .await
    }
}
