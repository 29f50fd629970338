//! Neither is believed without proof: a witness that lies, hangs or forgets, and a log that goes back.

use std::fs;

use raspiska_shared::log::tree::EMPTY_ROOT;

use crate::{
    watched::{cosigners, failed, failures, log, new, proved, published, until, watched},
    witness::{Mood, Witness},
};

#[tokio::test]
async fn no_lie_is_published() {
    let lies = [
        (Mood::OtherText, "cosignature"),
        (Mood::OtherKey, "cosignature"),
        (Mood::Says(""), "cosignature"),
        (Mood::Says("OK\n"), "cosignature"),
        (Mood::Says("\n\u{2014} x AAAAAAAA\n"), "cosignature"),
        (Mood::Late(-3600), "clock"),
        (Mood::Late(3600), "clock"),
        (Mood::Never, "clock"),
        (Mood::Status(403), "forbidden"),
        (Mood::Status(404), "unknown"),
        (Mood::Status(409), "size"),
        (Mood::Status(422), "inconsistent"),
        (Mood::Status(302), "status"),
        (Mood::Restless, "restless"),
        (Mood::Echo, "restless"),
        (Mood::Claims(u64::MAX), "rolled-back"),
        (Mood::Endless, "unreachable"),
    ];
    // One witness for each, any of which would be enough.
    let witnesses: Vec<Witness> = (1..)
        .zip(&lies)
        .map(|(number, _)| Witness::new(number))
        .collect();
    let all: Vec<&Witness> = witnesses.iter().collect();
    for (witness, (mood, _)) in all.iter().zip(lies) {
        witness.is(mood);
    }
    let house = new(1, &all).await;
    let signed = log(&house, 1).await;
    for (witness, (_, reason)) in all.iter().zip(lies) {
        failed(&house, witness, reason).await;
    }
    assert_eq!(house.checkpoint().await.size, 0);
    assert_eq!(proved(&house, &signed).await, 1);
    // It is forgiven when they do what they should.
    for witness in &all {
        witness.is(Mood::Honest);
    }
    let cosigned = async || {
        cosigners(&house, &all)
            .await
            .iter()
            .all(|cosigned| *cosigned)
    };
    until("all have cosigned", cosigned).await;
    assert_eq!(house.audit().await.len(), 1);
}

#[tokio::test]
async fn a_witness_that_hangs_holds_up_nobody() {
    let (silent, prompt) = (Witness::new(1), Witness::new(2));
    silent.is(Mood::Silent);
    let house = new(1, &[&silent, &prompt]).await;
    for size in 1..=2 {
        log(&house, size).await;
        published(&house, size).await;
    }
    assert_eq!(cosigners(&house, &[&silent, &prompt]).await, [false, true]);
    // The time-out is a failure like any other.
    failed(&house, &silent, "unreachable").await;

    silent.is(Mood::Honest);
    let caught_up = async || cosigners(&house, &[&silent]).await == [true];
    until("the silent one speaks", caught_up).await;
    silent.is(Mood::Silent);
    let asked = silent.memory().asked.len();
    log(&house, 3).await;
    until("it is asked", async || silent.memory().asked.len() > asked).await;
    // The next server does not wait for the open question either.
    let data = house.close();
    let house = watched(data, 1, &[&silent, &prompt]).await;
    published(&house, 3).await;
}

#[tokio::test]
async fn who_has_forgotten_says_where_to_begin() {
    let witness = Witness::new(1);
    let house = new(1, &[&witness]).await;
    for size in 1..=3 {
        log(&house, size).await;
        published(&house, size).await;
    }
    // The server forgets where the witness is.
    let data = house.close();
    let db = rusqlite::Connection::open(data.0.join("store.sqlite")).unwrap();
    assert_eq!(db.execute("DELETE FROM witness", []).unwrap(), 1);
    drop(db);
    witness.memory().asked.clear();
    let house = watched(data, 1, &[&witness]).await;
    log(&house, 4).await;
    published(&house, 4).await;
    assert_eq!(witness.memory().asked, [(0, 4, 409), (3, 4, 200)]);

    // The witness forgets the log, or all but its beginning.
    {
        let memory = &mut *witness.memory();
        (memory.size, memory.root) = (0, EMPTY_ROOT);
        memory.asked.clear();
    }
    log(&house, 5).await;
    published(&house, 5).await;
    assert_eq!(witness.memory().asked, [(4, 5, 409), (0, 5, 200)]);
    assert_eq!(failures(&house, &witness, "restless").await, 0);
}

#[tokio::test]
async fn a_log_that_was_rolled_back_is_found_out() {
    let witness = Witness::new(1);
    let house = new(1, &[&witness]).await;
    log(&house, 1).await;
    published(&house, 1).await;
    let data = house.close();
    let (store, backup) = (data.0.join("store.sqlite"), data.0.join("backup"));
    fs::copy(&store, &backup).unwrap();
    let house = watched(data, 1, &[&witness]).await;
    for size in 2..=4 {
        log(&house, size).await;
        published(&house, size).await;
    }

    // Somebody puts back yesterday's store.
    let data = house.close();
    for name in ["store.sqlite-wal", "store.sqlite-shm"] {
        let _ = fs::remove_file(data.0.join(name));
    }
    fs::copy(&backup, &store).unwrap();
    let house = watched(data, 1, &[&witness]).await;
    log(&house, 12).await;
    failed(&house, &witness, "rolled-back").await;
    assert_eq!(house.checkpoint().await.size, 1);
    // The second history grows beyond the first; the witness has seen the first.
    for number in 13..=16 {
        log(&house, number).await;
    }
    failed(&house, &witness, "inconsistent").await;
    assert_eq!(house.checkpoint().await.size, 1);
    assert_eq!(witness.memory().size, 4);
    house.audit().await;
}
