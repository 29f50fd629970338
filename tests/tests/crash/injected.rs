//! System calls that fail, or are the last thing that the process does. A run whose fault did not happen does not count.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;

use raspiska_shared::receipt::{Method, State};
use raspiska_tests::author::{Author, disclosure};
use raspiska_tests::place;

use super::chance::{Chance, tell};
use super::house::{Heard, House, Sent};
use super::load::{until, work};
use super::tracer::{self, Effect, Fault, Tracer};

/// The calls by which the server changes what is on the disk, or opens it. Any other one in [`OTHERS`] would be a gap in these
/// tests.
const CALLS: [&str; 8] = [
    "mkdir",
    "openat",
    "write",
    "pwrite64",
    "fsync",
    "ftruncate",
    "rename",
    "unlink",
];
/// Calls of the same kind that it does not make, on Linux with the SQLite that is built in.
const OTHERS: &str = "open,creat,mkdirat,writev,pwritev,pwritev2,fdatasync,sync_file_range,msync,truncate,fallocate,renameat,\
    renameat2,link,linkat,symlink,symlinkat,unlinkat,sendfile,copy_file_range";
/// Most moments of one call in the first start that are tried with each effect.
const MOMENTS: u64 = 6;

#[tokio::test]
async fn no_call_that_changes_the_disk_is_left_out() {
    let house = House::new();
    let trace = house.folder.path().join("trace");
    let others: Vec<&str> = OTHERS.split(',').collect();
    house.launch(&tracer::watch(
        &files(&house),
        &[&CALLS[..], &others[..]].concat(),
        &trace,
    ));
    house.server.is_up().await;
    house.recognise().await;
    work(&house, &Chance::new("calls"), 100).await;
    house.server.stop().await;
    let text = tracer::read(&trace);
    let made = |call: &str| text.matches(&format!(" {call}(")).count();
    let counted: Vec<String> = CALLS
        .iter()
        .map(|call| format!("{call} {}", made(call)))
        .collect();
    tell(&format!("calls of one life: {}", counted.join(", ")));
    for call in CALLS {
        assert!(made(call) > 0, "{call} is not made any more");
    }
    for call in others {
        assert_eq!(
            made(call),
            0,
            "{call} is made, and has to be made to fail here"
        );
    }
}

#[tokio::test]
async fn the_first_start_survives_every_call() {
    let chance = Chance::new("faults of the first start");
    let dry = House::new();
    let trace = dry.folder.path().join("trace");
    dry.launch(&tracer::watch(&files(&dry), &CALLS, &trace));
    dry.server.is_up().await;
    dry.server.crash();
    let (mut fired, mut killed) = (0, 0);
    for call in CALLS {
        for moment in chance.sample(MOMENTS, tracer::count(&trace, call)) {
            for effect in [Effect::Eio, Effect::Enospc, Effect::Kill] {
                first_start(call, effect, moment).await;
                fired += 1;
                killed += u64::from(effect == Effect::Kill);
            }
        }
    }
    tell(&format!(
        "faults of the first start: {fired} happened, {killed} of them a kill; every next start had a log, and its key"
    ));
}

/// The first start meets a fault; the second one does not, and has to be as good as a first.
async fn first_start(call: &'static str, effect: Effect, moment: u64) {
    let what = format!("{effect:?} at {call} number {moment}");
    let house = House::new();
    let trace = house.folder.path().join("trace");
    let fault = Fault::once(&files(&house), call, effect, moment);
    house.launch(&fault.under(&trace));
    match house.server.comes_up().await {
        // Not needed after all. What it confirms counts.
        Ok(()) => {
            house.recognise().await;
            let author = Author::new(house.site());
            for _ in 0..3 {
                house.send(&Sent::Receipt(author.gives("analytics"))).await;
            }
            house.server.crash();
        }
        Err(status) => ended(&house, status, effect, &what),
    }
    if effect != Effect::Kill {
        assert!(tracer::fired(&trace, call) > 0, "{what} did not happen");
    }
    house.reopen().await;
    let receipt = Author::new(house.site()).gives("analytics");
    assert!(
        matches!(
            house.send(&Sent::Receipt(receipt)).await,
            Heard::Confirmed(_)
        ),
        "{what}"
    );
    house.server.stop().await;
}

