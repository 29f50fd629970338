//! Two servers on one store, and two stores with one key.

use std::fs;
use std::os::unix::fs::symlink;

use raspiska_tests::must;
use raspiska_tests::place::{self, SITE};

use super::chance::Chance;
use super::house::House;
use super::load::work;

#[tokio::test]
async fn a_second_server_is_refused_and_the_first_goes_on() {
    let house = House::new();
    house.open().await;
    let other = House::new();
    must("a link", symlink(house.server.data(), other.server.data()));
    other.launch(&[]);
    let told = match other.server.comes_up().await {
        Ok(()) => panic!("two servers use one data directory"),
        Err(status) => (status.code(), other.server.tells()),
    };
    assert_eq!(told.0, Some(1), "{}", told.1);
    assert!(
        told.1.contains("another server uses this data directory"),
        "{}",
        told.1
    );

    work(&house, &Chance::new("a second server"), 20).await;
    // Its end lets the next one in, also an end by force.
    house.server.crash();
    other.launch(&[]);
    other.server.is_up().await;
    other.server.stop().await;
    house.reopen().await;
}

/// Nobody can refuse this either: what is left is an older state, whole and signed. Who remembers a newer checkpoint, such as
/// the holder of a receipt, an auditor or a witness, sees that the log went back.
#[tokio::test]
async fn without_its_write_ahead_log_a_store_is_older_and_its_own_proofs_show_it() {
    let chance = Chance::new("no write-ahead log");
    let house = House::new();
    house.open().await;
    work(&house, &chance, 20).await;
    house.server.stop().await;
    house.open().await;
    work(&house, &chance, 20).await;
    house.holds().await;
    let (size, _) = house.head();
    house.server.crash();
    let wal = house.server.data().join("store.sqlite-wal");
    assert!(must("the write-ahead log", fs::metadata(&wal)).len() > 0);
    must("its end", fs::remove_file(&wal));

    house.open().await;
    let note = house
        .server
        .get(&format!("/log/{SITE}/checkpoint"))
        .await
        .text();
    let found: u64 = must("a size", note.lines().nth(1).unwrap_or_default().parse());
    assert!(
        0 < found && found < size,
        "{found} of {size} entries are left"
    );
}

/// Nobody can refuse this: a copy of the data with its keys is a second log under the same name. What it signs convicts it.
#[tokio::test]
async fn a_copied_data_directory_makes_a_fork_that_two_checkpoints_show() {
    let chance = Chance::new("a copy");
    let house = House::new();
    house.open().await;
    work(&house, &chance, 20).await;
    house.server.stop().await;
    let copy = House::new();
    place::copy(&house.server.data(), &copy.server.data());
    house.open().await;
    copy.open().await;
    house.holds().await;
    copy.holds().await;
    assert_eq!(house.head(), copy.head(), "until here they are one log");

    work(&house, &chance, 20).await;
    house.holds().await;
    let (size, root) = house.head();
    // How much is confirmed in a while is the machine's affair.
    while copy.head().0 <= size {
        work(&copy, &chance, 40).await;
        copy.holds().await;
    }
    assert_ne!(
        copy.root(size),
        root,
        "the larger log does not extend the smaller one, and both are signed by one key"
    );
}
