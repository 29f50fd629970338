//! Looking at the page.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::prelude::WebElement;

use super::Visitor;
use crate::{mark, must, wait};

impl Visitor {
    /// Waits until something is there to be seen, and gives its text.
    pub async fn sees(&self, mark: &str) -> String {
        let element = self.finds(mark).await;
        element.text().await.unwrap_or_default()
    }

    /// Waits until something is gone.
    pub async fn sees_no_more(&self, mark: &str) {
        wait::equal(&format!("{mark} goes away"), 0, async || {
            self.count(mark).await
        })
        .await;
    }

    /// How many of these are to be seen now.
    pub async fn count(&self, mark: &str) -> usize {
        self.all(mark).await.len()
    }

    /// The visible text of everything at a mark, now.
    pub async fn texts(&self, mark: &str) -> Vec<String> {
        self.evaluates(
            "return find(arguments[0]).map((node) => node.innerText)",
            &[json!(mark)],
        )
        .await
    }

    pub(crate) async fn finds(&self, mark: &str) -> WebElement {
        wait::until(&format!("{mark} is to be seen"), async || {
            self.all(mark).await.into_iter().next()
        })
        .await
    }

    /// Empty also while a page is on its way: whoever waits looks again.
    async fn all(&self, mark: &str) -> Vec<WebElement> {
        let script = format!("{}return find(arguments[0]);", mark::FIND);
        match self.driver().execute(script, vec![json!(mark)]).await {
            Ok(found) => found.elements().unwrap_or_default(),
            Err(_) => Vec::new(),
        }
    }

    /// What a script of the story says; `find(mark)` is there for it.
    ///
    /// # Panics
    /// When the script throws.
    pub async fn evaluates<T: DeserializeOwned>(&self, script: &str, arguments: &[Value]) -> T {
        let script = format!("{}{script}", mark::FIND);
        let answer = self.driver().execute(script, arguments.to_vec()).await;
        must("what the page says", must("a script", answer).convert())
    }

    /// What a script says that calls its last argument when it is done.
    pub async fn awaits<T: DeserializeOwned>(&self, script: &str, arguments: &[Value]) -> T {
        let answer = self
            .driver()
            .execute_async(script, arguments.to_vec())
            .await;
        must("what the page says", must("a script", answer).convert())
    }

    /// Paths and queries of everything that the page has fetched.
    pub async fn fetched(&self) -> Vec<String> {
        self.evaluates(
            "return performance.getEntriesByType('resource').map(({ name }) => {
               const url = new URL(name);
               return url.pathname + url.search;
             })",
            &[],
        )
        .await
    }

    /// The page has fetched nothing with this in its path.
    pub async fn never_fetched(&self, part: &str) {
        let fetched = self.fetched().await;
        assert!(
            !fetched.iter().any(|path| path.contains(part)),
            "{part} was fetched: {fetched:?}"
        );
    }

    /// Waits until the page has nothing more to do: what was to happen at idle has happened.
    pub async fn is_idle(&self) {
        let _: Option<bool> = self
            .awaits(
                "const done = arguments[arguments.length - 1];
                 requestIdleCallback(() => requestIdleCallback(() => done(true), { timeout: 3000 }), { timeout: 3000 })",
                &[],
            )
            .await;
    }
}
