//! The pages of `www/spec` show real bytes: each example is a vector, and the tables of kinds are the code's.

use std::collections::BTreeSet;

use base64ct::{Base64, Encoding as _};
use raspiska_shared::{log::tree, problem::Kind};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::{actors, logs, pages::refresh, vector};

const PAGES: [(&str, &str); 4] = [
    ("receipt.md", include_str!("../../../www/spec/receipt.md")),
    ("log.md", include_str!("../../../www/spec/log.md")),
    ("http.md", include_str!("../../../www/spec/http.md")),
    (
        "receipt-file.md",
        include_str!("../../../www/spec/receipt-file.md"),
    ),
];

/// The kinds in the tables of a page: `| slug | status | …`.
fn kinds(page: &str) -> impl Iterator<Item = (Kind, u16)> {
    page.lines().filter_map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let slug = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        let status = cells.next()?.parse().ok()?;
        let kind = Kind::from_slug(slug).unwrap_or_else(|| panic!("no kind {slug}"));
        Some((kind, status))
    })
}

#[test]
fn every_example_is_its_vector() {
    let vectors = vector::all();
    for (name, page) in PAGES {
        assert!(
            page.contains("```text ") || page.contains("```json "),
            "{name} has no example"
        );
        assert!(
            refresh(page, &vectors) == page,
            "{name}: run `cargo run -p raspiska-shared --example vectors`"
        );
    }
}

#[test]
fn what_stands_in_the_running_text_is_of_the_same_log() {
    let page = |name: &str| PAGES.iter().find(|(own, _)| *own == name).unwrap().1;
    assert!(page("log.md").contains(&format!("`{}`", actors::log().vkey())));
    assert!(page("log.md").contains(&format!("`{}`", actors::witness().vkey())));
    let path = tree::consistency(3, 5, logs::reader(&logs::leaves(5))).unwrap();
    let path: String = path
        .iter()
        .map(|hash| Base64::encode_string(hash) + "\n")
        .collect();
    let sent = format!(
        "old 3\n{path}\n{}",
        logs::checkpoint(5).sign(&actors::log())
    );
    assert!(page("log.md").contains(&sent), "{sent}");
    let entry = logs::entry(logs::INDEX);
    let answer = format!(
        r#"{{"receipt":"{}","index":{},"time":{},"proof":"#,
        entry.receipt,
        logs::INDEX,
        entry.time
    );
    assert!(page("http.md").contains(&answer), "{answer}");
}

#[test]
fn every_kind_stands_once_with_its_status() {
    let rows: Vec<_> = PAGES.iter().flat_map(|(_, page)| kinds(page)).collect();
    let named: BTreeSet<Kind> = rows.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(named.len(), rows.len(), "a kind stands twice");
    assert_eq!(named, Kind::ALL.iter().copied().collect());
    for (kind, status) in rows {
        assert_eq!(status, kind.status(), "{}", kind.slug());
    }
}
