//! A log and its witnesses: what is published, and what is not believed.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use raspiska_server::{
    clock::Clock,
    store::{Published, Sqlite, Store as _, StoreError},
};
use raspiska_shared::{
    log::{note, proof::Proof},
    receipt::{Signed, State},
};

use crate::{
    faulty::{Call, Fault},
    house::{House, SITE, Scratch, demo_site},
    person::Person,
    refusals::copy,
    witness::{Mood, Witness},
};

/// Looks until it is so; what hangs for minutes is a failure, not slowness.
async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !look().await {
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "in vain: {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A server over this folder whose log has these witnesses; they know its key.
async fn watched(data: Arc<Scratch>, quorum: usize, witnesses: &[&Witness]) -> House {
    let site = data.0.join("site");
    if !site.exists() {
        copy(&demo_site(), &site);
    }
    let config = fs::read_to_string(demo_site().join("site.toml")).unwrap();
    let log: String = witnesses.iter().map(|witness| witness.config()).collect();
    let log = match witnesses {
        [] => String::new(),
        _ => format!("\n[log]\nquorum = {quorum}\n{log}"),
    };
    fs::write(site.join("site.toml"), config + &log).unwrap();
    let change = |config: &mut raspiska_server::config::Config| config.sites = vec![site];
    let house = House::open_in(data, change, Clock::system()).await.unwrap();
    for witness in witnesses {
        witness.trusts(&house.vkey);
    }
    house
}

async fn new(quorum: usize, witnesses: &[&Witness]) -> House {
    watched(Arc::new(Scratch::new()), quorum, witnesses).await
}

/// Logs one more receipt.
async fn log(house: &House, number: u64) -> Signed {
    let signed = Person::new(number).analytics(&house.site, State::Given);
    house.log(&signed).await;
    signed
}

/// Waits until so many entries are published.
async fn published(house: &House, size: u64) {
    let what = format!("{size} entries are published");
    until(&what, async || house.checkpoint().await.size == size).await;
}

/// Who cosigned what is published.
async fn cosigners(house: &House, witnesses: &[&Witness]) -> Vec<bool> {
    let checkpoint = house.get("/log/jetcrm/checkpoint").await;
    let (text, lines) = note::parse(checkpoint.text()).unwrap();
    let found = |witness: &&Witness| witness.key().find(text, &lines).is_ok();
    witnesses.iter().map(found).collect()
}

/// How often a witness failed for this reason.
async fn failures(house: &House, witness: &Witness, reason: &str) -> u64 {
    let name = witness.key().name().to_owned();
    let line = format!(
        "raspiska_witness_failures_total{{site=\"{SITE}\",witness=\"{name}\",reason=\"{reason}\"}} "
    );
    let metrics = house.get("/metrics").await;
    let count = metrics
        .text()
        .lines()
        .find_map(|own| own.strip_prefix(&line));
    count.map_or(0, |count| count.parse().unwrap())
}

async fn failed(house: &House, witness: &Witness, reason: &str) {
    let what = format!("{} fails: {reason}", witness.key().name());
    until(&what, async || failures(house, witness, reason).await > 0).await;
}

/// The size to which the proof of a logged receipt leads.
async fn proved(house: &House, signed: &Signed) -> u64 {
    let path = format!("/v1/sites/jetcrm/receipts/{}", signed.hash);
    let logged = house.check(&house.get(&path).await, signed);
    let proof = Proof::parse(&logged.proof).unwrap();
    proof.verify(&house.vkey, &signed.hash).unwrap().size
}

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
        (memory.size, memory.root) = (0, raspiska_shared::log::tree::EMPTY_ROOT);
        memory.asked.clear();
    }
    log(&house, 5).await;
    published(&house, 5).await;
    assert_eq!(witness.memory().asked, [(4, 5, 409), (0, 5, 200)]);
    assert_eq!(failures(&house, &witness, "restless").await, 0);
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
