//! A person without a widget: makes receipts from the site bundle, as any client may.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::SigningKey;
use raspiska_shared::digest::Digest;
use raspiska_shared::lang::Lang;
use raspiska_shared::notice::NoticeRef;
use raspiska_shared::policy::PolicyRef;
use raspiska_shared::purpose::SubjectCategory;
use raspiska_shared::receipt::{
    Actor, Decision, Disclosure, Draft, Event, MIN_SALT_LEN, Method, Signed, State, Uuid,
    WithdrawalCode, sign,
};
use raspiska_shared::site::Site;

use crate::must;
use crate::place::SITE;
use crate::server::Server;

/// One person with a key.
#[derive(Debug)]
pub struct Author {
    /// The bundle of the site.
    pub site: Site,
    key: SigningKey,
    prev: Cell<Option<Digest>>,
}

impl Author {
    /// Somebody who has read the site's bundle.
    pub async fn reads(server: &Server) -> Self {
        let bundle = server.get(&format!("/v1/sites/{SITE}")).await;
        assert_eq!(bundle.status, 200, "{}", bundle.text());
        Self::new(must(
            "the site bundle",
            serde_json::from_slice(&bundle.body),
        ))
    }

    /// Somebody with a new key, who knows the site's bundle already.
    #[must_use]
    pub fn new(site: Site) -> Self {
        Self {
            site,
            key: SigningKey::from_bytes(&random()),
            prev: Cell::default(),
        }
    }

    /// A draft about cookies: `[("analytics", State::Given)]` under the notice of that category.
    #[must_use]
    pub fn drafts(&self, notice: &str, method: Method, decisions: &[(&str, State)]) -> Draft {
        let now = now();
        let edition = self.site.editions.last().expect("a site has an edition");
        let notice = self
            .site
            .notices
            .iter()
            .find(|known| known.id == notice && known.lang == Lang::Ru)
            .unwrap_or_else(|| panic!("the bundle has no notice {notice}"));
        let form = self
            .site
            .forms
            .iter()
            .find(|form| form.notice == notice.id || form.optional.contains(&notice.id));
        let category = form.map_or(SubjectCategory::SiteUser, |form| form.category);
        Draft {
            jti: Uuid::v7(now * 1000, random()),
            iat: now,
            aud: self.site.audience.clone(),
            category,
            policy: PolicyRef {
                edition: edition.edition.clone(),
                sha256: edition.sha256,
            },
            notice: NoticeRef {
                id: notice.id.clone(),
                lang: notice.lang,
                sha256: notice.sha256,
            },
            decisions: decisions
                .iter()
                .map(|&(purpose, state)| Decision {
                    purpose: must("a purpose", purpose.parse()),
                    state,
                })
                .collect(),
            event: Event {
                by: Actor::Subject,
                method,
            },
            prev: self.prev.get(),
            of: None,
            withdrawal: None,
            client: None,
            disclosures: Vec::new(),
        }
    }

    /// Signs a draft; the next one will refer to it.
    #[must_use]
    pub fn signs(&self, draft: Draft) -> Signed {
        let signed = must("a receipt", sign(draft, &self.key));
        self.prev.set(Some(signed.hash));
        signed
    }

    /// A receipt that gives one cookie category.
    #[must_use]
    pub fn gives(&self, category: &str) -> Signed {
        self.signs(self.drafts(
            &format!("cookies-{category}"),
            Method::Choices,
            &[(category, State::Given)],
        ))
    }
}

/// A field of a form, as a receipt commits to it.
#[must_use]
pub fn disclosure(name: &str, value: &str) -> Disclosure {
    Disclosure::new(random::<MIN_SALT_LEN>(), name, value)
}

/// A withdrawal code, and what a receipt says of it.
#[must_use]
pub fn withdrawal_code() -> (String, WithdrawalCode) {
    let code = Base64UrlUnpadded::encode_string(&random::<16>());
    let code_sha256 = Digest::of(code.as_bytes());
    (code, WithdrawalCode { code_sha256 })
}

/// UNIX seconds.
#[must_use]
pub fn now() -> u64 {
    must("the clock", SystemTime::now().duration_since(UNIX_EPOCH)).as_secs()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    must("random bytes", getrandom::fill(&mut bytes));
    bytes
}
