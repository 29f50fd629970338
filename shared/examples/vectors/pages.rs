//! The examples in `www/spec`: fenced blocks whose info string says which vector they show, `text receipt/contact-form.txt`, or
//! which part of one, `json payload of receipt/contact-form.txt`.

use std::collections::BTreeMap;

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};

/// A page with the text of each example taken from its vector anew.
///
/// # Panics
/// When a block names a vector that is not there or is refused.
pub(crate) fn refresh(page: &str, vectors: &BTreeMap<String, Vec<u8>>) -> String {
    let mut refreshed = String::with_capacity(page.len());
    // Every second piece between fences is a block.
    for (at, piece) in page.split("```").enumerate() {
        if at > 0 {
            refreshed.push_str("```");
        }
        let (info, text) = piece.split_once('\n').unwrap_or((piece, ""));
        match source(info).filter(|_| at % 2 == 1) {
            Some((part, path)) => {
                refreshed.push_str(info);
                refreshed.push('\n');
                refreshed.push_str(shown(&accepted(path, vectors), part).trim_end_matches('\n'));
                refreshed.push('\n');
            }
            None if info.len() < piece.len() => {
                refreshed.push_str(info);
                refreshed.push('\n');
                refreshed.push_str(text);
            }
            None => refreshed.push_str(piece),
        }
    }
    refreshed
}

/// Which part of which vector a block shows.
fn source(info: &str) -> Option<(Option<&str>, &str)> {
    let mut words = info.split(' ').skip(1);
    match (words.next(), words.next(), words.next()) {
        (Some(path), None, None) => Some((None, path)),
        (Some(part), Some("of"), Some(path)) => Some((Some(part), path)),
        _ => None,
    }
}

fn accepted(path: &str, vectors: &BTreeMap<String, Vec<u8>>) -> String {
    let vector = vectors
        .get(path)
        .unwrap_or_else(|| panic!("no vector {path}"));
    let text = String::from_utf8(vector.clone()).unwrap();
    let (header, body) = text.split_once("\n\n").unwrap();
    assert!(header.starts_with("expect: ok\n"), "{path} is no example");
    body.to_owned()
}

fn shown(body: &str, part: Option<&str>) -> String {
    let decoded =
        |encoded: &str| String::from_utf8(Base64UrlUnpadded::decode_vec(encoded).unwrap()).unwrap();
    let mut parts = body.split('~');
    let mut token = parts.next().unwrap().split('.');
    match part {
        None => body.to_owned(),
        Some("header") => decoded(token.next().unwrap()),
        Some("payload") => decoded(token.nth(1).unwrap()),
        Some("disclosures") => parts
            .filter(|encoded| !encoded.is_empty())
            .map(|encoded| decoded(encoded) + "\n")
            .collect(),
        Some("entry") => {
            let extra = body.lines().find_map(|line| line.strip_prefix("extra "));
            String::from_utf8(Base64::decode_vec(extra.unwrap()).unwrap()).unwrap()
        }
        Some(part) => panic!("an example shows no {part}"),
    }
}
