//! A backup beside the running server, and what a restored one holds.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::http::StatusCode;
use raspiska_server::clock::Clock;
use raspiska_shared::receipt::{Signed, State};
use tokio::task::JoinSet;

use crate::{
    house::{House, Scratch, raspiska, receipt_request, send},
    person::Person,
};

fn backup(file: &Path, data: &Path) -> (Option<i32>, String, String) {
    raspiska(&[
        "backup".as_ref(),
        file.as_os_str(),
        "--data".as_ref(),
        data.as_os_str(),
    ])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_before_a_backup_is_in_it_at_its_place() {
    let house = House::open().await;
    let mut kept: Vec<(Signed, u64)> = Vec::new();
    for number in 0..40 {
        let signed = match number % 4 {
            0 => Person::new(number).contact(&house.site, &[("email", "a@example.org")], "x"),
            _ => Person::new(number).analytics(&house.site, State::Given),
        };
        let index = house.log(&signed).await.index;
        kept.push((signed, index));
    }

    // Others write for as long as it takes.
    let done = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for writer in 0..4_u64 {
        let (done, router, site) = (Arc::clone(&done), house.router.clone(), house.site.clone());
        writers.spawn(async move {
            let mut written = 0;
            while !done.load(Ordering::Relaxed) {
                let person = Person::new(1000 * (writer + 1) + written);
                let signed = person.analytics(&site, State::Given);
                let answer = send(&router, receipt_request(signed.text)).await;
                assert_eq!(answer.status, StatusCode::CREATED);
                written += 1;
            }
            written
        });
    }
    let place = Scratch::new();
    let file = place.0.join("store.backup");
    let (from, to) = (house.data.0.clone(), file.clone());
    let before = house.checkpoint().await.size;
    let made = tokio::task::spawn_blocking(move || backup(&to, &from)).await;
    let (code, told, error) = made.unwrap();
    // They were not held up: each wrote while the copy was made or right after it.
    done.store(true, Ordering::Relaxed);
    let mut written = 0;
    while let Some(count) = writers.join_next().await {
        written += count.unwrap();
    }
    assert!(written > 0);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    for words in [
        "site jetcrm: ",
        "head and tree hold",
        "vault.key",
        "log-jetcrm.key",
        "operator-jetcrm.key",
    ] {
        assert!(told.contains(words), "{words:?} is not in\n{told}");
    }
    let names: Vec<_> = fs::read_dir(&place.0)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["store.backup"], "nothing else is left beside it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    // No key is in it.
    let bytes = fs::read(&file).unwrap();
    for name in ["vault.key", "log-jetcrm.key", "operator-jetcrm.key"] {
        let hex = fs::read_to_string(house.data.0.join(name)).unwrap();
        let hex = hex.trim().as_bytes();
        assert!(
            !bytes.windows(hex.len()).any(|window| window == hex),
            "{name}"
        );
    }

    // Restored as deploy/README.md says: the file and the keys in a new directory.
    let restored = Arc::new(Scratch::new());
    fs::copy(&file, restored.0.join("store.sqlite")).unwrap();
    for name in ["vault.key", "log-jetcrm.key", "operator-jetcrm.key"] {
        fs::copy(house.data.0.join(name), restored.0.join(name)).unwrap();
    }
    let house = House::open_in(restored, |_| (), Clock::system())
        .await
        .unwrap();
    let entries = house.audit().await;
    assert!(entries.len() as u64 >= before);
    for (signed, index) in &kept {
        let path = format!("/v1/sites/jetcrm/receipts/{}", signed.hash);
        let answer = house.get(&path).await;
        assert_eq!(house.check(&answer, signed).index, *index);
    }
    // Values open, and the log goes on.
    let data = house.data.0.to_str().unwrap();
    let (code, told, _) = raspiska(&["inbox", &kept[0].0.hash.to_string(), "--data", data]);
    assert_eq!(code, Some(0));
    assert!(told.contains("a@example.org"), "{told}");
    house
        .log(&Person::new(9).analytics(&house.site, State::Given))
        .await;
}

#[tokio::test]
async fn a_backup_is_whole_or_not_there() {
    let house = House::open().await;
    let data = house.close();
    let place = Scratch::new();
    let file = place.0.join("a");
    let refused = |file: &Path, sentence: &str| {
        let (code, _, error) = backup(file, &data.0);
        assert_eq!(code, Some(1));
        assert!(error.contains(sentence), "{error}");
    };

    fs::write(&file, "mine").unwrap();
    refused(&file, "never overwritten");
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    fs::remove_file(&file).unwrap();

    // Killed in the middle, it leaves the other name.
    let partial = place.0.join("a.partial");
    fs::write(&partial, "half").unwrap();
    refused(&file, "was interrupted");
    fs::remove_file(&partial).unwrap();

    refused(&place.0.join("no/such/folder"), "no/such/folder");
    let (code, _, error) = backup(&file, &place.0);
    assert_eq!(code, Some(1));
    assert!(error.contains("there is no store here"), "{error}");

    // A store that does not hold is not called a backup.
    let db = rusqlite::Connection::open(data.0.join("store.sqlite")).unwrap();
    db.execute("UPDATE log SET size = 1", []).unwrap();
    drop(db);
    refused(&file, "the copy does not hold, site jetcrm");
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0);
}
