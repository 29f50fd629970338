use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{Arc, LazyLock},
};

use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    log::note::VerifierKey,
    notice::NoticeRef,
    policy::PolicyRef,
    purpose::SubjectCategory,
    receipt::{Actor, Decision, Disclosure, Draft, Event, Method, Receipt, State, Uuid, sign},
};

use super::*;
use crate::{
    app::accord,
    keys::Keyring,
    metrics::Metrics,
    sequencer::{Outcome, Sequencer, Setup},
    site::{
        Loaded,
        sample::{Scratch, demo},
    },
    store::{Batch, Sqlite},
};

/// Read once: that takes the longest.
static SITES: LazyLock<BTreeMap<String, Loaded>> =
    LazyLock::new(|| accord::load_sites(&[demo()]).unwrap());

const SITE: &str = "jetcrm";
/// When the first keys were made.
const BEGAN: u64 = 1_760_000_000_000;
/// When receipts come in.
const LOGGED: u64 = BEGAN + 1000;
/// When keys change.
const CHANGED: u64 = BEGAN + 2000;

const ROLES: [(Role, &str); 3] = [(Role::Log, SITE), (Role::Operator, SITE), (Role::Vault, "")];

/// A data directory with one receipt that has a value.
struct Place(Scratch);

impl Place {
    fn new() -> Self {
        let place = Self(Scratch::new("rotate"));
        assert_eq!(place.log_one(1), 0);
        place
    }

