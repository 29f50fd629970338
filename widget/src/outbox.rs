//! Decisions on their way to the server: what an item is, what is sent next, what an answer means. Pure: the network and the
//! storage are [`crate::deliver`]'s.
//!
//! An item is signed once and written back before it is first sent. A reload then sends the same bytes again, and the server
//! answers with the same place in the log; without that a lost answer would make two receipts of one decision.

use ed25519_dalek::SigningKey;
use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    log::{note::VerifierKey, proof::Proof},
    notice::NoticeRef,
    policy::PolicyRef,
    problem::{Kind, URN_PREFIX},
    purpose::SubjectCategory,
    receipt::{
        self, Actor, Client, Decision, Disclosure, Draft, Event, MIN_SALT_LEN, Method, State, Uuid,
        WithdrawalCode,
    },
};

use crate::{
    bundle::{Bundle, Notice},
    code,
    json::{Json, strings},
    kept::{Decisions, Kept, decisions, state_name},
};

/// Who decided, if it was not the subject.
pub(crate) const REPRESENTATIVE: &str = "representative";

/// A decision that the server has not confirmed yet, as it lies in storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item(pub(crate) Json);

/// Where and when something was decided.
pub(crate) struct Occasion<'a> {
    pub(crate) lang: Lang,
    /// UNIX seconds.
    pub(crate) at: u64,
    /// The day where the operator is, `YYYY-MM-DD`.
    pub(crate) day: &'a str,
    pub(crate) page: &'a str,
}

/// What the device adds when it signs.
pub(crate) struct Hand<'a> {
    pub(crate) key: &'a SigningKey,
    /// Hash of the receipt before, if there is one.
    pub(crate) prev: Option<Digest>,
    /// UNIX milliseconds.
    pub(crate) now: u64,
    /// Fills a buffer with random bytes.
    pub(crate) random: &'a mut dyn FnMut(&mut [u8]),
}

/// What is to be done after an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is in the log.
    Stored {
        /// Its index.
        index: u64,
        /// When the server received it, UNIX milliseconds.
        time: u64,
        /// The proof.
        proof: String,
    },
    /// The server will never take it.
    Refused(String),
    /// Try again later, the same bytes.
    Later,
}

impl Item {
    /// A decision of this moment. `notice` is id, language and digest.
    pub(crate) fn new(
        id: &str,
        method: &str,
        category: &str,
        notice: [&str; 3],
        decisions: &[(&str, State)],
        bundle: &Bundle,
        occasion: &Occasion<'_>,
    ) -> Self {
        let [notice, lang, sha256] = notice;
        let mut item = strings(&[
            ("id", id),
            ("method", method),
            ("category", category),
            ("page", occasion.page),
        ]);
        item.set("at", Json::from_number(occasion.at));
        item.set(
            "notice",
            strings(&[("id", notice), ("lang", lang), ("sha256", sha256)]),
        );
        item.set(
            "policy",
            strings(&[
                ("edition", bundle.edition()),
                ("sha256", bundle.policy_sha256()),
            ]),
        );
        let mut list = Vec::new();
        for (purpose, state) in decisions {
            list.push(strings(&[
                ("purpose", purpose),
                ("state", state_name(*state)),
            ]));
        }
        item.set("decisions", Json::List(list));
        Self(item)
    }

    /// A text of it.
    pub(crate) fn text(&self, member: &str) -> &str {
        self.0.get(member).text()
    }

    /// The notice that was on the screen: id, lang, sha256.
    pub(crate) fn notice(&self, member: &str) -> &str {
        self.0.get("notice").get(member).text()
    }

    /// What was decided.
    pub(crate) fn decisions(&self) -> Decisions {
        decisions(self.0.get("decisions"))
    }

    /// When it was decided, UNIX seconds.
    pub(crate) fn at(&self) -> u64 {
        self.0.get("at").number()
    }

    /// Has the server refused it for good?
    pub(crate) fn refused(&self) -> bool {
        !self.text("refused").is_empty()
    }

    /// Marks it as refused.
    pub(crate) fn refuse(&mut self, kind: &str) {
        self.0.set("refused", Json::from_text(kind));
    }

    /// The loader names texts by how their digests begin, and the policy by its edition; the site's bundle has them whole.
    pub(crate) fn complete(&mut self, bundle: &Bundle) {
        let mut notice = self.0.get("notice").clone();
        let sha256 = bundle.digest_from(
            self.notice("id"),
            self.notice("lang"),
            self.notice("sha256"),
        );
        notice.set("sha256", Json::from_text(sha256));
        self.0.set("notice", notice);
        let edition = self.text("policy");
        if !edition.is_empty() {
            let policy = strings(&[
                ("edition", edition),
                ("sha256", bundle.edition_sha256(edition)),
            ]);
            self.0.set("policy", policy);
        }
    }

