//! A log and its witnesses: what is published, and when.

use raspiska_server::store::{Published, Sqlite, Store as _, StoreError};
use raspiska_shared::log::checkpoint::Checkpoint;

use crate::{
    faulty::{Call, Fault},
    house::{House, SITE, raspiska},
    watched::{cosigners, failed, failures, log, new, proved, published, until, watched},
    witness::{Mood, Witness},
};

#[tokio::test]
async fn what_is_published_has_the_witness_s_word() {
    let witness = Witness::new(1);
    let house = new(1, &[&witness]).await;
    let empty = house.checkpoint().await;
    assert_eq!(empty.size, 0);
    for size in 1..=3 {
        let signed = log(&house, size).await;
        published(&house, size).await;
        assert_eq!(cosigners(&house, &[&witness]).await, [true]);
        assert_eq!(proved(&house, &signed).await, size);
        assert_eq!(house.audit().await.len() as u64, size);
    }
    // It was asked for each head once, from where it was.
    assert_eq!(
        witness.memory().asked,
        [(0, 1, 200), (1, 2, 200), (2, 3, 200)]
    );
    let metrics = house.get("/metrics").await;
    for line in [
        "raspiska_cosignatures_total{site=\"jetcrm\",witness=\"witness1.example\"} 3",
        "raspiska_published_size{site=\"jetcrm\"} 3",
    ] {
        assert!(metrics.text().contains(line), "{}", metrics.text());
    }
}

#[tokio::test]
async fn receipts_wait_for_nobody() {
    let witness = Witness::new(1);
    witness.is(Mood::Status(500));
    let house = new(1, &[&witness]).await;
    let first = log(&house, 1).await;
    failed(&house, &witness, "status").await;
    let second = log(&house, 2).await;
    // Nothing is published, everything is proved: up to the head.
    assert_eq!(house.audit().await.len(), 0);
    assert_eq!(proved(&house, &first).await, 2);
    witness.is(Mood::Honest);
    published(&house, 2).await;
    let third = log(&house, 3).await;
    published(&house, 3).await;
    for signed in [&first, &second, &third] {
        assert_eq!(proved(&house, signed).await, 3);
    }
    assert_eq!(house.audit().await.len(), 3);
}

#[tokio::test]
async fn a_proof_leads_to_what_is_published_where_that_covers_the_entry() {
    let witness = Witness::new(1);
    let house = new(1, &[&witness]).await;
    let first = log(&house, 1).await;
    published(&house, 1).await;
    witness.is(Mood::Status(503));
    let second = log(&house, 2).await;
    failed(&house, &witness, "status").await;
    assert_eq!(proved(&house, &first).await, 1);
    assert_eq!(proved(&house, &second).await, 2);
    assert_eq!(house.checkpoint().await.size, 1);
}

#[tokio::test]
async fn a_quorum_of_two_needs_both_and_of_one_takes_either() {
    let witnesses = [Witness::new(1), Witness::new(2)];
    let both = [&witnesses[0], &witnesses[1]];
    witnesses[1].is(Mood::Status(503));
    let house = new(2, &both).await;
    log(&house, 1).await;
    failed(&house, both[1], "status").await;
    until("the first cosigned", async || both[0].memory().size == 1).await;
    assert_eq!(house.checkpoint().await.size, 0);
    witnesses[1].is(Mood::Honest);
    published(&house, 1).await;
    assert_eq!(cosigners(&house, &both).await, [true, true]);

    let house = watched(house.close(), 1, &both).await;
    witnesses[0].is(Mood::Status(503));
    log(&house, 2).await;
    published(&house, 2).await;
    assert_eq!(cosigners(&house, &both).await, [false, true]);
    // The late one's word is added.
    witnesses[0].is(Mood::Honest);
    let late = async || cosigners(&house, &both).await == [true, true];
    until("both have cosigned", late).await;
    assert_eq!(house.checkpoint().await.size, 2);
    house.audit().await;
}

#[tokio::test]
async fn a_restart_remembers_what_was_published_and_where_each_witness_is() {
    let witness = Witness::new(1);
    let house = new(1, &[&witness]).await;
    log(&house, 1).await;
    published(&house, 1).await;
    let shown = house.get("/log/jetcrm/checkpoint").await.body;

    witness.is(Mood::Status(500));
    let house = watched(house.close(), 1, &[&witness]).await;
    assert_eq!(house.get("/log/jetcrm/checkpoint").await.body, shown);
    log(&house, 2).await;
    failed(&house, &witness, "status").await;
    assert_eq!(house.get("/log/jetcrm/checkpoint").await.body, shown);

    let data = house.close();
    witness.is(Mood::Honest);
    witness.memory().asked.clear();
    let house = watched(data, 1, &[&witness]).await;
    published(&house, 2).await;
    assert_eq!(witness.memory().asked, [(1, 2, 200)]);
    // Nothing is new, so nobody is asked: the published lines are read back.
    let house = watched(house.close(), 1, &[&witness]).await;
    log(&house, 3).await;
    published(&house, 3).await;
    assert_eq!(witness.memory().asked, [(1, 2, 200), (2, 3, 200)]);
    house.audit().await;
}

