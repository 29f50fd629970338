//! What a receipt file says once it holds, in plain facts for whoever shows them. No words of any language, no decisions left.

use alloc::vec::Vec;
use serde::Serialize;

use crate::{
    digest::Digest,
    file::{PolicyLink, ReceiptFile, Report},
    notice::NoticeRef,
    party::SubjectId,
    purpose::SubjectCategory,
    receipt::{Decision, Event, GateAct, GateNote},
    text::{Block, blocks},
};

/// What a file proves. It has personal data in clear, so it is shown to whoever brought the file and goes nowhere else.
#[derive(Serialize)]
pub struct Facts<'a> {
    /// For which site.
    pub audience: &'a str,
    /// The thumbprint of the key that signed.
    pub subject: SubjectId,
    /// Whose data.
    pub category: SubjectCategory,
    /// Who acted, and how.
    pub event: &'a Event,
    /// UNIX seconds by the signer's clock.
    pub signed: u64,
    /// The page on which it was signed.
    pub page: Option<&'a str>,
    /// What the page did before the decision, by its own note.
    pub gate: Option<Gate<'a>>,
    /// The salted commitment to the account in which the person was logged in.
    pub account: Option<Digest>,
    /// What was decided.
    pub decisions: &'a [Decision],
    /// In an operator's statement: the receipt that it is about.
    pub of: Option<Digest>,
    /// The values in the file, by the ids of their fields.
    pub values: Vec<(&'a str, &'a str)>,
    /// How many more values were signed: they were erased, or are not shown.
    pub hidden: usize,
    /// Which notice.
    pub notice: &'a NoticeRef,
    /// The first line of its text, as a name for it.
    pub title: &'a str,
    /// Its text.
    pub text: Vec<Block<'a>>,
    /// Which policy.
    pub policy: &'a PolicyLink,
    /// The receipt's hash.
    pub receipt: Digest,
    /// UNIX milliseconds by the server's clock.
    pub logged: u64,
    /// The entry's index in the log.
    pub index: u64,
    /// How many entries the checkpoint covers.
    pub size: u64,
    /// The log's name.
    pub origin: &'a str,
    /// The log's key as the file names it; the checkpoint is signed with it.
    pub vkey: &'a str,
}

/// The purposes in a gate's note, each once, in the order of time.
#[derive(Serialize)]
pub struct Gate<'a> {
    /// What waited for an answer.
    pub held: Vec<&'a str>,
    /// What an earlier decision let go.
    pub passed: Vec<&'a str>,
    /// Of what the person let one thing go.
    pub once: Vec<&'a str>,
}

impl<'a> Gate<'a> {
    /// What a note amounts to.
    #[must_use]
    pub fn of(note: &'a GateNote) -> Self {
        let purposes = |act: GateAct| {
            let mut purposes = Vec::new();
            for line in note.lines().filter(|line| line.act == act) {
                if !purposes.contains(&line.purpose) {
                    purposes.push(line.purpose);
                }
            }
            purposes
        };
        Self {
            held: purposes(GateAct::Held),
            passed: purposes(GateAct::Let),
            once: purposes(GateAct::Once),
        }
    }
}

impl<'a> Facts<'a> {
    /// The facts of a file that holds: the report is of [`ReceiptFile::verify`].
    #[must_use]
    pub fn of(file: &'a ReceiptFile, report: &'a Report) -> Self {
        let payload = report.receipt.payload();
        let client = payload.client.as_ref();
        let text = blocks(&file.notice.text);
        let disclosures = report.receipt.disclosures();
        Self {
            audience: &payload.aud,
            subject: payload.sub,
            category: payload.category,
            event: &payload.event,
            signed: payload.iat,
            page: client.and_then(|client| client.page.as_deref()),
            gate: client.and_then(|client| client.gate.as_ref()).map(Gate::of),
            account: client.and_then(|client| client.account),
            decisions: &payload.decisions,
            of: payload.of,
            values: disclosures
                .iter()
                .map(|disclosure| (disclosure.name(), disclosure.value()))
                .collect(),
            // Each disclosure is referenced once, RFC 9901 section 7.1, so there are never more of them.
            hidden: payload.sd.len() - disclosures.len(),
            notice: &payload.notice,
            title: match text.first() {
                Some(Block::Heading(_, line) | Block::Paragraph(line) | Block::Bullet(line)) => {
                    line
                }
                None => "",
            },
            text,
            policy: &file.policy,
            receipt: report.receipt.hash(),
            logged: report.time,
            index: report.index,
            size: report.checkpoint.size,
            origin: &report.checkpoint.origin,
            vkey: &file.log.vkey,
        }
    }
}
