//! What a visitor meets, on a slow telephone: the same page without the script, with it `async`, and with it first in
//! `<head>`, in turns in one browser. `cargo xtask bench widget [--runs N] [--json]`.
//!
//! | module | holds |
//! |---|---|
//! | `visit` | the telephone, and a visit on it; `probe.js` notes in the page what is seen |
//! | `table` | the figures and their targets |

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench talks to the person who started it"
)]

mod table;
mod visit;

use raspiska_tests::World;
use table::Figures;
use visit::{Browser, Seen};

/// Pages by the place of the script.
const PAGES: [(&str, &str); 3] = [
    ("plain", ""),
    (
        "async",
        r#"<script src="/s/jetcrm/raspiska.js" async></script>"#,
    ),
    ("first", r#"<script src="/s/jetcrm/raspiska.js"></script>"#),
];

struct Options {
    runs: usize,
    json: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options = options();
    let mut figures = Figures::default();
    World::tell(async |world| {
        for (name, script) in PAGES {
            world.adds_page(&format!("bench/{name}.html"), &page(script));
        }
        let browser = Browser::start(world).await;
        // The first round fills the machine's caches and counts for nothing.
        for run in 0..=options.runs {
            eprintln!("round {run} of {} …", options.runs);
            let mut discarded = Figures::default();
            let figures = if run == 0 {
                &mut discarded
            } else {
                &mut figures
            };
            round(&browser, figures).await;
        }
    })
    .await;
    figures.note("runs", options.runs as f64);
    print!("{}", figures.table());
    if options.json {
        println!("{}", figures.json());
    }
}

async fn round(browser: &Browser<'_>, figures: &mut Figures) {
    let plain = browser.visits_first("/bench/plain").await;
    browser.leaves().await;
    figures.note("fcp_plain_ms", plain.first);
    figures.note("blocked_plain_ms", plain.blocked);

    let seen = browser.visits_first("/bench/async").await;
    before_the_click(&seen, figures);
    figures.note("fcp_async_ms", seen.first);
    figures.note("fcp_async_ratio", seen.first / plain.first);
    figures.note("banner_async_ms", shown(&seen));
    figures.note("shift_async", seen.shift);
    figures.note("blocked_async_ms", seen.blocked - plain.blocked);
    let clicked = browser.gives_all().await;
    figures.note("input_async_ms", clicked.input);
    figures.note(
        "closed_async_ms",
        clicked.closed.expect("the banner closed"),
    );
    after_the_return(&browser.returns("/bench/async").await, figures);
    browser.leaves().await;

    let seen = browser.visits_first("/bench/first").await;
    before_the_click(&seen, figures);
    figures.note("fcp_first_ms", seen.first);
    figures.note("fcp_first_ratio", seen.first / plain.first);
    figures.note("banner_first_ms", shown(&seen));
    figures.note(
        "banner_first_late",
        seen.late.expect("the banner was there"),
    );
    figures.note("shift_first", seen.shift);
    figures.note("blocked_first_ms", seen.blocked - plain.blocked);
    let clicked = browser.gives_all().await;
    figures.note("input_first_ms", clicked.input);
    figures.note(
        "closed_first_ms",
        clicked.closed.expect("the banner closed"),
    );
    let returned = browser.returns("/bench/first").await;
    after_the_return(&returned, figures);
    figures.note("returning_fcp_ms", returned.first);
    browser.leaves().await;

    let before = browser.visits_first("/bench/async").await;
    let asked = browser.opens_preferences().await;
    figures.note(
        "preferences_dialog_ms",
        asked.opened.expect("the dialog opened"),
    );
    figures.note("preferences_ms", asked.usable.expect("it has switches"));
    figures.note("preferences_input_ms", asked.input);
    figures.note("preferences_bytes", asked.bytes - before.bytes);
    browser.leaves().await;
}

fn before_the_click(seen: &Seen, figures: &mut Figures) {
    figures.note("bytes_before_banner", seen.before);
    figures.note("early_wasm", seen.widget);
}

fn after_the_return(seen: &Seen, figures: &mut Figures) {
    figures.note("returning_bytes", seen.bytes);
    figures.note("returning_wasm", seen.widget);
    figures.note(
        "returning_drawn",
        f64::from(u8::from(seen.banner.is_some())),
    );
}

fn shown(seen: &Seen) -> f64 {
    seen.banner.expect("a first visitor is asked")
}

/// A page of text such as there are many, longer than a screen. It has no style of its own, so that its first paint
/// waits for nothing but the script.
fn page(script: &str) -> String {
    let paragraphs: String = (1..=40)
        .map(|number| {
            format!(
                "<p>{number}. Мастерская открыта с девяти до шести. Принесите вещь, покажите, что сломалось, и скажите, \
                 когда она нужна: срок и цену мы называем сразу.</p>\n"
            )
        })
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"ru\">\n<head>\n{script}\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>Мастерская</title>\n</head>\n<body>\n<h1>Мастерская</h1>\n{paragraphs}</body>\n</html>\n"
    )
}

fn options() -> Options {
    let mut options = Options {
        runs: 7,
        json: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--json" => options.json = true,
            "--runs" => {
                let number = words.next().and_then(|value| value.parse().ok());
                options.runs = number
                    .filter(|number| *number > 0)
                    .expect("--runs needs a number, at least 1");
            }
            // Cargo's own, to every bench.
            "--bench" => {}
            other => panic!("--runs and --json are known, not {other}"),
        }
    }
    options
}