#[tokio::test]
async fn what_was_published_keeps_the_witnesses_word_when_the_log_s_key_changes() {
    let witness = Witness::new(1);
    let house = new(1, &[&witness]).await;
    log(&house, 1).await;
    published(&house, 1).await;
    // One more that is not published: two heads are signed anew.
    witness.is(Mood::Status(500));
    log(&house, 2).await;
    failed(&house, &witness, "status").await;
    let old = house.vkey.clone();

    let data = house.close();
    let (code, _, error) = raspiska(&["key", "rotate", "log", "--data", data.0.to_str().unwrap()]);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    let house = watched(data, 1, &[&witness]).await;
    assert_ne!(house.vkey, old);
    assert_eq!(house.checkpoint().await.size, 1);
    assert_eq!(cosigners(&house, &[&witness]).await, [true]);
    let shown = house.get("/log/jetcrm/checkpoint").await;
    assert!(Checkpoint::open(shown.text(), &old).is_err());

    // The witness was given the new key, and goes on.
    witness.is(Mood::Honest);
    published(&house, 2).await;
    house.audit().await;
}

#[tokio::test]
async fn with_or_without_witnesses_what_is_shown_never_shrinks() {
    let witness = Witness::new(1);
    let house = new(1, &[]).await;
    log(&house, 1).await;
    assert_eq!(house.checkpoint().await.size, 1);
    // New witnesses: the head stays, without their word at first.
    witness.is(Mood::Status(500));
    let house = watched(house.close(), 1, &[&witness]).await;
    assert_eq!(house.checkpoint().await.size, 1);
    log(&house, 2).await;
    failed(&house, &witness, "status").await;
    assert_eq!(house.checkpoint().await.size, 1);
    // Without them the heads are shown again, and when they come back it goes on from there.
    let house = watched(house.close(), 1, &[]).await;
    assert_eq!(house.checkpoint().await.size, 2);
    log(&house, 3).await;
    let house = watched(house.close(), 1, &[&witness]).await;
    assert_eq!(house.checkpoint().await.size, 3);
    assert_eq!(cosigners(&house, &[&witness]).await, [false]);
    witness.is(Mood::Honest);
    let cosigned = async || cosigners(&house, &[&witness]).await == [true];
    until("the same head gets the witness's word", cosigned).await;
    assert_eq!(house.checkpoint().await.size, 3);
}

#[tokio::test]
async fn a_store_that_fails_publishes_later() {
    let witness = Witness::new(1);
    let house = new(1, &[&witness]).await;
    log(&house, 1).await;
    published(&house, 1).await;
    for (call, fault) in [
        (Call::Publish, Fault::Nothing),
        (Call::Publish, Fault::Everything),
        (Call::Head, Fault::Nothing),
        (Call::Tile, Fault::Nothing),
    ] {
        let size = house.checkpoint().await.size;
        witness.is(Mood::Status(500));
        let failures_before = failures(&house, &witness, "status").await;
        log(&house, size + 1).await;
        let more = async || failures(&house, &witness, "status").await > failures_before;
        until("the witness fails", more).await;
        house.store.fail(call, fault);
        witness.is(Mood::Honest);
        published(&house, size + 1).await;
        assert!(house.store.has_failed(), "{call:?} was called");
        house.audit().await;
    }
}

#[tokio::test]
async fn the_store_keeps_the_largest() {
    let house = House::open().await;
    let data = house.close();
    let store = Sqlite::open(&data.0.join("store.sqlite")).unwrap();
    assert_eq!(store.published(SITE).unwrap(), None);
    let of = |size: u64, confirmed: &[(&str, u64)]| Published {
        size,
        checkpoint: format!("{size}"),
        confirmed: confirmed
            .iter()
            .map(|(key, size)| ((*key).to_owned(), *size))
            .collect(),
    };
    let steps = [
        of(3, &[("a", 3)]),
        of(3, &[("a", 3), ("b", 1)]),
        of(5, &[("b", 5)]),
    ];
    for step in &steps {
        store.publish(SITE, Some(step)).unwrap();
        assert_eq!(store.published(SITE).unwrap().as_ref(), Some(step));
    }
    let smaller = store.publish(SITE, Some(&of(4, &[("a", 4)])));
    assert!(matches!(smaller, Err(StoreError::Conflict)), "{smaller:?}");
    assert_eq!(store.published(SITE).unwrap().as_ref(), steps.last());
    store.publish(SITE, None).unwrap();
    assert_eq!(store.published(SITE).unwrap(), None);
}
