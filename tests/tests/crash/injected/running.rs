//! Calls that fail under load, while it recovers, in checkpoints of the write-ahead log, and while it stops.

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;

use super::store;
use crate::crash::chance::{Chance, tell};
use crate::crash::house::House;
use crate::crash::load::{until, work};
use crate::crash::tracer::{self, Effect, Fault, Tracer};

#[tokio::test]
async fn under_load_it_survives_every_call_and_recovers_by_itself() {
    let chance = Chance::new("faults under load");
    let house = House::new();
    let [db, wal] = [store(&house, ""), store(&house, "-wal")];
    let once = |file: &PathBuf, call, effect, when| {
        Fault::once(std::slice::from_ref(file), call, effect, when)
    };
    let mut faults = Vec::new();
    for effect in [Effect::Eio, Effect::Enospc, Effect::Kill] {
        // A commit writes some twenty pages, each with its header, and syncs once.
        faults.push(once(&wal, "pwrite64", effect, 1 + chance.below(20)));
        faults.push(once(&wal, "pwrite64", effect, 20 + chance.below(200)));
        faults.push(once(&wal, "fsync", effect, 1 + chance.below(3)));
        faults.push(once(&wal, "fsync", effect, 4 + chance.below(20)));
        // Only a checkpoint of the write-ahead log touches the store's own file.
        faults.push(once(&db, "pwrite64", effect, 1 + chance.below(10)));
        faults.push(once(&db, "fsync", effect, 1));
    }
    // While it recovers from one failure, the next one.
    for file in [&db, &wal] {
        for effect in [Effect::Eio, Effect::Kill] {
            faults.push(Fault {
                files: vec![db.clone(), wal.clone(), file.clone()],
                calls: vec![
                    ("fsync", Effect::Eio, "2".to_owned()),
                    ("openat", effect, "1".to_owned()),
                ],
            });
        }
    }
    // A disk that stays broken, or full.
    for (call, effect) in [
        ("fsync", Effect::Eio),
        ("pwrite64", Effect::Enospc),
        ("pwrite64", Effect::Eio),
    ] {
        faults.push(Fault {
            files: vec![wal.clone()],
            calls: vec![(call, effect, "1+".to_owned())],
        });
    }
    let (mut failed, mut killed) = (0, 0);
    house.open().await;
    for (number, fault) in faults.iter().enumerate() {
        match under_load(&house, &chance, fault, number).await {
            Some(fired) => failed += fired,
            None => killed += 1,
        }
        house.reopen().await;
    }
    house.reread().await;
    house.server.stop().await;
    tell(&format!(
        "faults under load: {} runs; {failed} calls failed, {killed} were a kill; {} receipts confirmed, {} answers 503; lost \
         0, doubled 0",
        faults.len(),
        house.confirmed(),
        house.refused.get()
    ));
}

/// Lets people write until the fault has happened; then lets go, and sees the server recover. None: it was killed.
async fn under_load(house: &House, chance: &Chance, fault: &Fault, number: usize) -> Option<u64> {
    let trace = house.folder.path().join(format!("trace-{number}"));
    let id = house.server.id().expect("a server that runs");
    let refused = house.refused.get();
    let deadly = fault
        .calls
        .iter()
        .any(|(_, effect, _)| *effect == Effect::Kill);
    // What goes on failing is watched for a while.
    let lasting = fault.calls.iter().any(|(.., when)| when.ends_with('+'));
    let mut tracer = Tracer::attach(id, fault, &trace).await;
    until(house, chance, &format!("it happens: {fault:?}"), || {
        let all = fault
            .calls
            .iter()
            .all(|(call, ..)| tracer::fired(&trace, call) > 0);
        let seen = !lasting || house.refused.get() > refused + 30;
        !house.server.runs() || (!deadly && all && seen)
    })
    .await;
    if deadly {
        let status = house.server.ends().await;
        assert_eq!(
            status.signal(),
            Some(9),
            "{fault:?}: {}",
            house.server.last_words()
        );
        return None;
    }
    let fired = fault
        .calls
        .iter()
        .map(|(call, ..)| tracer::fired(&trace, call))
        .sum();
    tracer.let_go();
    work(house, chance, 20).await;
    house.server.crash();
    Some(fired)
}

#[tokio::test]
async fn while_it_stops_it_survives_every_call() {
    let chance = Chance::new("faults of the stop");
    let house = House::new();
    let [db, wal] = [store(&house, ""), store(&house, "-wal")];
    let (mut failed, mut killed) = (0, 0);
    house.open().await;
    for (number, (file, call)) in [
        (&db, "pwrite64"),
        (&db, "fsync"),
        (&wal, "fsync"),
        (&wal, "unlink"),
    ]
    .into_iter()
    .enumerate()
    {
        for effect in [Effect::Eio, Effect::Kill] {
            let fault = Fault::once(std::slice::from_ref(file), call, effect, 1);
            let trace = house
                .folder
                .path()
                .join(format!("trace-{number}-{effect:?}"));
            work(&house, &chance, 30).await;
            let id = house.server.id().expect("a server that runs");
            let tracer = Tracer::attach(id, &fault, &trace).await;
            house.server.is_asked_to_stop();
            let status = house.server.ends().await;
            drop(tracer);
            if effect == Effect::Kill {
                assert_eq!(status.signal(), Some(9), "{fault:?} did not happen");
                killed += 1;
            } else {
                assert!(tracer::fired(&trace, call) > 0, "{fault:?} did not happen");
                assert!(
                    status.success(),
                    "{fault:?}: all is in the write-ahead log: {status}"
                );
                failed += 1;
            }
            house.reopen().await;
        }
    }
    house.reread().await;
    tell(&format!(
        "faults of the stop: {failed} calls failed, {killed} were a kill"
    ));
}