    /// Signs it. What was typed then stands in the receipt alone.
    ///
    /// # Errors
    /// The kind of error with which any server would refuse it.
    pub(crate) fn seal(&mut self, audience: &str, hand: Hand<'_>) -> Result<(), Kind> {
        let Hand {
            key,
            prev,
            now,
            random,
        } = hand;
        let method = method_from(self.text("method")).ok_or(Kind::Payload)?;
        let mut decided = Vec::new();
        let mut gives = false;
        for (purpose, state) in self.decisions() {
            // The loader lists every service of a category; one that was off before has nothing to withdraw.
            if method != Method::Withdraw || state == State::Withdrawn {
                gives |= state == State::Given;
                decided.push(Decision {
                    purpose: purpose.parse().map_err(|_| Kind::Payload)?,
                    state,
                });
            }
        }
        let code = if gives {
            code::draw(random)
        } else {
            String::new()
        };
        let mut id = [0; 10];
        random(&mut id);
        let mut disclosures = Vec::new();
        for field in self.0.get("fields").list() {
            if let [name, value] = field.list() {
                let mut salt = [0; MIN_SALT_LEN];
                random(&mut salt);
                disclosures.push(Disclosure::new(salt, name.text(), value.text()));
            }
        }
        let page = self.text("page");
        let policy = self.0.get("policy");
        let draft = Draft {
            jti: Uuid::v7(now, id),
            iat: self.at(),
            aud: String::from(audience),
            category: category_from(self.text("category")).ok_or(Kind::Payload)?,
            policy: PolicyRef {
                edition: String::from(policy.get("edition").text()),
                sha256: digest(policy.get("sha256").text())?,
            },
            notice: NoticeRef {
                id: String::from(self.notice("id")),
                lang: Lang::from_tag(self.notice("lang")).ok_or(Kind::Payload)?,
                sha256: digest(self.notice("sha256"))?,
            },
            decisions: decided,
            event: Event {
                by: if self.text("by") == REPRESENTATIVE {
                    Actor::Representative
                } else {
                    Actor::Subject
                },
                method,
            },
            prev,
            of: None,
            withdrawal: gives.then(|| WithdrawalCode {
                code_sha256: Digest::of(code.as_bytes()),
            }),
            client: Some(Client {
                page: (!page.is_empty()).then(|| String::from(page)),
                version: Some(String::from(env!("CARGO_PKG_VERSION"))),
                wasm_sha256: None,
                // What the loader noted. A note that somebody else broke is no reason to lose the decision.
                gate: self.text("gate").parse().ok(),
                account: self.text("account").parse().ok(),
            }),
            disclosures,
        };
        let signed = receipt::sign(draft, key).map_err(|error| error.kind())?;
        self.0.set("fields", Json::Null);
        self.0.set("receipt", Json::Text(signed.text));
        self.0.set("hash", Json::Text(signed.hash.to_string()));
        if gives {
            self.0.set("code", Json::Text(code));
        }
        Ok(())
    }

    /// The receipt to keep, once the server has it.
    pub(crate) fn keep(&self, bundle: &Bundle, index: u64, time: u64, proof: String) -> Kept {
        let mut kept = Json::Object(Vec::new());
        for member in ["id", "hash", "code", "receipt", "policy"] {
            kept.set(member, self.0.get(member).clone());
        }
        let mut notice = self.0.get("notice").clone();
        let text = bundle
            .notice_by_digest(self.notice("sha256"))
            .map_or("", Notice::text);
        notice.set("text", Json::from_text(text));
        kept.set("notice", notice);
        kept.set("index", Json::from_number(index));
        kept.set("time", Json::from_number(time));
        kept.set("proof", Json::Text(proof));
        kept.set("log", strings(&[("vkey", bundle.vkey())]));
        Kept(kept)
    }
}

/// The oldest item that still has to be sent. Items keep their order: a withdrawal follows what it withdraws.
pub(crate) fn next(items: &[Item]) -> Option<&Item> {
    items.iter().find(|item| !item.refused())
}

/// Reads an answer. Only what refuses the receipt itself ends the attempts; and a confirmation counts only with a proof that
/// the log's key has signed, because that is what makes the receipt worth keeping.
pub(crate) fn judge(status: u16, body: &str, hash: &str, vkey: &str) -> Verdict {
    match status {
        200 | 201 => confirmed(body, hash, vkey).unwrap_or(Verdict::Later),
        // These judge the receipt. Any other, a 404 of some proxy too, says nothing about it, and must not lose it.
        400 | 409 | 413 | 422 => Verdict::Refused(problem(body)),
        _ => Verdict::Later,
    }
}

/// The kind in a problem's `type`.
pub(crate) fn problem(body: &str) -> String {
    let json = Json::read(body);
    let kind = json.get("type").text();
    String::from(kind.strip_prefix(URN_PREFIX).unwrap_or("?"))
}

fn confirmed(body: &str, hash: &str, vkey: &str) -> Option<Verdict> {
    let json = Json::read(body);
    let text = json.get("proof").text();
    let proof = Proof::parse(text).ok()?;
    let vkey: VerifierKey = vkey.parse().ok()?;
    proof.verify(&vkey, &hash.parse().ok()?).ok()?;
    Some(Verdict::Stored {
        index: proof.index,
        time: proof.entry.time,
        proof: String::from(text),
    })
}

fn digest(text: &str) -> Result<Digest, Kind> {
    text.parse().map_err(|_| Kind::Payload)
}

fn method_from(name: &str) -> Option<Method> {
    Some(match name {
        "give-all" => Method::GiveAll,
        "refuse-all" => Method::RefuseAll,
        "choices" => Method::Choices,
        "form" => Method::Form,
        "withdraw" => Method::Withdraw,
        _ => return None,
    })
}

/// The categories that rest on consent; nobody else is ever asked.
fn category_from(name: &str) -> Option<SubjectCategory> {
    [SubjectCategory::SiteUser, SubjectCategory::Candidate]
        .into_iter()
        .find(|category| category.name() == name)
}

#[cfg(test)]
mod tests;