/// It was killed as it had to be, or it said in a sentence why it does not go on.
fn ended(house: &House, status: ExitStatus, effect: Effect, what: &str) {
    if effect == Effect::Kill {
        assert_eq!(
            status.signal(),
            Some(9),
            "{what}: {}",
            house.server.last_words()
        );
        return;
    }
    let told = house.server.tells();
    // Where the lines themselves cannot be written there is nothing to read.
    let last = told.lines().last().unwrap_or_default();
    assert_eq!(status.code(), Some(1), "{what}: {told}");
    assert!(
        last.starts_with("raspiska: ") && last.split(' ').count() > 6,
        "{what}: no sentence in {told:?}"
    );
}

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

#[tokio::test]
async fn it_goes_on_when_its_log_lines_cannot_be_written() {
    let house = House::new();
    let trace = house.folder.path().join("trace");
    let lines = house.folder.path().join("server.log");
    let fault = Fault {
        files: vec![lines],
        calls: vec![("write", Effect::Enospc, "1+".to_owned())],
    };
    house.launch(&fault.under(&trace));
    house.server.is_up().await;
    house.recognise().await;
    work(&house, &Chance::new("no log lines"), 50).await;
    house.holds().await;
    house.server.stop().await;
    let lost = tracer::fired(&trace, "write");
    assert!(lost > 50, "log lines were lost: {lost}");
    tell(&format!(
        "no log lines: {lost} lost, {} receipts confirmed",
        house.confirmed()
    ));
}

#[tokio::test]
async fn personal_data_are_not_shown_when_the_look_cannot_be_recorded() {
    let house = House::new();
    house.open().await;
    let author = Author::new(house.site());
    let mut draft = author.drafts("contact", Method::Form, &[("contact", State::Given)]);
    draft.disclosures = vec![disclosure("email", "somebody@example.org")];
    let signed = author.signs(draft);
    let receipt = signed.hash.to_string();
    house.send(&Sent::Receipt(signed)).await;

    let trace = house.folder.path().join("trace");
    let data = house.server.data();
    let inbox = ["inbox", "--data", &data.to_string_lossy(), &receipt];
    let shown = house.server.runs_command(&inbox);
    assert!(shown.status.success() && !shown.stdout.is_empty());
    for (call, effect) in [("fsync", Effect::Eio), ("pwrite64", Effect::Enospc)] {
        let fault = Fault::once(&[store(&house, "-wal")], call, effect, 1);
        let refused = house
            .server
            .runs_command_under(&fault.under(&trace), &inbox);
        assert!(tracer::fired(&trace, call) > 0, "{fault:?} did not happen");
        assert_eq!(refused.status.code(), Some(1), "{fault:?}");
        assert!(
            refused.stdout.is_empty(),
            "{fault:?}: it was shown all the same"
        );
        let sentence = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            sentence.starts_with("raspiska: ") && !sentence.contains("example"),
            "{sentence}"
        );
    }
    house.holds().await;
}

fn store(house: &House, suffix: &str) -> PathBuf {
    house.server.data().join(format!("store.sqlite{suffix}"))
}

/// Everything that the server writes, and what it cannot do without.
fn files(house: &House) -> Vec<PathBuf> {
    let data = house.server.data();
    let keys = ["vault", "log-jetcrm", "operator-jetcrm"];
    let keys = keys
        .iter()
        .flat_map(|key| [format!("{key}.key"), format!("{key}.key.new")]);
    let stores = ["", "-wal", "-shm", "-journal"].map(|suffix| format!("store.sqlite{suffix}"));
    let inside = keys
        .chain(stores)
        .chain(["lock".to_owned()])
        .map(|name| data.join(name));
    let around = [
        data.clone(),
        house.folder.path().to_owned(),
        place::site().join("site.toml"),
    ];
    let all = inside.chain(around);
    // strace compares names as the kernel does, without links.
    all.map(|path| fs::canonicalize(&path).unwrap_or(path))
        .collect()
}
