//! Does a site's directory still have what its receipts name? Without the text nobody can show what was agreed to.

use std::collections::HashSet;

use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    receipt::{Payload, ReceiptError},
    site::Site,
};

/// What a site has published, to be found quickly.
pub(super) struct Documents {
    pub(super) origin: String,
    audience: String,
    notices: HashSet<(Digest, String, Lang)>,
    editions: HashSet<(Digest, String)>,
}

impl Documents {
    pub(super) fn of(site: &Site) -> Self {
        Self {
            origin: site.log.origin.clone(),
            audience: site.audience.clone(),
            notices: site
                .notices
                .iter()
                .map(|notice| (notice.sha256, notice.id.clone(), notice.lang))
                .collect(),
            editions: site
                .editions
                .iter()
                .map(|edition| (edition.sha256, edition.edition.clone()))
                .collect(),
        }
    }

    /// Steps 7 and 9 of `www/spec/receipt.md`, without the clock: that the documents were in force was seen at admission.
    pub(super) fn check(&self, payload: &Payload) -> Result<(), ReceiptError> {
        if payload.aud != self.audience {
            return Err(ReceiptError::Audience);
        }
        let notice = &payload.notice;
        if !self
            .notices
            .contains(&(notice.sha256, notice.id.clone(), notice.lang))
        {
            return Err(ReceiptError::NoticeUnknown);
        }
        let policy = &payload.policy;
        if !self
            .editions
            .contains(&(policy.sha256, policy.edition.clone()))
        {
            return Err(ReceiptError::PolicyUnknown);
        }
        Ok(())
    }
}
