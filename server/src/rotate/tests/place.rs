//! A data directory to change keys in.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use ed25519_dalek::SigningKey;
use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    log::note::VerifierKey,
    notice::NoticeRef,
    policy::PolicyRef,
    purpose::SubjectCategory,
    receipt::{Actor, Decision, Disclosure, Draft, Event, Method, Receipt, State, Uuid, sign},
};

use crate::{
    app::accord,
    data::DataDir,
    keys::{self, Keyring},
    metrics::Metrics,
    sequencer::{self, Outcome, Sequencer, Setup},
    site::{
        Loaded,
        sample::{Scratch, demo},
    },
    store::{Role, Sqlite, Store as _},
    vault::Vault,
};

pub(super) const SITE: &str = "jetcrm";
/// When the first keys were made.
pub(super) const BEGAN: u64 = 1_760_000_000_000;
/// When receipts come in.
pub(super) const LOGGED: u64 = BEGAN + 1000;
/// When keys change.
pub(super) const CHANGED: u64 = BEGAN + 2000;

/// Read once: that takes the longest.
static SITES: LazyLock<BTreeMap<String, Loaded>> =
    LazyLock::new(|| accord::load_sites(&[demo()]).unwrap());

/// A data directory with one receipt that has a value.
pub(super) struct Place(pub(super) Scratch);

impl Place {
    pub(super) fn new() -> Self {
        let place = Self(Scratch::new("rotate"));
        assert_eq!(place.log_one(1), 0);
        place
    }

    pub(super) fn dir(&self) -> PathBuf {
        self.0.path().join("data")
    }

    pub(super) fn held(&self) -> (DataDir, Sqlite) {
        let data = DataDir::hold(&self.dir()).unwrap();
        let store = Sqlite::open(&data.store()).unwrap();
        (data, store)
    }

    /// Starts, logs a receipt, and stops; gives its index.
    pub(super) fn log_one(&self, number: u8) -> u64 {
        let (data, store) = self.held();
        let known = store.identities().unwrap();
        let ring = Keyring::open(data.path(), &[SITE], &known).unwrap();
        let mut accord = accord::agree(SITES.values(), &ring, &known).unwrap();
        accord.begin(BEGAN, &ring, &known, &store).unwrap();
        let setup = Setup {
            site: SITE.to_owned(),
            store: Arc::new(store),
            vault: Arc::new(ring.vault().unwrap()),
            signer: accord.signers.remove(SITE).unwrap(),
            metrics: Metrics::new(0).sequencer(SITE),
            destroyed: Arc::default(),
        };
        let sequencer = Sequencer::start(setup).unwrap();
        let receipt = receipt(number);
        let subject = receipt.payload().sub;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let logged = runtime.block_on(sequencer.log(receipt, subject, LOGGED));
        sequencer.stop();
        match logged {
            Outcome::Logged(proof) => proof.index,
            other => panic!("{other:?}"),
        }
    }

    /// Everything that was logged opens with the keys that are in force.
    pub(super) fn holds(&self, entries: u64) {
        let (data, store) = self.held();
        let known = store.identities().unwrap();
        let vkey: VerifierKey = known.logs[SITE].vkey.parse().unwrap();
        assert_eq!(sequencer::check(&store, SITE, &vkey).unwrap().size, entries);
        let found = keys::find(data.path(), Role::Vault, "", &known).unwrap();
        let vault = Vault::new(found.secret);
        for row in store.disclosing(SITE, 0, u16::MAX).unwrap() {
            let wrapped = store.subject_key(SITE, &row.subject).unwrap().unwrap();
            let key = vault.unwrap_key(SITE, &row.subject, &wrapped).unwrap();
            for sealed in store.sealed(SITE, row.index).unwrap() {
                key.open(&row.receipt, &sealed.name, &sealed.blob).unwrap();
            }
        }
    }

    pub(super) fn key(&self, role: Role, site: &str) -> PathBuf {
        keys::path(&self.dir(), role, site)
    }

    pub(super) fn public(&self, role: Role) -> String {
        let keys = self.held().1.keys().unwrap();
        let key = keys
            .iter()
            .find(|key| key.role == role && key.until.is_none());
        key.unwrap().public.clone()
    }

    /// Does a file of the directory have these bytes?
    pub(super) fn has(&self, bytes: &[u8]) -> bool {
        let files = fs::read_dir(self.dir()).unwrap();
        files
            .map(|file| fs::read(file.unwrap().path()).unwrap())
            .any(|file| file.windows(bytes.len()).any(|window| window == bytes))
    }
}

fn receipt(number: u8) -> Receipt {
    let person = SigningKey::from_bytes(&[number; 32]);
    let digest = Digest::of(b"text");
    let draft = Draft {
        jti: Uuid::v7(LOGGED, [number; 10]),
        iat: LOGGED / 1000,
        aud: "jetcrm.ru".to_owned(),
        category: SubjectCategory::SiteUser,
        policy: PolicyRef {
            edition: "2025-01-01".to_owned(),
            sha256: digest,
        },
        notice: NoticeRef {
            id: "contact".to_owned(),
            lang: Lang::Ru,
            sha256: digest,
        },
        decisions: vec![Decision {
            purpose: "contact".parse().unwrap(),
            state: State::Given,
        }],
        event: Event {
            by: Actor::Subject,
            method: Method::Form,
        },
        prev: None,
        of: None,
        withdrawal: None,
        client: None,
        disclosures: vec![Disclosure::new([3; 16], "name", "Visitor")],
    };
    Receipt::open(sign(draft, &person).unwrap().text.as_bytes()).unwrap()
}
