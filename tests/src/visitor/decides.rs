//! Deciding about cookies.

use serde_json::{Value, json};

use super::Visitor;
use crate::{mark, wait};

impl Visitor {
    /// Allows everything on the banner.
    pub async fn gives_all(&self) {
        self.presses(mark::GIVE_ALL).await;
        self.sees_no_more(mark::BANNER).await;
    }

    /// Refuses everything on the banner.
    pub async fn refuses_all(&self) {
        self.presses(mark::REFUSE_ALL).await;
        self.sees_no_more(mark::BANNER).await;
    }

    /// What the page may do: `window.raspiska.has(purpose)`.
    pub async fn allows(&self, purpose: &str) -> bool {
        self.evaluates(
            "return window.raspiska.has(arguments[0])",
            &[json!(purpose)],
        )
        .await
    }

    /// Waits until the decisions are these: `[("analytics", "given"), …]`.
    pub async fn has_decided(&self, wanted: &[(&str, &str)]) {
        let wanted: Value = wanted
            .iter()
            .map(|(purpose, state)| ((*purpose).to_owned(), json!(state)))
            .collect::<serde_json::Map<_, _>>()
            .into();
        wait::equal("the decisions", wanted, async || {
            self.evaluates("return window.raspiska.decisions()", &[])
                .await
        })
        .await;
    }

    /// Waits until a number in the page is this: a counter that the pages keep.
    pub async fn counts(&self, counter: &str, wanted: u64) {
        wait::equal(counter, wanted, async || {
            self.evaluates("return window[arguments[0]] || 0", &[json!(counter)])
                .await
        })
        .await;
    }

    /// The names of the page's cookies, without the one that says that there is an answer.
    pub async fn cookies(&self) -> Vec<String> {
        self.evaluates(
            "return document.cookie.split('; ').filter(Boolean).map((pair) => pair.split('=')[0]).filter((name) => name !== 'raspiska.jetcrm').sort()",
            &[],
        )
        .await
    }
}
