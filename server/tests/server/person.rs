//! People who sign.

use std::sync::atomic::{AtomicU64, Ordering};

use ed25519_dalek::SigningKey;
use raspiska_server::clock::Clock;
use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    notice::NoticeRef,
    policy::PolicyRef,
    receipt::{
        Actor, Decision, Disclosure, Draft, Event, Method, Signed, State, Uuid, WithdrawalCode,
        sign,
    },
    site::Site,
};

/// Someone with a device.
pub(crate) struct Person {
    pub(crate) key: SigningKey,
}

impl Person {
    pub(crate) fn new(number: u64) -> Self {
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&number.to_be_bytes());
        Self {
            key: SigningKey::from_bytes(&seed),
        }
    }

    /// What this person would sign about a notice, now.
    pub(crate) fn draft(&self, site: &Site, notice: &str, decisions: &[(&str, State)]) -> Draft {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let mut random = [0; 10];
        random[2..].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let notice = site
            .notices
            .iter()
            .find(|own| own.id == notice && own.lang == Lang::Ru)
            .unwrap();
        let edition = site.editions.last().unwrap();
        let purpose = site
            .purposes
            .iter()
            .find(|own| own.id == notice.purposes[0].id)
            .unwrap();
        let method = match decisions {
            [(_, State::Withdrawn)] => Method::Withdraw,
            _ => Method::Choices,
        };
        let millis = Clock::system().millis();
        Draft {
            jti: Uuid::v7(millis, random),
            iat: millis / 1000,
            aud: site.audience.clone(),
            category: purpose.category,
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
                .map(|(purpose, state)| Decision {
                    purpose: purpose.parse().unwrap(),
                    state: *state,
                })
                .collect(),
            event: Event {
                by: Actor::Subject,
                method,
            },
            prev: None,
            of: None,
            withdrawal: None,
            client: None,
            disclosures: Vec::new(),
        }
    }

    pub(crate) fn sign(&self, draft: Draft) -> Signed {
        sign(draft, &self.key).unwrap()
    }

    /// Gives, refuses or withdraws analytics.
    pub(crate) fn analytics(&self, site: &Site, state: State) -> Signed {
        self.sign(self.draft(site, "cookies-analytics", &[("analytics", state)]))
    }

    /// A contact form with these values, and a code.
    pub(crate) fn contact(&self, site: &Site, fields: &[(&str, &str)], code: &str) -> Signed {
        let mut draft = self.draft(site, "contact", &[("contact", State::Given)]);
        draft.event.method = Method::Form;
        draft.withdrawal = Some(WithdrawalCode {
            code_sha256: Digest::of(code.as_bytes()),
        });
        draft.disclosures = fields
            .iter()
            .map(|(name, value)| Disclosure::new([9; 16], name, value))
            .collect();
        self.sign(draft)
    }
}
