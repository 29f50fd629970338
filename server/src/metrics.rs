//! What is counted, in Prometheus' text format at `/metrics`. Labels are routes, kinds and sites: nothing about a person.

use std::{sync::Arc, time::Duration};

use metrics::{
    Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder as _, SharedString, Unit,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

/// Upper bounds of a commit's time in seconds: parts of a millisecond on a good disk, seconds on one that fails.
const COMMIT: &[f64] = &[
    0.0001, 0.0002, 0.0003, 0.0005, 0.0007, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05,
    0.1, 0.5, 2.0,
];
/// Upper bounds of a request's time in seconds, up to the limit of ten.
const SECONDS: &[f64] = &[
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0,
];
/// Upper bounds of batch sizes.
const BATCH: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

const REQUESTS: &str = "raspiska_requests_total";
const REQUEST_SECONDS: &str = "raspiska_request_duration_seconds";
const REFUSALS: &str = "raspiska_refusals_total";
const RECEIPTS: &str = "raspiska_receipts_logged_total";
const FAILURES: &str = "raspiska_batch_failures_total";
const BATCH_SIZE: &str = "raspiska_batch_size";
const COMMIT_SECONDS: &str = "raspiska_commit_duration_seconds";
const TREE_SIZE: &str = "raspiska_tree_size";
const COSIGNATURES: &str = "raspiska_cosignatures_total";
const WITNESS_FAILURES: &str = "raspiska_witness_failures_total";
const PUBLISHED_SIZE: &str = "raspiska_published_size";
const HOOK_ACKNOWLEDGED: &str = "raspiska_hook_acknowledged_total";
const HOOK_FAILURES: &str = "raspiska_hook_failures_total";
const HOOK_WAITING: &str = "raspiska_hook_waiting";
const HOOK_AGE: &str = "raspiska_hook_waiting_seconds";
const DUTIES: &str = "raspiska_duties";
const QUEUE: &str = "raspiska_queue_length";
const READY: &str = "raspiska_ready";
const BUILD: &str = "raspiska_build_info";
/// The name that Prometheus' own clients give it.
const STARTED: &str = "process_start_time_seconds";

const METADATA: Metadata<'static> = Metadata::new("raspiska", Level::INFO, None);

/// All counts of one server.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<PrometheusRecorder>);

/// The counts of one log.
pub(crate) struct SequencerMetrics {
    receipts: Counter,
    failures: Counter,
    batch: Histogram,
    commit: Histogram,
    size: Gauge,
}

impl Metrics {
    /// Of a server that started at this UNIX second.
    pub(crate) fn new(started: u64) -> Self {
        let suffix = |name: &str| Matcher::Full(name.to_owned());
        // The only error is an empty list of buckets; then summaries take their place.
        let builder = PrometheusBuilder::new();
        let builder = [
            (REQUEST_SECONDS, SECONDS),
            (COMMIT_SECONDS, COMMIT),
            (BATCH_SIZE, BATCH),
        ]
        .into_iter()
        .fold(builder, |builder, (name, buckets)| {
            builder
                .set_buckets_for_metric(suffix(name), buckets)
                .unwrap_or_else(|_| PrometheusBuilder::new())
        });
        let recorder = builder.build_recorder();
        let text = SharedString::const_str;
        recorder.describe_counter(
            REQUESTS.into(),
            None,
            text("Requests by method, route and status."),
        );
        recorder.describe_histogram(
            REQUEST_SECONDS.into(),
            Some(Unit::Seconds),
            text("Time to the answer, by route."),
        );
        recorder.describe_counter(
            REFUSALS.into(),
            None,
            text("Requests that were not served, by kind."),
        );
        recorder.describe_counter(RECEIPTS.into(), None, text("Receipts logged."));
        recorder.describe_counter(
            FAILURES.into(),
            None,
            text("Batches that were not logged, or not surely."),
        );
        recorder.describe_histogram(
            BATCH_SIZE.into(),
            None,
            text("Receipts in one transaction."),
        );
        recorder.describe_histogram(
            COMMIT_SECONDS.into(),
            Some(Unit::Seconds),
            text("Time of one durable transaction."),
        );
        recorder.describe_gauge(TREE_SIZE.into(), None, text("Entries in the log."));
        recorder.describe_counter(
            COSIGNATURES.into(),
            None,
            text("Cosignatures by site and witness."),
        );
        recorder.describe_counter(
            WITNESS_FAILURES.into(),
            None,
            text("Checkpoints that a witness did not cosign, by site, witness and reason."),
        );
        recorder.describe_gauge(
            PUBLISHED_SIZE.into(),
            None,
            text("Entries that the published checkpoint covers, of a log with witnesses."),
        );
        recorder.describe_counter(
            HOOK_ACKNOWLEDGED.into(),
            None,
            text("Events that a hook's receiver acknowledged, by site and hook."),
        );
        recorder.describe_counter(
            HOOK_FAILURES.into(),
            None,
            text("Attempts that it did not, by site, hook and reason."),
        );
        recorder.describe_gauge(
            HOOK_WAITING.into(),
            None,
            text("Entries and events that a hook is still to be told of."),
        );
        recorder.describe_gauge(
            HOOK_AGE.into(),
            Some(Unit::Seconds),
            text("Age of the oldest event that waits for a hook."),
        );
        recorder.describe_gauge(
            DUTIES.into(),
            None,
            text("Duties of an hour ago at most, by site and state: unknown, overdue, due_today, near."),
        );
        recorder.describe_gauge(QUEUE.into(), None, text("Receipts that wait for the log."));
        recorder.describe_gauge(
            READY.into(),
            None,
            text("1 if receipts can be logged, else 0."),
        );
        recorder.describe_gauge(BUILD.into(), None, text("The program's version; always 1."));
        recorder.describe_gauge(
            STARTED.into(),
            Some(Unit::Seconds),
            text("When the server started, seconds since 1970."),
        );
        let version = Label::from_static_parts("version", env!("CARGO_PKG_VERSION"));
        let build = Key::from_parts(BUILD, vec![version]);
        recorder.register_gauge(&build, &METADATA).set(1.0);
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds since 1970 are far below 2^52"
        )]
        recorder
            .register_gauge(&Key::from_name(STARTED), &METADATA)
            .set(started as f64);
        Self(Arc::new(recorder))
    }

    /// The counts of one site's log.
    pub(crate) fn sequencer(&self, site: &str) -> SequencerMetrics {
        let key =
            |name: &'static str| Key::from_parts(name, vec![Label::new("site", site.to_owned())]);
        SequencerMetrics {
            receipts: self.0.register_counter(&key(RECEIPTS), &METADATA),
            failures: self.0.register_counter(&key(FAILURES), &METADATA),
            batch: self.0.register_histogram(&key(BATCH_SIZE), &METADATA),
            commit: self.0.register_histogram(&key(COMMIT_SECONDS), &METADATA),
            size: self.0.register_gauge(&key(TREE_SIZE), &METADATA),
        }
    }

    /// One request was answered.
    pub(crate) fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let route = Label::new("route", route.to_owned());
        let labels = vec![
            Label::from_static_parts("method", method),
            route.clone(),
            Label::new("status", status.to_string()),
        ];
        self.0
            .register_counter(&Key::from_parts(REQUESTS, labels), &METADATA)
            .increment(1);
        let key = Key::from_parts(REQUEST_SECONDS, vec![route]);
        self.0
            .register_histogram(&key, &METADATA)
            .record(took.as_secs_f64());
    }

    /// One request was not served.
    pub(crate) fn refused(&self, kind: &'static str) {
        let key = Key::from_parts(REFUSALS, vec![Label::from_static_parts("kind", kind)]);
        self.0.register_counter(&key, &METADATA).increment(1);
    }

    /// A witness cosigned a checkpoint of a site's log.
    pub(crate) fn cosigned(&self, site: &str, witness: &str) {
        let labels = vec![
            Label::new("site", site.to_owned()),
            Label::new("witness", witness.to_owned()),
        ];
        let key = Key::from_parts(COSIGNATURES, labels);
        self.0.register_counter(&key, &METADATA).increment(1);
    }

    /// A witness did not.
    pub(crate) fn witness_failed(&self, site: &str, witness: &str, reason: &'static str) {
        let labels = vec![
            Label::new("site", site.to_owned()),
            Label::new("witness", witness.to_owned()),
            Label::from_static_parts("reason", reason),
        ];
        let key = Key::from_parts(WITNESS_FAILURES, labels);
        self.0.register_counter(&key, &METADATA).increment(1);
    }

    /// How many entries the published checkpoint covers.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float; logs are far smaller than 2^52"
    )]
    pub(crate) fn published(&self, site: &str, size: u64) {
        let key = Key::from_parts(PUBLISHED_SIZE, vec![Label::new("site", site.to_owned())]);
        self.0.register_gauge(&key, &METADATA).set(size as f64);
    }

    /// A hook's receiver acknowledged an event.
    pub(crate) fn hook_acknowledged(&self, site: &str, hook: &str) {
        let key = Key::from_parts(HOOK_ACKNOWLEDGED, of_hook(site, hook));
        self.0.register_counter(&key, &METADATA).increment(1);
    }

    /// It did not.
    pub(crate) fn hook_failed(&self, site: &str, hook: &str, reason: &'static str) {
        let mut labels = of_hook(site, hook);
        labels.push(Label::from_static_parts("reason", reason));
        let key = Key::from_parts(HOOK_FAILURES, labels);
        self.0.register_counter(&key, &METADATA).increment(1);
    }

    /// How much waits for a hook, and for how many seconds.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float; logs are far smaller than 2^52"
    )]
    pub(crate) fn hook_waits(&self, site: &str, hook: &str, waiting: u64, seconds: u64) {
        for (name, value) in [(HOOK_WAITING, waiting), (HOOK_AGE, seconds)] {
            let key = Key::from_parts(name, of_hook(site, hook));
            self.0.register_gauge(&key, &METADATA).set(value as f64);
        }
    }

    /// How many duties are in a state that somebody should hear of.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float; duties are far fewer than 2^52"
    )]
    pub(crate) fn duties(&self, site: &str, state: &'static str, count: usize) {
        let labels = vec![
            Label::new("site", site.to_owned()),
            Label::from_static_parts("state", state),
        ];
        let key = Key::from_parts(DUTIES, labels);
        self.0.register_gauge(&key, &METADATA).set(count as f64);
    }

    /// How many receipts wait.
    pub(crate) fn queue(&self, site: &str, waiting: usize) {
        let key = Key::from_parts(QUEUE, vec![Label::new("site", site.to_owned())]);
        #[expect(
            clippy::cast_precision_loss,
            reason = "the queue is far shorter than 2^52"
        )]
        self.0.register_gauge(&key, &METADATA).set(waiting as f64);
    }

    /// Can receipts be logged?
    pub(crate) fn ready(&self, site: &str, ready: bool) {
        let key = Key::from_parts(READY, vec![Label::new("site", site.to_owned())]);
        let gauge = self.0.register_gauge(&key, &METADATA);
        gauge.set(f64::from(u8::from(ready)));
    }

    /// Prometheus' text format.
    pub(crate) fn render(&self) -> String {
        self.0.handle().render()
    }

    /// Folds what was recorded since the last call, so that it does not pile up when nobody asks.
    pub(crate) fn fold(&self) {
        self.0.handle().run_upkeep();
    }
}

fn of_hook(site: &str, hook: &str) -> Vec<Label> {
    vec![
        Label::new("site", site.to_owned()),
        Label::new("hook", hook.to_owned()),
    ]
}

impl SequencerMetrics {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a gauge is a float; logs are far smaller than 2^52"
    )]
    pub(crate) fn tree_size(&self, size: u64) {
        self.size.set(size as f64);
    }

    #[expect(clippy::cast_precision_loss, reason = "at most 512")]
    pub(crate) fn committed(&self, receipts: usize, took: Duration, size: u64) {
        self.receipts.increment(receipts as u64);
        self.batch.record(receipts as f64);
        self.commit.record(took.as_secs_f64());
        self.tree_size(size);
    }

    pub(crate) fn failed(&self) {
        self.failures.increment(1);
    }
}
