//! "My consents": what a person decided on this device, purpose by purpose. Pure.

use raspiska_shared::receipt::State;

use crate::{
    bundle::Bundle,
    json::Json,
    kept::{Decisions, Held, Kept, apply, top},
    outbox::{Item, Occasion},
};

/// Everything about decisions that this device knows, read at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    /// On their way.
    pub(crate) outbox: Vec<Item>,
    /// Logged, with proof.
    pub(crate) receipts: Vec<Kept>,
    /// What the loader holds for decided about cookies: states by purpose.
    pub(crate) decided: Json,
    /// The last attempt to send failed and will be repeated.
    pub(crate) waiting: bool,
    /// UNIX seconds.
    pub(crate) now: u64,
    /// How many minutes the local clocks are ahead of UTC.
    pub(crate) ahead: i32,
}

/// One purpose with what was decided about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    pub(crate) purpose: &'a str,
    pub(crate) title: &'a str,
    pub(crate) state: State,
    /// UNIX seconds.
    pub(crate) since: u64,
    /// Services that were decided otherwise than their category.
    pub(crate) exceptions: Vec<(&'a str, State)>,
    /// Newest first.
    pub(crate) receipts: Vec<&'a Kept>,
    /// Not confirmed yet, newest first.
    pub(crate) pending: Vec<&'a Item>,
}

impl Row<'_> {
    /// Is there something that can be withdrawn?
    pub(crate) fn gives(&self) -> bool {
        self.state == State::Given
            || self
                .exceptions
                .iter()
                .any(|(_, state)| *state == State::Given)
    }
}

impl Mail {
    /// Does the loader let a purpose through? A service follows its category unless it was decided itself.
    pub(crate) fn allows(&self, purpose: &str) -> bool {
        let own = self.decided.get(purpose).text();
        let state = if own.is_empty() {
            self.decided.get(top(purpose)).text()
        } else {
            own
        };
        state == "given"
    }

    /// Does it let anything of a category through?
    pub(crate) fn allows_any(&self, category: &str) -> bool {
        match &self.decided {
            Json::Object(members) => members
                .iter()
                .any(|(own, state)| state.text() == "given" && top(own) == category),
            _ => false,
        }
    }

    /// The purposes that were decided here, in the site's order.
    pub(crate) fn rows<'a>(&'a self, bundle: &'a Bundle) -> Vec<Row<'a>> {
        let held = self.held();
        let mut rows = Vec::new();
        for purpose in bundle.purposes() {
            let own: Vec<&Held> = held
                .iter()
                .filter(|held| top(&held.purpose) == purpose.id())
                .collect();
            let whole = own.iter().find(|held| held.purpose == purpose.id());
            let touches =
                |decisions: Decisions| decisions.iter().any(|(own, _)| top(own) == purpose.id());
            let mut row = Row {
                purpose: purpose.id(),
                title: purpose.title(),
                state: whole.map_or(State::Refused, |whole| whole.state),
                since: own.iter().map(|held| held.since).max().unwrap_or_default(),
                exceptions: Vec::new(),
                receipts: Vec::new(),
                pending: Vec::new(),
            };
            if let Some(category) = bundle.category(purpose.id()) {
                for service in category.services() {
                    let id = service.purpose(category);
                    match own.iter().find(|held| held.purpose == id) {
                        Some(held) if held.state != row.state => {
                            row.exceptions.push((service.name(), held.state))
                        }
                        _ => {}
                    }
                }
            }
            for kept in self.receipts.iter().rev() {
                if touches(kept.decisions()) {
                    row.receipts.push(kept);
                }
            }
            for item in self.outbox.iter().rev() {
                if touches(item.decisions()) {
                    row.pending.push(item);
                }
            }
            if !own.is_empty() || !row.pending.is_empty() {
                rows.push(row);
            }
        }
        rows
    }

    /// The withdrawal of everything that is given under a purpose, naming the notice under which it was given.
    pub(crate) fn withdrawal(
        &self,
        purpose: &str,
        bundle: &Bundle,
        occasion: &Occasion<'_>,
        id: &str,
    ) -> Option<Item> {
        let held = self.held();
        let mut given = Vec::new();
        for held in &held {
            if held.state == State::Given && top(&held.purpose) == purpose {
                given.push((held.purpose.as_str(), State::Withdrawn));
            }
        }
        let gives = |decisions: Decisions| {
            decisions.iter().any(|(own, state)| {
                *state == State::Given && given.iter().any(|(given, _)| given == own)
            })
        };
        let mut notice = self
            .outbox
            .iter()
            .rev()
            .find(|item| gives(item.decisions()))
            .map(|item| item.0.get("notice"));
        if notice.is_none() {
            notice = self
                .receipts
                .iter()
                .rev()
                .find(|kept| gives(kept.decisions()))
                .map(|kept| kept.0.get("notice"));
        }
        let notice =
            ["id", "lang", "sha256"].map(|member| notice.unwrap_or(&Json::Null).get(member).text());
        // Cookies are asked of those who use the site; whose consent another is, its form says.
        let category = bundle
            .form_asking(notice[0])
            .map_or("site_user", |form| form.category());
        (!given.is_empty())
            .then(|| Item::new(id, "withdraw", category, notice, &given, bundle, occasion))
    }

    /// What holds after everything that is logged or on its way.
    fn held(&self) -> Vec<Held> {
        let mut held = Vec::new();
        for kept in &self.receipts {
            apply(
                &mut held,
                kept.payload().get("iat").number(),
                &kept.decisions(),
            );
            // What its code withdrew counts here until something newer is decided.
            let withdrawn = kept.number("withdrawn");
            if withdrawn > 0 {
                let mut decisions = kept.decisions();
                decisions
                    .iter_mut()
                    .for_each(|(_, state)| *state = State::Withdrawn);
                apply(&mut held, withdrawn, &decisions);
            }
        }
        for item in &self.outbox {
            let decisions = item.decisions();
            let is_newest = |own: &Held| {
                own.since <= item.at() || decisions.iter().all(|(id, _)| *id != own.purpose)
            };
            // Nothing was left to withdraw: it had been withdrawn elsewhere, and stays so until it is given anew.
            let was_elsewhere = item.text("refused") == "withdrawal" && held.iter().all(is_newest);
            if !item.refused() || was_elsewhere {
                apply(&mut held, item.at(), &decisions);
            }
        }
        held
    }
}

#[cfg(test)]
mod tests;
