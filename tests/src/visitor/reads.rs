//! The dialogs of the widget: preferences, policy, "my consents", and the documents in the forms.

use thirtyfour::Key;

use super::Visitor;
use crate::{mark, wait};

impl Visitor {
    /// Opens a dialog by a button of the page: `preferences`, `policy` or `consents`.
    pub async fn opens_dialog(&self, what: &str) {
        self.presses(&format!("[data-raspiska={what}]")).await;
        self.sees(mark::DIALOG).await;
    }

    /// Closes the dialog that is open.
    pub async fn closes_dialog(&self) {
        self.key(Key::Escape).await;
        self.sees_no_more(mark::DIALOG).await;
    }

    /// Opens the preferences, from the banner while it asks.
    pub async fn opens_preferences(&self) {
        if self.count(mark::PREFERENCES).await > 0 {
            self.presses(mark::PREFERENCES).await;
            self.sees(mark::DIALOG).await;
        } else {
            self.opens_dialog("preferences").await;
        }
    }

    /// Switches a category or a service in the preferences.
    pub async fn switches(&self, purpose: &str, on: bool) {
        if let Some((category, _)) = purpose.split_once('/')
            && self.count(&mark::switch(purpose)).await == 0
        {
            self.presses(&mark::services(category)).await;
        }
        if self.is_switched_on(purpose).await != on {
            self.presses(&mark::switch(purpose)).await;
        }
        wait::equal(&format!("{purpose} is switched"), on, async || {
            self.is_switched_on(purpose).await
        })
        .await;
    }

    /// How a switch of the preferences stands.
    pub async fn is_switched_on(&self, purpose: &str) -> bool {
        self.is_checked(&mark::switch(purpose)).await
    }

    /// Saves the preferences.
    pub async fn saves_preferences(&self) {
        self.presses(&mark::in_dialog(".foot button:last-child"))
            .await;
        self.sees_no_more(mark::DIALOG).await;
    }

    /// Is a document in a form ticked?
    pub async fn is_ticked(&self, form: &str, notice: &str) -> bool {
        self.is_checked(&mark::consent(form, notice)).await
    }

    async fn is_checked(&self, mark: &str) -> bool {
        self.finds(mark).await;
        self.evaluates(
            "const node = find(arguments[0])[0];
             return node.checked ?? node.getAttribute('aria-checked') === 'true'",
            &[serde_json::json!(mark)],
        )
        .await
    }

    /// Opens a consent document in a form and reads it.
    pub async fn reads_document(&self, form: &str, notice: &str) -> String {
        self.presses(&mark::document(form, notice)).await;
        self.sees(&mark::document_text(form, notice)).await
    }

    /// Asks in "my consents" to withdraw a purpose, and is asked back.
    pub async fn asks_to_withdraw(&self, purpose: &str) {
        self.presses(&mark::card(purpose, ".actions > button{Отозвать}"))
            .await;
        self.sees(&mark::card(purpose, ".question")).await;
    }

    /// Withdraws a purpose in "my consents", and says yes to the question.
    pub async fn withdraws(&self, purpose: &str) {
        self.asks_to_withdraw(purpose).await;
        self.presses(&mark::card(purpose, ".question button{Да, отозвать}"))
            .await;
    }

    /// Waits until a purpose is shown with this status.
    pub async fn sees_status(&self, purpose: &str, status: &str) {
        self.sees(&mark::card(
            purpose,
            &format!("div.row > .chip{{{status}}}"),
        ))
        .await;
    }

    /// Opens the receipts of a purpose in "my consents".
    pub async fn opens_receipts(&self, purpose: &str) {
        self.presses(&mark::card(purpose, "details:has(> article) > summary"))
            .await;
    }

    /// The withdrawal code of a receipt, as it is shown.
    pub async fn sees_code(&self, purpose: &str, index: u64) -> String {
        self.sees(&mark::receipt(purpose, index, ".code code"))
            .await
    }

    /// Downloads a receipt.
    pub async fn downloads_receipt(&self, purpose: &str, index: u64) {
        self.presses(&mark::receipt(purpose, index, "button{Скачать}"))
            .await;
    }

    /// Withdraws by code what was given elsewhere.
    pub async fn withdraws_by_code(&self, receipt: &str, code: &str) {
        self.presses(&mark::in_dialog("summary{Отозвать по коду}"))
            .await;
        self.writes(&mark::in_dialog("[name=hash]"), receipt).await;
        self.writes(&mark::in_dialog("[name=code]"), code).await;
        self.presses(&mark::in_dialog(
            "details:has([name=hash]) >>> button{Отозвать}",
        ))
        .await;
    }

    /// The focus is inside the dialog that is open, or on its way through the browser's own buttons: never behind it.
    pub async fn has_focus_in_dialog(&self) {
        let inside: bool = self
            .evaluates(
                "const at = document.activeElement; return at.id === 'raspiska-panel' || at === document.body",
                &[],
            )
            .await;
        assert!(
            inside,
            "the focus stays in the dialog, and is at {}",
            self.focus().await
        );
    }

    /// Brings something to the upper edge of the window.
    pub async fn scrolls_to(&self, mark: &str) {
        self.finds(mark).await;
        let _: Option<bool> = self
            .evaluates(
                "find(arguments[0])[0].scrollIntoView({ block: 'center', behavior: 'instant' })",
                &[serde_json::json!(mark)],
            )
            .await;
    }

    /// Waits until fonts are there and two frames are painted.
    pub async fn settles(&self) {
        let _: Option<bool> = self
            .awaits(
                "const done = arguments[arguments.length - 1];
                 document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))",
                &[],
            )
            .await;
    }
}
