//! A store, keys and a site that do not belong together, or are damaged: the server refuses, says what to do, and leaves all
//! of it as it is.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use raspiska_server::{app::StartError, clock::Clock, config::Config};
use raspiska_shared::receipt::State;

use crate::house::{House, Scratch, demo_site};
use crate::person::Person;

/// SQLite's page. A store whose last page is cut inside opens: then it is `raspiska fsck` that finds what is gone.
const PAGE: usize = 4096;

/// A store with a few receipts, closed: without a write-ahead log.
async fn whole() -> Arc<Scratch> {
    let house = House::open().await;
    for number in 0..20 {
        house
            .log(&Person::new(number).contact(&house.site, &[("email", "a@example.org")], "x"))
            .await;
    }
    house.close()
}

async fn refused(data: &Arc<Scratch>, sites: Vec<PathBuf>) -> StartError {
    let change = |config: &mut Config| config.sites = sites;
    let started = House::open_in(Arc::clone(data), change, Clock::system()).await;
    started.err().expect("it must not start")
}

/// The demo site with one thing changed.
fn changed(from: &str, to: &str) -> Scratch {
    let site = Scratch::new();
    let copied = Command::new("cp")
        .arg("-r")
        .arg(demo_site().join("."))
        .arg(&site.0)
        .status();
    assert!(copied.unwrap().success());
    let path = site.0.join("site.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    site
}

fn contents(dir: &Path) -> Vec<(OsString, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|file| file.unwrap())
        .map(|file| (file.file_name(), fs::read(file.path()).unwrap()))
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn a_log_under_another_name_is_another_log() {
    let data = whole().await;
    let before = contents(&data.0);
    let moved = changed("log_host = \"jetcrm.ru\"", "log_host = \"elsewhere.ru\"");
    let error = refused(&data, vec![moved.0.clone()]).await;
    assert!(
        matches!(&error, StartError::OtherLog { stored, expected, .. }
            if stored.starts_with("jetcrm.ru/jetcrm+") && expected.starts_with("elsewhere.ru/jetcrm+")),
        "{error}"
    );
    assert!(contents(&data.0) == before, "nothing was changed");
    let house = House::open_in(data, |_| (), Clock::system()).await.unwrap();
    assert_eq!(house.audit().await.len(), 20);
}

#[tokio::test]
async fn a_key_that_the_store_does_not_know_is_not_taken() {
    let data = whole().await;
    let other = changed("site = \"jetcrm\"", "site = \"other\"");
    for name in ["log-other.key", "operator-other.key"] {
        fs::copy(data.0.join("log-jetcrm.key"), data.0.join(name)).unwrap();
        let error = refused(&data, vec![demo_site(), other.0.clone()]).await;
        assert!(
            error.to_string().contains(name) && error.to_string().contains("knows nothing of it"),
            "{error}"
        );
        fs::remove_file(data.0.join(name)).unwrap();
    }
    // Without them it is a new site beside the old one, whose keys are made now.
    let change = |config: &mut Config| {
        config.sites = vec![demo_site(), other.0.clone()];
    };
    let house = House::open_in(data, change, Clock::system()).await.unwrap();
    assert_eq!(house.audit().await.len(), 20);
    let both = house.close();
    assert!(both.0.join("log-other.key").exists());
}

#[tokio::test]
async fn a_damaged_store_is_not_served() {
    let data = whole().await;
    let store = data.0.join("store.sqlite");
    let whole = fs::read(&store).unwrap();
    let middle = whole.len() / 2;
    let noise: Vec<u8> = (0..whole.len()).map(|at| (at * 7 % 251) as u8).collect();
    let cases: [(&str, &[u8], &str); 4] = [
        ("empty", &[], "the store knows nothing of it"),
        (
            "cut in the middle",
            &whole[..middle],
            "the store is damaged",
        ),
        (
            "without its last page",
            &whole[..whole.len() - PAGE],
            "the store is damaged",
        ),
        ("something else", &noise, "the store is damaged"),
    ];
    for (what, bytes, sentence) in cases {
        for suffix in ["-wal", "-shm"] {
            let _ = fs::remove_file(data.0.join(format!("store.sqlite{suffix}")));
        }
        fs::write(&store, bytes).unwrap();
        let error = refused(&data, vec![demo_site()]).await.to_string();
        assert!(
            error.contains(sentence) && error.contains("restore"),
            "{what}: {error}"
        );
    }
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(data.0.join(format!("store.sqlite{suffix}")));
    }
    fs::write(&store, &whole).unwrap();
    let house = House::open_in(data, |_| (), Clock::system()).await.unwrap();
    house
        .log(&Person::new(99).analytics(&house.site, State::Given))
        .await;
    assert_eq!(house.audit().await.len(), 21);
}

#[tokio::test]
async fn a_head_that_the_store_contradicts_is_not_continued() {
    for (damage, sentence) in [
        ("UPDATE log SET size = size - 1", "contradict each other"),
        (
            "UPDATE log SET root = zeroblob(32)",
            "contradict each other",
        ),
        ("UPDATE log SET checkpoint = 'x'", "does not hold"),
        (
            "UPDATE tile SET hashes = zeroblob(length(hashes))",
            "do not lead to the signed root",
        ),
        ("UPDATE tile SET hashes = x''", "is missing or too short"),
        ("DELETE FROM tile", "is missing or too short"),
    ] {
        let data = whole().await;
        let db = rusqlite::Connection::open(data.0.join("store.sqlite")).unwrap();
        db.execute(damage, []).unwrap();
        drop(db);
        let error = refused(&data, vec![demo_site()]).await;
        assert!(matches!(error, StartError::Log { .. }), "{damage}: {error}");
        let error = error.to_string();
        assert!(
            error.contains(sentence) && error.contains("backup"),
            "{damage}: {error}"
        );
    }
}
