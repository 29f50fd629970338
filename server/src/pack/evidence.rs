//! Gathers what proves a receipt, and checks it as a stranger would before anybody is told to rely on it.

use raspiska_shared::{
    digest::Digest,
    file::{FileError, LogKey, NoticeText, PolicyLink, ReceiptFile, Report},
    lang::Lang,
    log::{LogError, note::VerifierKey},
    party::SubjectId,
    purpose::PurposeId,
    receipt::{Payload, State},
    site::Site,
    status::Standing,
};

use crate::{
    erasure::ActId,
    office::Shown,
    proofs,
    site::Loaded,
    standing,
    store::{Position, Row, Store, StoreError},
};

/// A receipt file and what it proves.
#[derive(Debug)]
pub(crate) struct Exhibit {
    pub(crate) file: ReceiptFile,
    pub(crate) report: Report,
}

/// Everything about one receipt.
#[derive(Debug)]
pub(crate) struct Evidence {
    /// The site's documents.
    pub(crate) site: Loaded,
    /// The receipt.
    pub(crate) exhibit: Exhibit,
    /// What the same person decided later about its purposes, and what the operator stated about them.
    pub(crate) later: Vec<Exhibit>,
    /// What holds for each of its purposes by all that is logged.
    pub(crate) status: Vec<(PurposeId, Option<State>)>,
    /// The exact text of the policy's edition in each language, the governing one first.
    pub(crate) policies: Vec<(Lang, String)>,
    /// Thumbprint of the key that signs the operator's statements.
    pub(crate) operator: SubjectId,
    /// Whose consent it is.
    pub(crate) subject: SubjectId,
    /// Under which act its values were destroyed, and on which day.
    pub(crate) destroyed: Option<(ActId, String)>,
}

/// Why there is no evidence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EvidenceError {
    /// The store's key cannot be read.
    #[error("the store's log key is damaged ({0}); restore the store from a backup")]
    Key(LogError),
    /// The directory has another text than was signed.
    #[error(
        "the site's directory has no notice {id:?} with SHA-256 {sha256}; give --site the directory with all texts that ever were in force"
    )]
    NoticeMissing {
        /// The notice.
        id: String,
        /// Its digest in the receipt.
        sha256: Digest,
    },
    /// The directory has another edition than was signed.
    #[error(
        "the site's directory has no edition {edition:?} with SHA-256 {sha256}; give --site the directory with all editions"
    )]
    PolicyMissing {
        /// The edition.
        edition: String,
        /// Its digest in the receipt.
        sha256: Digest,
    },
    /// What is stored.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stranger would refuse it.
    #[error("what is stored does not hold ({0}); restore the store from a backup")]
    Unproved(#[from] FileError),
}

impl Evidence {
    /// What the store has about the receipt of `row`, with these encoded disclosures.
    ///
    /// # Errors
    /// [`EvidenceError`].
    pub(crate) fn gather(
        store: &dyn Store,
        site: Loaded,
        row: &Row,
        disclosures: &[Shown],
    ) -> Result<Self, EvidenceError> {
        let id = &site.site.site;
        let identities = store.identities()?;
        let identity = identities.logs.get(id).ok_or(StoreError::UnknownSite)?;
        let gatherer = Gatherer {
            store,
            site: &site,
            vkey: identity.vkey.parse().map_err(EvidenceError::Key)?,
        };
        let exhibit = gatherer.exhibit(row, disclosures)?;
        let payload = exhibit.report.receipt.payload();
        let mut status = Standing::default();
        let mut later = Vec::new();
        for other in store.history(id, &row.subject)? {
            let decided = standing::payload(&other)?;
            status.apply(&decided, other.receipt);
            if other.index > row.index && concern_the_same(&decided, payload) {
                later.push(gatherer.exhibit(&other, &[])?);
            }
        }
        let purposes = payload.decisions.iter().map(|decision| &decision.purpose);
        let status = purposes
            .map(|purpose| (purpose.clone(), status.state(purpose)))
            .collect();
        let edition = &payload.policy.edition;
        let policies = site.site.languages.iter().filter_map(|&lang| {
            let text = site.texts.get(&(edition.clone(), lang))?;
            Some((lang, text.clone()))
        });
        Ok(Self {
            destroyed: None,
            policies: policies.collect(),
            operator: identity.operator,
            subject: row.subject,
            exhibit,
            later,
            status,
            site,
        })
    }
}

/// Is there a purpose that both decide, or a category of one with a service of it in the other?
fn concern_the_same(one: &Payload, other: &Payload) -> bool {
    let meet = |a: &PurposeId, b: &PurposeId| {
        a == b || a.category() == Some(b.as_str()) || b.category() == Some(a.as_str())
    };
    one.decisions.iter().any(|a| {
        let mut decisions = other.decisions.iter();
        decisions.any(|b| meet(&a.purpose, &b.purpose))
    })
}

/// Makes receipt files of what is stored.
struct Gatherer<'a> {
    store: &'a dyn Store,
    site: &'a Loaded,
    vkey: VerifierKey,
}

impl Gatherer<'_> {
    fn exhibit(&self, row: &Row, disclosures: &[Shown]) -> Result<Exhibit, EvidenceError> {
        let site = &self.site.site;
        let payload = standing::payload(row)?;
        let notice = site
            .notice_by_digest(&payload.notice.sha256)
            .filter(|notice| notice.lang == payload.notice.lang)
            .ok_or_else(|| EvidenceError::NoticeMissing {
                id: payload.notice.id.clone(),
                sha256: payload.notice.sha256,
            })?;
        let policy = payload.policy;
        let mut editions = site.editions.iter();
        if !editions.any(|own| own.edition == policy.edition && own.sha256 == policy.sha256) {
            return Err(EvidenceError::PolicyMissing {
                edition: policy.edition,
                sha256: policy.sha256,
            });
        }
        let at = Position {
            index: row.index,
            time: row.time,
        };
        let published = self.store.published(&site.site)?;
        let proof = proofs::inclusion(self.store, &site.site, row.receipt, at, published.as_ref())?;
        let mut receipt = format!("{}~", row.token);
        for disclosure in disclosures {
            receipt.push_str(disclosure);
            receipt.push('~');
        }
        let file = ReceiptFile {
            receipt,
            proof: proof.to_text(),
            notice: NoticeText {
                lang: notice.lang,
                text: notice.text.clone(),
            },
            policy: PolicyLink {
                url: Site::policy_url(&payload.aud, &site.site, &policy.edition),
                edition: policy.edition,
                sha256: policy.sha256,
            },
            log: LogKey {
                vkey: self.vkey.to_string(),
            },
        };
        let report = file.verify(Some(&self.vkey))?;
        Ok(Exhibit { file, report })
    }
}
