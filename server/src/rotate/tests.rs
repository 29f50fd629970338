mod place;

use std::{fs, path::PathBuf};

use raspiska_shared::digest::Digest;

use super::*;
use crate::{site::sample::Scratch, store::Batch};
use place::{BEGAN, CHANGED, LOGGED, Place, SITE};

const ROLES: [(Role, &str); 3] = [(Role::Log, SITE), (Role::Operator, SITE), (Role::Vault, "")];

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
        erased: &[],
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
