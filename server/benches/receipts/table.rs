//! The figures, as a table for people and as one line of JSON, each beside its limit.

use std::{fmt::Write as _, time::Duration};

use serde_json::{Map, Value};

use crate::{limits::Limits, load::Phase, server::Usage};

const MIB: f64 = 1024.0 * 1024.0;

#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) limits: Limits,
    /// At the connections of `phases`.
    pub(crate) empty_handler: Vec<Phase>,
    pub(crate) phases: Vec<Measured>,
    /// Receipts a second at 64 connections: of the fresh log, of the large one.
    pub(crate) rounds: Vec<(f64, f64)>,
    /// Entries that the large log began with.
    pub(crate) large: u64,
    pub(crate) start_large: Duration,
    pub(crate) commit_in_server: Duration,
    /// Bytes.
    pub(crate) resident_fresh: u64,
    pub(crate) resident_large: u64,
    pub(crate) receipt_length: f64,
    pub(crate) stored_length: f64,
    /// Receipts of the large log that `raspiska fsck` checked in a second, from its start to its end.
    pub(crate) fsck: f64,
    pub(crate) cores: usize,
}

/// A phase, and what the server used during it.
pub(crate) struct Measured {
    connections: usize,
    phase: Phase,
    /// Cores in use.
    cores: f64,
}

impl Measured {
    pub(crate) fn new(connections: usize, phase: Phase, before: Usage, after: Usage) -> Self {
        let used = after.processor.saturating_sub(before.processor);
        Self {
            connections,
            phase,
            cores: used.as_secs_f64() / (after.at - before.at).as_secs_f64(),
        }
    }
}

/// One figure: its key, what it is, its value, and what it has to be.
struct Line {
    key: String,
    about: String,
    value: f64,
    unit: &'static str,
    wanted: Option<Wanted>,
}

#[derive(Clone, Copy)]
enum Wanted {
    AtLeast(f64),
    AtMost(f64),
}

