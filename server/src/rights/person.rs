//! Somebody who is recognised by a receipt and its code, and what they decided.

use raspiska_shared::{
    digest::Digest,
    notice::NoticeRef,
    party::SubjectId,
    purpose::PurposeId,
    receipt::{Payload, State},
    status::Standing,
};
use subtle::ConstantTimeEq as _;

use crate::{
    standing,
    store::{Row, Store, StoreError},
};

/// Whoever signed a receipt, with all that is logged of them.
pub(crate) struct Person {
    pub(crate) subject: SubjectId,
    /// The receipt that they are recognised by.
    pub(crate) receipt: Digest,
    /// In the order of the log, statements of the operator among them.
    pub(crate) history: Vec<(Row, Payload)>,
    standing: Standing,
}

/// What holds for one purpose.
pub(crate) struct Line<'a> {
    pub(crate) purpose: PurposeId,
    pub(crate) state: State,
    /// What decided it last.
    pub(crate) by: &'a Row,
    /// Under which text.
    pub(crate) notice: &'a NoticeRef,
    /// The policy's edition of then.
    pub(crate) edition: &'a str,
}

impl Person {
    /// Whoever signed `receipt`, if `code` is the one that it commits to. Nobody learns which of the two was wrong.
    pub(crate) fn recognise(
        store: &dyn Store,
        site: &str,
        receipt: &Digest,
        code: &str,
    ) -> Result<Option<Self>, StoreError> {
        let Some(row) = store.row(site, receipt)? else {
            return Ok(None);
        };
        if opens(&standing::payload(&row)?, code) {
            Self::of(store, site, &row).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Whoever signed this row.
    pub(crate) fn of(store: &dyn Store, site: &str, row: &Row) -> Result<Self, StoreError> {
        let mut standing = Standing::default();
        let mut history = Vec::new();
        for row in store.history(site, &row.subject)? {
            let payload = standing::payload(&row)?;
            standing.apply(&payload, row.receipt);
            history.push((row, payload));
        }
        Ok(Self {
            subject: row.subject,
            receipt: row.receipt,
            history,
            standing,
        })
    }

    /// What holds for each purpose that was ever decided, by its id.
    pub(crate) fn lines(&self) -> Vec<Line<'_>> {
        let decided = self.history.iter().flat_map(|(_, payload)| {
            let decisions = payload.decisions.iter();
            decisions.map(|decision| &decision.purpose)
        });
        let purposes: std::collections::BTreeSet<&PurposeId> = decided.collect();
        let lines = purposes.into_iter().filter_map(|purpose| {
            let held = self.standing.held(purpose)?;
            let (row, payload) = self.entry(&held.receipt)?;
            Some(Line {
                purpose: purpose.clone(),
                state: held.state,
                by: row,
                notice: &payload.notice,
                edition: &payload.policy.edition,
            })
        });
        lines.collect()
    }

    /// The purposes that are given now.
    pub(crate) fn given(&self) -> impl Iterator<Item = Line<'_>> {
        let lines = self.lines().into_iter();
        lines.filter(|line| line.state == State::Given)
    }

    /// One of their receipts, or a statement about one.
    pub(crate) fn entry(&self, receipt: &Digest) -> Option<(&Row, &Payload)> {
        let mut history = self.history.iter();
        let found = history.find(|(row, _)| row.receipt == *receipt);
        found.map(|(row, payload)| (row, payload))
    }
}

/// In constant time, as guesses are compared; a receipt without a code is opened by none.
pub(crate) fn opens(payload: &Payload, code: &str) -> bool {
    let shown = Digest::of(code.as_bytes());
    payload.withdrawal.is_some_and(|commitment| {
        shown
            .as_bytes()
            .ct_eq(commitment.code_sha256.as_bytes())
            .into()
    })
}
