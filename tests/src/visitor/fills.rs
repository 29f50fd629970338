//! Filling in forms.

use super::Visitor;
use crate::mark;

impl Visitor {
    /// Fills in fields of a form: `[("name", "…"), …]`.
    pub async fn fills(&self, form: &str, values: &[(&str, &str)]) {
        for (field, value) in values {
            self.writes(&mark::field(form, field), value).await;
        }
    }

    /// Takes one of the options of a field, by typing it: a list hears keys as it hears a hand.
    pub async fn takes(&self, form: &str, field: &str, option: &str) {
        self.does(
            &format!("{option} is taken"),
            &mark::field(form, field),
            async |list| list.send_keys(option).await,
        )
        .await;
    }

    /// Chooses a file of their own in a control.
    pub async fn chooses(&self, control: &str, file: &std::path::Path) {
        let path = file.to_string_lossy();
        self.does(&format!("{path} is chosen"), control, async |input| {
            input.send_keys(path.as_ref()).await
        })
        .await;
    }

    /// Ticks the consent document of this id, or takes the tick away.
    pub async fn agrees(&self, form: &str, notice: &str) {
        self.presses(&mark::consent(form, notice)).await;
    }

    /// Presses the form's button.
    pub async fn sends(&self, form: &str) {
        self.presses(&mark::submit(form)).await;
    }

    /// Waits until the form says that what was written has arrived.
    pub async fn is_thanked(&self, form: &str) {
        self.sees(&mark::outcome(form, "Отправлено")).await;
    }
}
