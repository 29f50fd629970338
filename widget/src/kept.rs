//! Receipts: what one says, what is kept of it on this device, and what several amount to.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use raspiska_shared::{receipt::State, site::Site};

use crate::json::{Json, strings};

/// A receipt with its proof and all that was on the screen, as it lies in storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept(pub(crate) Json);

/// Decisions: purposes with their states.
pub(crate) type Decisions = Vec<(String, State)>;

/// What holds for a purpose, and since when (UNIX seconds).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) purpose: String,
    pub(crate) state: State,
    pub(crate) since: u64,
}

impl Kept {
    /// A text of it.
    pub(crate) fn text(&self, member: &str) -> &str {
        self.0.get(member).text()
    }

    /// A number of it.
    pub(crate) fn number(&self, member: &str) -> u64 {
        self.0.get(member).number()
    }

    /// The notice that was on the screen: id, lang, sha256, text.
    pub(crate) fn notice(&self, member: &str) -> &str {
        self.0.get("notice").get(member).text()
    }

    /// What was signed, for its owner's eyes: the signature was made here and checked by the server.
    pub(crate) fn payload(&self) -> Json {
        let mut parts = self.text("receipt").split('.');
        parts.next();
        decoded(parts.next().unwrap_or_default())
    }

    /// What was decided.
    pub(crate) fn decisions(&self) -> Decisions {
        decisions(self.payload().get("decisions"))
    }

    /// The data that were given with it, `[salt, name, value]`. Personal.
    pub(crate) fn disclosures(&self) -> impl Iterator<Item = Json> {
        self.text("receipt")
            .split('~')
            .skip(1)
            .filter(|part| !part.is_empty())
            .map(decoded)
    }

    /// The file that a person keeps, byte for byte what `raspiska_shared::file::ReceiptFile` writes and reads; the tests hold
    /// it against that.
    pub(crate) fn file(&self, site: &str) -> String {
        let policy = self.0.get("policy");
        let edition = policy.get("edition").text();
        let url = Site::policy_url(self.payload().get("aud").text(), site, edition);
        let notice = [("lang", self.notice("lang")), ("text", self.notice("text"))];
        let policy = [
            ("edition", edition),
            ("url", &url),
            ("sha256", policy.get("sha256").text()),
        ];
        let mut file = strings(&[
            ("receipt", self.text("receipt")),
            ("proof", self.text("proof")),
        ]);
        file.set("notice", strings(&notice));
        file.set("policy", strings(&policy));
        file.set("log", self.0.get("log").clone());
        file.write()
    }
}

/// Reads decisions; one of a state that we do not know does not count.
pub(crate) fn decisions(json: &Json) -> Decisions {
    let mut decisions = Vec::new();
    for decision in json.list() {
        if let Some(state) = state_from(decision.get("state").text()) {
            decisions.push((String::from(decision.get("purpose").text()), state));
        }
    }
    decisions
}

/// Adds decisions to what holds. The rules are those of `raspiska_shared::status::Standing`, which the tests hold against it:
/// a category takes its services with it, and the same receipt may except some of them.
pub(crate) fn apply(held: &mut Vec<Held>, since: u64, decisions: &[(String, State)]) {
    for services in [false, true] {
        for (purpose, state) in decisions {
            if purpose.contains('/') == services {
                held.retain(|old| {
                    old.purpose != *purpose && (services || top(&old.purpose) != purpose)
                });
                held.push(Held {
                    purpose: purpose.clone(),
                    state: *state,
                    since,
                });
            }
        }
    }
}

/// A purpose without the service.
pub(crate) fn top(purpose: &str) -> &str {
    purpose.split('/').next().unwrap_or_default()
}

/// The state with this name.
pub(crate) fn state_from(name: &str) -> Option<State> {
    [State::Given, State::Refused, State::Withdrawn]
        .into_iter()
        .find(|state| state_name(*state) == name)
}

/// The name of a state, as in receipts.
pub(crate) fn state_name(state: State) -> &'static str {
    match state {
        State::Given => "given",
        State::Refused => "refused",
        State::Withdrawn => "withdrawn",
    }
}

fn decoded(part: &str) -> Json {
    let bytes = Base64UrlUnpadded::decode_vec(part).unwrap_or_default();
    Json::read(core::str::from_utf8(&bytes).unwrap_or_default())
}

#[cfg(test)]
mod tests;
