//! What this machine can do at all: the figures that ours are held against.

use std::{
    fs,
    hint::black_box,
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, http::StatusCode, routing::post};
use ed25519_dalek::{Signer as _, SigningKey};
use raspiska_shared::receipt::Receipt;
use rusqlite::{Connection, TransactionBehavior, params};

use crate::{
    author::Made,
    load::{self, Phase},
};

/// Bytes of a receipt without disclosures, near enough.
const LENGTH: usize = 1150;

#[derive(Default)]
pub(crate) struct Limits {
    /// `verify_strict` a second on one core, over as many bytes as a receipt has.
    pub(crate) verify_strict: f64,
    /// [`Receipt::open`] a second on one core: everything about a receipt but the store.
    pub(crate) open: f64,
    /// Durable transactions of so many rows of a receipt's size, without an index.
    pub(crate) commits: Vec<Commits>,
}

pub(crate) struct Commits {
    pub(crate) rows: usize,
    pub(crate) median: Duration,
    pub(crate) rows_a_second: f64,
}

pub(crate) fn measure(folder: &Path, time: Duration) -> Limits {
    Limits {
        verify_strict: verify_strict(time),
        open: 0.0,
        commits: [1, 16, 64].map(|rows| commits(folder, rows, time)).into(),
    }
}

/// Over as many signatures of as many keys: one alone would be learnt by the processor's predictor.
fn verify_strict(time: Duration) -> f64 {
    let signed: Vec<_> = (0..1024_u64)
        .map(|number| {
            let mut seed = [7; 32];
            seed[..8].copy_from_slice(&number.to_be_bytes());
            let key = SigningKey::from_bytes(&seed);
            let message = seed.repeat(LENGTH / seed.len());
            (key.verifying_key(), key.sign(&message), message)
        })
        .collect();
    rate(&signed, time, |(key, signature, message)| {
        key.verify_strict(message, signature).unwrap();
    })
}

/// Receipts opened a second, on one core.
pub(crate) fn open(receipts: &[Made], time: Duration) -> f64 {
    rate(receipts, time, |made| {
        black_box(Receipt::open(made.signed.text.as_bytes()).unwrap());
    })
}

/// How many of `work` a second, one after the other: the median of ten measurements.
fn rate<T>(subjects: &[T], time: Duration, work: impl Fn(&T)) -> f64 {
    let mut subjects = subjects.iter().cycle();
    let mut rates: Vec<f64> = (0..10)
        .map(|_| {
            let (began, mut count) = (Instant::now(), 0.0);
            while began.elapsed() < time / 10 {
                subjects.by_ref().take(100).for_each(&work);
                count += 100.0;
            }
            count / began.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn commits(folder: &Path, rows: usize, time: Duration) -> Commits {
    let path = folder.join(format!("{rows}.sqlite"));
    let mut db = Connection::open(&path).unwrap();
    db.pragma_update(None, "journal_mode", "wal").unwrap();
    db.pragma_update(None, "synchronous", "full").unwrap();
    db.execute_batch(
        "CREATE TABLE receipt (place INTEGER PRIMARY KEY, token TEXT NOT NULL) STRICT",
    )
    .unwrap();
    let token = "x".repeat(LENGTH);
    let (mut place, mut took) = (0_i64, Vec::new());
    let began = Instant::now();
    while began.elapsed() < time {
        let commit = Instant::now();
        let group = db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .unwrap();
        {
            let mut insert = group
                .prepare_cached("INSERT INTO receipt VALUES (?1, ?2)")
                .unwrap();
            for _ in 0..rows {
                insert.execute(params![place, token]).unwrap();
                place += 1;
            }
        }
        group.commit().unwrap();
        took.push(commit.elapsed());
    }
    let rows_a_second = place as f64 / began.elapsed().as_secs_f64();
    drop(db);
    fs::remove_file(path).unwrap();
    took.sort_unstable();
    Commits {
        rows,
        median: took[took.len() / 2],
        rows_a_second,
    }
}

/// An Axum handler that takes a body and does nothing, in a process of its own, under the same load.
pub(crate) fn empty_handler(connections: usize, time: Duration) -> Phase {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("--empty-handler")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let address = first_line(&mut child);
    let phase = load::repeat(address, connections, time, &"x".repeat(LENGTH));
    child.kill().unwrap();
    child.wait().unwrap();
    phase
}

fn first_line(child: &mut Child) -> SocketAddr {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    line.trim().parse().unwrap()
}

/// The process behind [`empty_handler`].
pub(crate) fn serve_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        std::io::stdout().flush().unwrap();
        let nothing = async |_: Bytes| StatusCode::CREATED;
        let router = Router::new().route("/v1/sites/jetcrm/receipts", post(nothing));
        axum::serve(listener, router).await.unwrap();
    });
}