    fn dir(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn held(&self) -> (DataDir, Sqlite) {
        let data = DataDir::hold(&self.dir()).unwrap();
        let store = Sqlite::open(&data.store()).unwrap();
        (data, store)
    }

    /// Starts, logs a receipt, and stops; gives its index.
    fn log_one(&self, number: u8) -> u64 {
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
    fn holds(&self, entries: u64) {
        let (data, store) = self.held();
        let known = store.identities().unwrap();
        let vkey: VerifierKey = known.logs[SITE].vkey.parse().unwrap();
        assert_eq!(sequencer::check(&store, SITE, &vkey).unwrap().size, entries);
        let found = keys::find(data.path(), Role::Vault, "", &known).unwrap();
        let vault = Vault::new(found.secret);
        for row in store.disclosing(SITE).unwrap() {
            let wrapped = store.subject_key(SITE, &row.subject).unwrap().unwrap();
            let key = vault.unwrap_key(SITE, &row.subject, &wrapped).unwrap();
            for sealed in store.sealed(SITE, row.index).unwrap() {
                key.open(&row.receipt, &sealed.name, &sealed.blob).unwrap();
            }
        }
    }

    fn key(&self, role: Role, site: &str) -> PathBuf {
        keys::path(&self.dir(), role, site)
    }

    fn public(&self, role: Role) -> String {
        let keys = self.held().1.keys().unwrap();
        let key = keys
            .iter()
            .find(|key| key.role == role && key.until.is_none());
        key.unwrap().public.clone()
    }

    /// Does a file of the directory have these bytes?
    fn has(&self, bytes: &[u8]) -> bool {
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

fn change(role: Role, site: &'static str) -> Change<'static> {
    Change {
        role,
        site,
        time: CHANGED,
    }
}

#[test]
fn a_crash_after_any_step_leaves_the_old_state_or_the_new() {
    for (role, site) in ROLES {
        for steps in 1..=4 {
            let place = Place::new();
            let path = place.key(role, site);
            let old = (fs::read(&path).unwrap(), place.public(role));

            // The crash: what was done so far is all there is.
            let new = {
                let (data, store) = place.held();
                let prepared = Prepared::make(&data, &store, change(role, site)).unwrap();
                if steps >= 2 {
                    prepared.commit(&store).unwrap();
                }
                if steps == 3 {
                    fs::write(&path, [0; 65]).unwrap();
                }
                if steps == 4 {
                    prepared.settle().unwrap();
                }
                prepared.rotated.new.clone()
            };
            let said = format!("{role:?} after step {steps}");
            let in_force = if steps == 1 { &old.1 } else { &new };
            assert_eq!(place.public(role), *in_force, "{said}");

            // The next start goes on, with one key file and no trace of the other.
            place.holds(1);
            assert_eq!(place.log_one(2), 1, "{said}");
            place.holds(2);
            assert!(path.exists() && !path.with_extension("key.new").exists());
            assert_eq!(place.has(&old.0[..64]), steps == 1, "{said}");

            // And so does the next rotation.
            let (data, store) = place.held();
            let again = Change {
                time: CHANGED + 1,
                ..change(role, site)
            };
            let rotated = rotate(&data, &store, again).unwrap();
            assert_eq!(rotated.old, *in_force, "{said}");
            drop((data, store));
            place.holds(2);
        }
    }
}

#[test]
fn a_rotation_right_after_a_crash_ends_what_was_begun() {
    for (role, site) in ROLES {
        for steps in 1..=2 {
            let place = Place::new();
            let (data, store) = place.held();
            let prepared = Prepared::make(&data, &store, change(role, site)).unwrap();
            if steps == 2 {
                prepared.commit(&store).unwrap();
            }
            let crashed = prepared.rotated.new.clone();
            drop(prepared);
            let again = Change {
                time: CHANGED + 1,
                ..change(role, site)
            };
            let rotated = rotate(&data, &store, again).unwrap();
            assert_eq!(rotated.old == crashed, steps == 2, "{role:?}");
            drop((data, store));
            place.holds(1);
        }
    }
}

#[cfg(unix)]
#[test]
fn keys_are_private_and_the_old_one_is_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    for (role, site) in ROLES {
        let place = Place::new();
        let path = place.key(role, site);
        // A second name shows what became of the old file's own bytes.
        let second = place.0.path().join("second-name");
        fs::hard_link(&path, &second).unwrap();
        let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (data, store) = place.held();
        let prepared = Prepared::make(&data, &store, change(role, site)).unwrap();
        assert_eq!(mode(&path.with_extension("key.new")), 0o600);
        prepared.commit(&store).unwrap();
        prepared.settle().unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read(&second).unwrap(), [0; 65]);
    }
}

#[test]
fn more_wrapped_keys_than_are_read_at_once_are_all_wrapped_anew() {
    let place = Place::new();
    let (data, store) = place.held();
    let known = store.identities().unwrap();
    let found = keys::find(data.path(), Role::Vault, "", &known).unwrap();
    let vault = Vault::new(found.secret);
    let subjects = (0..2500_u32).map(|number| SubjectId(Digest::of(&number.to_be_bytes())));
    let wrapped: Vec<_> = subjects
        .map(|subject| (subject, vault.subject_key(SITE, &subject).unwrap().1))
        .collect();
    let head = store.head(SITE).unwrap();
    let batch = Batch {
        from: (head.size, head.root),
        head: &head,
        rows: &[],
        tiles: &[],
        keys: &wrapped,
        sealed: &[],
    };
    store.append(SITE, &batch).unwrap();
    rotate(&data, &store, change(Role::Vault, "")).unwrap();
    let known = store.identities().unwrap();
    let found = keys::find(data.path(), Role::Vault, "", &known).unwrap();
    let next = Vault::new(found.secret);
    for (subject, old) in &wrapped {
        let new = store.subject_key(SITE, subject).unwrap().unwrap();
        next.unwrap_key(SITE, subject, &new).unwrap();
        assert_ne!(new, *old);
    }
    // Nothing that the old key opens is left, also not in free pages or the write-ahead log.
    for (_, old) in wrapped.iter().step_by(100) {
        assert!(!place.has(old));
    }
}

#[test]
fn a_clock_behind_the_log_changes_nothing() {
    let place = Place::new();
    let (data, store) = place.held();
    for (role, site) in ROLES {
        let time = if role == Role::Vault { BEGAN } else { LOGGED };
        let early = Change { role, site, time };
        let error = rotate(&data, &store, early).unwrap_err();
        assert!(matches!(error, RotateError::Clock), "{error}");
        assert!(!place.key(role, site).with_extension("key.new").exists());
    }
}

#[test]
fn a_store_without_keys_has_nothing_to_rotate() {
    let place = Place(Scratch::new("rotate"));
    let (data, store) = place.held();
    let error = rotate(&data, &store, change(Role::Vault, "")).unwrap_err();
    assert!(matches!(error, RotateError::NoKeys), "{error}");
}

#[test]
fn a_lost_log_or_operator_key_gets_a_successor_and_a_lost_vault_key_does_not() {
    for (role, site) in ROLES {
        let place = Place::new();
        fs::remove_file(place.key(role, site)).unwrap();
        let (data, store) = place.held();
        let rotated = rotate(&data, &store, change(role, site));
        drop((data, store));
        if role == Role::Vault {
            let error = rotated.unwrap_err();
            assert!(
                matches!(error, RotateError::Keys(KeyError::Missing(_))),
                "{error}"
            );
        } else {
            rotated.unwrap();
            assert_eq!(place.log_one(2), 1);
            place.holds(2);
        }
    }
}

#[test]
fn another_stores_key_is_not_replaced() {
    let (place, other) = (Place::new(), Place::new());
    for (role, site) in ROLES {
        fs::copy(other.key(role, site), place.key(role, site)).unwrap();
        let (data, store) = place.held();
        let error = rotate(&data, &store, change(role, site)).unwrap_err();
        assert!(
            matches!(error, RotateError::Keys(KeyError::Other(_))),
            "{error}"
        );
    }
}

#[test]
fn a_head_that_does_not_hold_is_not_signed_anew() {
    let place = Place::new();
    let db = rusqlite::Connection::open(place.dir().join("store.sqlite")).unwrap();
    let forge = "UPDATE log SET checkpoint = replace(checkpoint, char(10) || '1' || char(10), char(10) || '2' || char(10))";
    assert_eq!(db.execute(forge, []).unwrap(), 1);
    drop(db);
    let (data, store) = place.held();
    let error = rotate(&data, &store, change(Role::Log, SITE)).unwrap_err();
    assert!(
        matches!(error, RotateError::Log(LoadError::Checkpoint(_))),
        "{error}"
    );
}

#[test]
fn what_changed_meanwhile_is_a_conflict_and_nothing_happens() {
    for (role, site) in ROLES {
        let place = Place::new();
        let (data, store) = place.held();
        let late = Prepared::make(&data, &store, change(role, site)).unwrap();
        rotate(&data, &store, change(role, site)).unwrap();
        let before = store.keys().unwrap();
        assert!(matches!(late.commit(&store), Err(StoreError::Conflict)));
        assert_eq!(store.keys().unwrap(), before);
    }
}

#[test]
fn a_key_that_was_changed_although_the_store_failed_is_kept() {
    let place = Place::new();
    let (data, store) = place.held();
    // A reader keeps the write-ahead log from being emptied: the change is committed and then fails.
    let reader = rusqlite::Connection::open(data.store()).unwrap();
    let began: i64 = {
        reader.execute_batch("BEGIN").unwrap();
        let count = "SELECT count(*) FROM subject_key";
        reader.query_row(count, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(began, 1);
    let error = rotate(&data, &store, change(Role::Vault, "")).unwrap_err();
    assert!(
        matches!(error, RotateError::Afterwards(StoreError::Busy)),
        "{error}"
    );
    drop((reader, data, store));
    assert!(
        !place
            .key(Role::Vault, "")
            .with_extension("key.new")
            .exists()
    );
    place.holds(1);
    assert_eq!(place.log_one(2), 1);
}
