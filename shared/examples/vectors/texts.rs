//! `entry/`, `tile/` and `vkey/`: the small texts of the log, alone. What they say is in the keys of those that are accepted.

use base64ct::{Base64, Encoding as _};
use raspiska_shared::{
    log::tile::{Level, TilePath},
    problem::Kind,
};

use crate::{
    actors::log,
    forge::swap,
    logs::{INDEX, entry},
    vector::Vector,
};

pub(crate) fn vectors() -> Vec<Vector> {
    [entries(), tiles(), keys()].concat()
}

fn entries() -> Vec<Vector> {
    let entry = entry(INDEX);
    let text = String::from_utf8(entry.to_bytes()).unwrap();
    let hash = text.lines().nth(2).unwrap().to_owned();
    let time = entry.time.to_string();
    let bad = |case: &str, comment: &str, body: Vec<u8>| {
        Vector::bad(&format!("entry/{case}"), Kind::Entry, comment, body)
    };
    let changed = |from: &str, to: &str| swap(&text, from, to).into_bytes();
    vec![
        Vector::ok("entry/third", "an entry", text.clone())
            .key("site", &entry.site)
            .key("receipt", entry.receipt)
            .key("time", entry.time),
        Vector::ok(
            "entry/time-largest",
            "the largest time",
            changed(&time, &u64::MAX.to_string()),
        )
        .key("site", &entry.site)
        .key("receipt", entry.receipt)
        .key("time", u64::MAX),
        bad("empty", "nothing", Vec::new()),
        bad("label", "another version", changed("entry/v1", "entry/v2")),
        bad("site-empty", "no site", changed("\nacme\n", "\n\n")),
        bad(
            "site-tab",
            "a control character",
            changed("\nacme\n", "\nac\tme\n"),
        ),
        bad("not-utf8", "a byte that UTF-8 does not have", {
            let mut bytes = text.clone().into_bytes();
            bytes[18] = 0xff;
            bytes
        }),
        bad(
            "hash-base64url",
            "the receipt's hash in the alphabet of receipts",
            changed(&hash, &entry.receipt.to_string()),
        ),
        bad(
            "hash-short",
            "a hash of 31 bytes",
            changed(
                &hash,
                &Base64::encode_string(&entry.receipt.as_bytes()[..31]),
            ),
        ),
        bad(
            "time-zeroes",
            "a leading zero",
            changed(&time, &format!("0{time}")),
        ),
        bad("time-sign", "a sign", changed(&time, &format!("+{time}"))),
        bad("time-large", "2^64", changed(&time, "18446744073709551616")),
        bad(
            "line-end",
            "the last line is not ended",
            text.trim_end().into(),
        ),
        bad("line-more", "a fifth line", format!("{text}more\n").into()),
        bad(
            "carriage-return",
            "lines ended by CR LF",
            text.replace('\n', "\r\n").into(),
        ),
    ]
}

fn tiles() -> Vec<Vector> {
    let ok = |case: &str, comment: &str, path: TilePath| {
        let level = match path.level {
            Level::Entries => "entries".to_owned(),
            Level::Hashes(level) => level.to_string(),
        };
        Vector::ok(&format!("tile/{case}"), comment, path.to_string())
            .key("level", level)
            .key("index", path.index)
            .key("width", path.width)
    };
    // An address that no log has; see http.md.
    let bad = |case: &str, comment: &str, path: &str| {
        Vector::bad(&format!("tile/{case}"), Kind::NotFound, comment, path)
    };
    let tile = |level, index, width| TilePath {
        level: Level::Hashes(level),
        index,
        width,
    };
    vec![
        ok("first", "a full tile", tile(0, 0, 256)),
        ok("groups", "three groups of digits", tile(0, 1_234_067, 256)),
        ok("partial", "a partial tile", tile(1, 2, 9)),
        ok("highest", "the highest level", tile(7, 0, 1)),
        ok("largest", "the largest index", tile(0, u64::MAX, 255)),
        ok(
            "entries",
            "a bundle of entries",
            TilePath {
                level: Level::Entries,
                index: 1000,
                width: 3,
            },
        ),
        bad("level-eight", "a level that no log reaches", "tile/8/000"),
        bad("level-zeroes", "a level with a leading zero", "tile/00/000"),
        bad("digits-two", "a group of two digits", "tile/0/00"),
        bad(
            "group-superfluous",
            "a group of zeroes in front",
            "tile/0/x000/001",
        ),
        bad("x-missing", "no x before the first group", "tile/0/001/234"),
        bad("x-last", "an x before the last group", "tile/0/x001/x234"),
        bad("width-zero", "an empty tile", "tile/0/000.p/0"),
        bad(
            "width-full",
            "a full tile, spelt as a partial one",
            "tile/0/000.p/256",
        ),
        bad(
            "width-zeroes",
            "a width with a leading zero",
            "tile/0/000.p/01",
        ),
        bad(
            "index-large",
            "2^64",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
        ),
        bad("slash", "a slash at the end", "tile/0/000/"),
        bad("prefix", "another prefix", "tiles/0/000"),
    ]
}

fn keys() -> Vec<Vector> {
    let vkey = log().vkey().to_string();
    let bad = |case: &str, comment: &str, vkey: &str| {
        Vector::bad(&format!("vkey/{case}"), Kind::Vkey, comment, vkey)
    };
    vec![
        Vector::ok("vkey/log", "the log's key", vkey.clone()).key("name", log().vkey().name()),
        bad("line-end", "a line feed at the end", &format!("{vkey}\n")),
        bad("empty", "nothing", ""),
        bad(
            "id",
            "another key's id",
            &swap(&vkey, "c684d576", "c684d577"),
        ),
        bad(
            "id-short",
            "an id of seven digits",
            &swap(&vkey, "c684d576", "c684d57"),
        ),
        bad(
            "name-other",
            "another name under this id",
            &swap(&vkey, "/acme+", "/acne+"),
        ),
        bad(
            "name-space",
            "a space in the name",
            &swap(&vkey, "/acme+", "/ac me+"),
        ),
        bad(
            "base64url",
            "the alphabet of receipts",
            &swap(&vkey, "x1nuDx/8O/", "x1nuDx_8O_"),
        ),
        bad("long", "a key of 34 bytes", &format!("{vkey}AA==")),
        bad("off-curve", "no point of the curve", &off_curve()),
    ]
}

/// A verifier key whose id fits and whose 32 bytes are no point.
fn off_curve() -> String {
    let material = [&[1][..], &[2; 32]].concat();
    let name = log().vkey().name().to_owned();
    let id = raspiska_shared::digest::Digest::of(&[name.as_bytes(), b"\n", &material].concat());
    let id: String = id.as_bytes()[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{name}+{id}+{}", Base64::encode_string(&material))
}
