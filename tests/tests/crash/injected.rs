//! System calls that fail, or are the last thing that the process does. A run whose fault did not happen does not count.

mod running;

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;

use raspiska_shared::receipt::{Method, State};
use raspiska_tests::author::{Author, disclosure};
use raspiska_tests::place;

use super::chance::{Chance, tell};
use super::house::House;
use super::load::work;
use super::promises::{Heard, Sent};
use super::tracer::{self, Effect, Fault};

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

/// Standard error fails, and the log's own thread has something to say: that its batches are not written.
#[tokio::test]
async fn it_goes_on_when_its_log_lines_cannot_be_written() {
    let house = House::new();
    house.open().await;
    house.server.stop().await;
    let trace = house.folder.path().join("trace");
    let fault = Fault {
        files: vec![
            house.folder.path().join("server.log"),
            store(&house, "-wal"),
        ],
        calls: vec![
            ("write", Effect::Enospc, "1+".to_owned()),
            ("fsync", Effect::Eio, "5+5".to_owned()),
        ],
    };
    house.launch(&fault.under(&trace));
    house.server.is_up().await;
    work(&house, &Chance::new("no log lines"), 100).await;
    house.holds().await;
    house.server.crash();
    house.reopen().await;
    let (batches, lines) = (
        tracer::fired(&trace, "fsync"),
        tracer::fired(&trace, "write"),
    );
    assert!(house.refused.get() > 0 && batches > 0, "no batch failed");
    assert!(
        lines > batches,
        "{lines} lines were lost, and {batches} batches failed"
    );
    tell(&format!(
        "no log lines: {lines} lost, {batches} batches failed, {} receipts confirmed",
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