impl Figures {
    /// For people: a line for each figure, with its target where it has one.
    pub(crate) fn table(&self) -> String {
        let mut table = String::new();
        for line in self.lines() {
            let wanted = match line.wanted {
                None => String::new(),
                Some(Wanted::AtLeast(limit)) => verdict(line.value >= limit, "≥", limit),
                Some(Wanted::AtMost(limit)) => verdict(line.value <= limit, "≤", limit),
            };
            let digits = if line.value >= 100.0 { 0 } else { 2 };
            let _ = writeln!(
                table,
                "{:<58} {:>10.digits$} {:<12}{wanted}",
                line.about, line.value, line.unit
            );
        }
        table
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let lines = self.lines().into_iter();
        Value::Object(
            lines
                .map(|line| (line.key, Value::from(line.value)))
                .collect::<Map<_, _>>(),
        )
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut add = |key: &str, about: &str, value: f64, unit, wanted| {
            let (key, about) = (key.to_owned(), about.to_owned());
            lines.push(Line {
                key,
                about,
                value,
                unit,
                wanted,
            });
        };
        let signatures = self.limits.verify_strict;
        add(
            "verify_strict_per_second",
            "limit: verify_strict on one core",
            signatures,
            "/s",
            None,
        );
        for commits in &self.limits.commits {
            let rows = commits.rows;
            add(
                &format!("sqlite_commit_ms_{rows}"),
                &format!("limit: SQLite, durable commit of {rows} rows, median"),
                millis(commits.median),
                "ms",
                None,
            );
            add(
                &format!("sqlite_rows_per_second_{rows}"),
                &format!("limit: SQLite, rows in commits of {rows}"),
                commits.rows_a_second,
                "/s",
                None,
            );
        }
        for (measured, empty) in self.phases.iter().zip(&self.empty_handler) {
            let (n, phase) = (measured.connections, &measured.phase);
            let at = if n == 1 {
                "1 connection".to_owned()
            } else {
                format!("{n} connections")
            };
            add(
                &format!("empty_handler_per_second_{n}"),
                &format!("limit: an empty Axum handler, {at}"),
                empty.rate(),
                "/s",
                None,
            );
            add(
                &format!("receipts_per_second_{n}"),
                &format!("durable receipts, {at}"),
                phase.rate(),
                "/s",
                None,
            );
            let target = (n == 64).then_some(Wanted::AtLeast(0.4));
            let key = if n == 64 {
                "ratio_to_verify_strict".to_owned()
            } else {
                format!("ratio_to_verify_strict_{n}")
            };
            add(
                &key,
                "  ratio to verify_strict",
                phase.rate() / signatures,
                "",
                target,
            );
            add(
                &format!("ratio_to_empty_handler_{n}"),
                "  ratio to the empty handler",
                phase.rate() / empty.rate(),
                "",
                None,
            );
            if let Some(commits) = self.limits.commits.iter().find(|commits| commits.rows == n) {
                add(
                    &format!("ratio_to_sqlite_{n}"),
                    &format!("  ratio to SQLite's rows in commits of {n}"),
                    phase.rate() / commits.rows_a_second,
                    "",
                    None,
                );
                let target = (n == 16).then_some(Wanted::AtMost(5.0));
                let (p99, commit) = (phase.quantile(0.99), commits.median);
                add(
                    &format!("p99_to_commit_{n}"),
                    "  p99 in median commits of as many rows",
                    millis(p99) / millis(commit),
                    "",
                    target,
                );
            }
            for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
                add(
                    &format!("{name}_ms_{n}"),
                    &format!("  {name}"),
                    millis(phase.quantile(quantile)),
                    "ms",
                    None,
                );
            }
            add(
                &format!("server_cores_{n}"),
                "  processor of the server",
                measured.cores,
                "cores",
                None,
            );
        }
        add(
            "server_commit_ms",
            "the server's own durable commit, mean of all phases",
            millis(self.commit_in_server),
            "ms",
            None,
        );
        let large = self.large;
        add(
            "large_log",
            "entries that the large log began with",
            large as f64,
            "",
            None,
        );
        add(
            "receipts_per_second_fresh",
            "64 connections in turns: fresh log, median",
            median(self.rounds.iter().map(|round| round.0)),
            "/s",
            None,
        );
        add(
            "receipts_per_second_large",
            "64 connections in turns: large log, median",
            median(self.rounds.iter().map(|round| round.1)),
            "/s",
            None,
        );
        add(
            "ratio_large_to_fresh",
            "  ratio of large to fresh, median of the rounds",
            median(self.rounds.iter().map(|round| round.1 / round.0)),
            "",
            Some(Wanted::AtLeast(0.9)),
        );
        add(
            "start_ms_large",
            "start-up of the large log",
            millis(self.start_large),
            "ms",
            Some(Wanted::AtMost(1000.0)),
        );
        add(
            "resident_mib_fresh",
            "resident memory, fresh log, after all phases",
            self.resident_fresh as f64 / MIB,
            "MiB",
            Some(Wanted::AtMost(150.0)),
        );
        add(
            "resident_mib_large",
            "resident memory, large log, after all phases",
            self.resident_large as f64 / MIB,
            "MiB",
            Some(Wanted::AtMost(150.0)),
        );
        add(
            "receipt_bytes",
            "a receipt with its disclosures, mean",
            self.receipt_length,
            "bytes",
            None,
        );
        add(
            "stored_bytes",
            "on disk per receipt, everything",
            self.stored_length,
            "bytes",
            None,
        );
        add(
            "ratio_stored_to_receipt",
            "  ratio to the receipt's own size",
            self.stored_length / self.receipt_length,
            "",
            Some(Wanted::AtMost(2.0)),
        );
        let all_cores = signatures * self.cores as f64;
        add(
            "fsck_per_second",
            "raspiska fsck of the large log, receipts",
            self.fsck,
            "/s",
            None,
        );
        add(
            "ratio_fsck_to_verify_strict",
            "  ratio to verify_strict on all cores",
            self.fsck / all_cores,
            "",
            Some(Wanted::AtLeast(0.8)),
        );
        lines
    }
}

fn verdict(holds: bool, sign: &str, limit: f64) -> String {
    let word = if holds { "holds" } else { "MISSED" };
    format!("{sign} {limit}: {word}")
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
