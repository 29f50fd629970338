//! The figures, as a table for people and as one line of JSON, each beside its target.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

/// How the runs become one figure.
#[derive(Clone, Copy)]
enum Fold {
    /// Of times: a machine has its moments.
    Median,
    /// Of what may never happen.
    Most,
}
use Fold::{Median, Most};

/// A figure: its key, what it is, its unit, how it is folded, and the most that it may be.
type Row = (&'static str, &'static str, &'static str, Fold, Option<f64>);

/// Two frames of 16.7 ms, in the steps of 8 ms that browsers report. They call 200 ms good.
const CLICK: f64 = 40.0;
/// After a second a train of thought breaks (Nielsen). Of it one answer's 150 ms and 103 KB at 200 KB/s are the network's:
/// 665 ms.
const THOUGHT: f64 = 1000.0;
/// An `async` script does not hold up the first paint: what is more than this is not the telephone's whim.
const PAINT: f64 = 1.05;
/// `whole_response` in `www/budgets.toml`.
const LOADER: f64 = 6144.0;
/// `brief_response` there: who has decided needs the gate, and neither banner nor texts.
const RETURNING: f64 = 4096.0;

const ROWS: &[Row] = &[
    (
        "bytes_before_banner",
        "before the banner: brotli, without headers",
        "bytes",
        Most,
        Some(LOADER),
    ),
    (
        "early_wasm",
        "files of the widget before anybody asked for them",
        "",
        Most,
        Some(0.0),
    ),
    (
        "fcp_plain_ms",
        "first paint, page without the script",
        "ms",
        Median,
        None,
    ),
    (
        "fcp_async_ms",
        "first paint, script async",
        "ms",
        Median,
        None,
    ),
    (
        "fcp_async_ratio",
        "  ratio to the page without",
        "",
        Median,
        Some(PAINT),
    ),
    (
        "fcp_first_ms",
        "first paint, script first in head",
        "ms",
        Median,
        None,
    ),
    (
        "fcp_first_ratio",
        "  ratio to the page without",
        "",
        Median,
        None,
    ),
    (
        "banner_async_ms",
        "banner painted, script async",
        "ms",
        Median,
        None,
    ),
    (
        "banner_first_ms",
        "banner painted, script first in head",
        "ms",
        Median,
        None,
    ),
    (
        "banner_first_late",
        "  painted frames before the banner's",
        "frames",
        Most,
        Some(0.0),
    ),
    (
        "shift_async",
        "layout shift, script async",
        "",
        Most,
        Some(0.0),
    ),
    (
        "shift_first",
        "layout shift, script first in head",
        "",
        Most,
        Some(0.0),
    ),
    (
        "blocked_plain_ms",
        "blocking time, page without the script",
        "ms",
        Median,
        None,
    ),
    (
        "blocked_async_ms",
        "blocking time that the script adds, async",
        "ms",
        Median,
        Some(0.0),
    ),
    (
        "blocked_first_ms",
        "blocking time that the script adds, first in head",
        "ms",
        Median,
        Some(0.0),
    ),
    (
        "input_async_ms",
        "click on «allow all» to next paint (INP), async",
        "ms",
        Median,
        Some(CLICK),
    ),
    (
        "closed_async_ms",
        "  to the frame without the banner",
        "ms",
        Median,
        None,
    ),
    (
        "input_first_ms",
        "click on «allow all» to next paint (INP), first",
        "ms",
        Median,
        Some(CLICK),
    ),
    (
        "closed_first_ms",
        "  to the frame without the banner",
        "ms",
        Median,
        None,
    ),
    (
        "returning_bytes",
        "returning visitor: brotli, without headers",
        "bytes",
        Most,
        Some(RETURNING),
    ),
    (
        "returning_wasm",
        "  files of the widget",
        "",
        Most,
        Some(0.0),
    ),
    ("returning_drawn", "  banner drawn", "", Most, Some(0.0)),
    (
        "returning_fcp_ms",
        "  first paint, script first in head",
        "ms",
        Median,
        None,
    ),
    (
        "preferences_ms",
        "click on «customise» to the switches",
        "ms",
        Median,
        Some(THOUGHT),
    ),
    (
        "preferences_dialog_ms",
        "  to the dialog, still empty",
        "ms",
        Median,
        None,
    ),
    (
        "preferences_input_ms",
        "  to next paint (INP)",
        "ms",
        Median,
        Some(CLICK),
    ),
    (
        "preferences_bytes",
        "  fetched for them: brotli, without headers",
        "bytes",
        Most,
        None,
    ),
    ("runs", "runs", "", Most, None),
];

/// Every value of every figure.
#[derive(Default)]
pub(crate) struct Figures(BTreeMap<&'static str, Vec<f64>>);

impl Figures {
    /// One more value.
    pub(crate) fn note(&mut self, key: &'static str, value: f64) {
        self.0.entry(key).or_default().push(value);
    }

    /// For people.
    pub(crate) fn table(&self) -> String {
        let mut table = String::new();
        for ((_, about, unit, _, wanted), value) in self.rows() {
            let wanted = wanted.map_or_else(String::new, |limit| {
                let word = if value <= limit { "ok" } else { "MISSED" };
                format!("≤ {limit}: {word}")
            });
            let digits = if value.fract() == 0.0 || value >= 100.0 {
                0
            } else {
                2
            };
            let _ = writeln!(table, "{about:<52} {value:>9.digits$} {unit:<7}{wanted}");
        }
        table
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        self.rows()
            .map(|((key, ..), value)| (key.to_owned(), Value::from(value)))
            .collect::<Map<_, _>>()
            .into()
    }

    /// The rows that there are values for.
    fn rows(&self) -> impl Iterator<Item = (Row, f64)> {
        ROWS.iter().filter_map(|row| {
            let mut values = self.0.get(row.0)?.clone();
            values.sort_by(f64::total_cmp);
            let at = match row.3 {
                Median => values.len() / 2,
                Most => values.len() - 1,
            };
            Some((*row, values[at]))
        })
    }
}
