//! What a browser holds for its person: the receipts that the server has confirmed.

use raspiska_shared::digest::Digest;
use raspiska_shared::log::note::VerifierKey;
use raspiska_shared::log::proof::Proof;
use raspiska_shared::receipt::{Payload, Receipt, State};
use serde::Deserialize;

use crate::must;

/// One receipt as the browser keeps it.
#[derive(Clone, Debug, Deserialize)]
pub struct Held {
    /// Its hash.
    pub hash: Digest,
    /// Its index in the log.
    pub index: u64,
    /// What withdraws it without the key; there is none where nothing was given.
    #[serde(default)]
    pub code: Option<String>,
    /// The SD-JWT with its disclosures.
    pub receipt: String,
    /// The tlog-proof.
    pub proof: String,
    /// The document that was on the screen.
    pub notice: HeldNotice,
    /// The log that it is in.
    pub log: HeldLog,
}

/// The document of a [`Held`] receipt.
#[derive(Clone, Debug, Deserialize)]
pub struct HeldNotice {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
}

/// The log of a [`Held`] receipt.
#[derive(Clone, Debug, Deserialize)]
pub struct HeldLog {
    /// Its key.
    pub vkey: String,
}

impl Held {
    /// The receipt, opened.
    #[must_use]
    pub fn open(&self) -> Receipt {
        must(
            "a receipt that the browser holds",
            Receipt::open(self.receipt.as_bytes()),
        )
    }

    /// What was signed.
    #[must_use]
    pub fn payload(&self) -> Payload {
        self.open().payload().clone()
    }

    /// What was decided about a purpose, if this receipt says.
    #[must_use]
    pub fn decided(&self, purpose: &str) -> Option<State> {
        self.payload()
            .decisions
            .iter()
            .find(|decision| decision.purpose.as_str() == purpose)
            .map(|decision| decision.state)
    }

    /// Names and values of the disclosures.
    #[must_use]
    pub fn disclosed(&self) -> Vec<(String, String)> {
        self.open()
            .disclosures()
            .iter()
            .map(|disclosure| (disclosure.name().to_owned(), disclosure.value().to_owned()))
            .collect()
    }

    /// Checks everything that can be checked without the server.
    pub fn check(&self) {
        let receipt = self.open();
        assert_eq!(receipt.hash(), self.hash, "the hash is the receipt's");
        assert_eq!(
            Digest::of(self.notice.text.as_bytes()),
            receipt.payload().notice.sha256,
            "the text of {} that the browser keeps is the one that was signed",
            self.notice.id
        );
        let vkey: VerifierKey = must("the log's key", self.log.vkey.parse());
        let proof = must("a proof that the browser holds", Proof::parse(&self.proof));
        assert_eq!(proof.index, self.index, "the proof is of this index");
        must("the proof", proof.verify(&vkey, &self.hash));
    }
}

/// The receipt for a consent document.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn of<'a>(receipts: &'a [Held], notice: &str) -> &'a Held {
    receipts
        .iter()
        .find(|held| held.notice.id == notice)
        .unwrap_or_else(|| panic!("there is a receipt for {notice}"))
}
