//! Receipts as a widget makes them, each by another person: nine choices about cookies, then a form with three values.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use ed25519_dalek::SigningKey;
use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    notice::NoticeRef,
    party::SubjectId,
    policy::PolicyRef,
    receipt::{
        Actor, Client, Decision, Disclosure, Draft, Event, Method, Signed, State, Uuid,
        WithdrawalCode, sign, thumbprint,
    },
    site::Site,
};

use crate::server::{self, Server};

/// One receipt in so many comes from a form.
const FORMS: u64 = 10;

pub(crate) struct Author {
    site: Site,
}

/// A receipt, and whose it is.
pub(crate) struct Made {
    pub(crate) signed: Signed,
    pub(crate) subject: SubjectId,
}

impl Author {
    /// Somebody who has read the site's bundle.
    pub(crate) fn reads(server: &Server) -> Self {
        let bundle = server::get(server.address, "/v1/sites/jetcrm");
        Self {
            site: serde_json::from_slice(&bundle).unwrap(),
        }
    }

    /// Distinct receipts, signed on all cores.
    pub(crate) fn many(&self, count: usize) -> Vec<Made> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            let shares: Vec<_> = (0..cores)
                .map(|core| {
                    let share = count / cores + usize::from(core < count % cores);
                    scope.spawn(move || (0..share).map(|_| self.one()).collect::<Vec<_>>())
                })
                .collect();
            shares
                .into_iter()
                .flat_map(|share| share.join().unwrap())
                .collect()
        })
    }

    /// The mean length of a receipt with its disclosures, in bytes.
    pub(crate) fn mean_length(&self) -> f64 {
        let sample = self.many(200);
        let bytes: usize = sample.iter().map(|made| made.signed.text.len()).sum();
        bytes as f64 / sample.len() as f64
    }

    fn one(&self) -> Made {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).unwrap();
        let form = number.is_multiple_of(FORMS);
        let (id, purpose, method) = if form {
            ("contact", "contact", Method::Form)
        } else {
            ("cookies-analytics", "analytics", Method::Choices)
        };
        let notice = self
            .site
            .notices
            .iter()
            .find(|own| own.id == id && own.lang == Lang::Ru)
            .unwrap();
        let edition = self.site.editions.last().unwrap();
        let category = self
            .site
            .purposes
            .iter()
            .find(|own| own.id.as_str() == purpose)
            .unwrap()
            .category;
        let millis = server::millis();
        let mut random = [0; 10];
        random.copy_from_slice(&seed[..10]);
        let values = [
            ("name", "Алиса"),
            ("email", "alice@example.org"),
            ("message", "Перезвоните мне, пожалуйста, после обеда."),
        ];
        let disclosures = values
            .iter()
            .filter(|_| form)
            .enumerate()
            .map(|(at, (name, value))| {
                let mut salt = [0; 16];
                salt.copy_from_slice(&seed[at..at + 16]);
                Disclosure::new(salt, name, value)
            });
        let draft = Draft {
            jti: Uuid::v7(millis, random),
            iat: millis / 1000,
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
            decisions: vec![Decision {
                purpose: purpose.parse().unwrap(),
                state: State::Given,
            }],
            event: Event {
                by: Actor::Subject,
                method,
            },
            prev: None,
            of: None,
            withdrawal: form.then(|| WithdrawalCode {
                code_sha256: Digest::of(&seed),
            }),
            client: Some(Client {
                page: Some("https://jetcrm.ru/contacts".to_owned()),
                version: Some("0.1.0".to_owned()),
                wasm_sha256: Some(Digest::of(b"wasm")),
                ..Client::default()
            }),
            disclosures: disclosures.collect(),
        };
        let key = SigningKey::from_bytes(&seed);
        Made {
            signed: sign(draft, &key).unwrap(),
            subject: thumbprint(&key.verifying_key()),
        }
    }
}
