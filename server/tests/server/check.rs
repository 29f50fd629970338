//! `raspiska serve --check`: what a start would find, and nothing is changed by it.

use std::{collections::BTreeMap, fs, path::Path, time::SystemTime};

use raspiska_shared::{digest::Digest, receipt::State};

use crate::{
    house::{House, Scratch, demo_site, raspiska},
    person::Person,
    start::Process,
};

fn check(data: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let site = demo_site();
    let mut arguments = vec!["serve", "--check", "--listen", "127.0.0.1:0"];
    arguments.extend(["--data", data.to_str().unwrap()]);
    arguments.extend(["--site", site.to_str().unwrap()]);
    arguments.extend(more);
    raspiska(&arguments)
}

/// Names, contents and times of a folder.
fn state(folder: &Path) -> BTreeMap<String, (Digest, SystemTime)> {
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        let changed = entry.metadata().unwrap().modified().unwrap();
        let digest = Digest::of(&fs::read(entry.path()).unwrap());
        (entry.file_name().into_string().unwrap(), (digest, changed))
    });
    files.collect()
}

#[tokio::test]
async fn it_says_what_a_start_would_find_and_changes_nothing() {
    let scratch = Scratch::new();
    let data = scratch.0.join("data");
    let (code, told, error) = check(&data, &[]);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert!(
        told.contains("the first start makes store and keys"),
        "{told}"
    );
    assert!(!data.exists());

    let house = House::open().await;
    house
        .log(&Person::new(1).analytics(&house.site, State::Given))
        .await;
    let data = house.close();
    let before = state(&data.0);
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/demo");
    let (code, told, error) = check(&data.0, &["--pages", pages]);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    for words in [
        "free",
        "jetcrm.ru/jetcrm, 1 entries",
        "www/demo: there",
        "Nothing stands in the way",
    ] {
        assert!(told.contains(words), "{words:?} is not in\n{told}");
    }
    assert_eq!(state(&data.0), before);

    let (code, _, error) = check(&data.0, &["--pages", "/nowhere/at/all"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("no such folder"), "{error}");
    let (code, _, error) = check(&data.0, &["--operation-listen", "nonsense"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("--operation-listen"), "{error}");
}

#[test]
fn it_can_be_asked_beside_a_running_server() {
    let scratch = Scratch::new();
    let server = Process::start(&scratch.0);
    let (code, told, error) = check(&scratch.0, &[]);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    assert!(told.contains("in use by a running server"), "{told}");
    assert_eq!(server.end().0, Some(0));
    let (_, told, _) = check(&scratch.0, &[]);
    assert!(told.contains("free"), "{told}");
}

#[tokio::test]
async fn it_refuses_what_a_start_refuses() {
    let other = House::open().await.close();
    let house = House::open().await;
    house
        .log(&Person::new(1).analytics(&house.site, State::Given))
        .await;
    let data = house.close();
    let path = |name: &str| data.0.join(name);
    for (name, sentence) in [
        ("log-jetcrm.key", "the store's log is"),
        ("operator-jetcrm.key", "another operator key"),
        ("vault.key", "restore vault.key"),
    ] {
        let own = fs::read(path(name)).unwrap();
        fs::copy(other.0.join(name), path(name)).unwrap();
        let (code, _, error) = check(&data.0, &[]);
        assert_eq!(code, Some(1), "{name}");
        assert!(error.contains(sentence), "{error}");
        fs::write(path(name), own).unwrap();
    }
    // A head that nobody signed.
    let db = rusqlite::Connection::open(path("store.sqlite")).unwrap();
    db.execute("UPDATE log SET size = 2", []).unwrap();
    drop(db);
    let (code, _, error) = check(&data.0, &[]);
    assert_eq!(code, Some(1));
    assert!(
        error.contains("site jetcrm: ") && error.contains("restore the store"),
        "{error}"
    );
    // Keys without their store.
    fs::remove_file(path("store.sqlite")).unwrap();
    let (code, _, error) = check(&data.0, &[]);
    assert_eq!(code, Some(1));
    assert!(error.contains("the store knows nothing of it"), "{error}");
}
