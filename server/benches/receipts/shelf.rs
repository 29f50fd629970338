//! A log of millions of real receipts, written by the store's own driver without a server: through HTTP it would take an hour.

use std::path::Path;

use ed25519_dalek::SigningKey;
use raspiska_server::store::{Batch, Head, Row, Sqlite, Store as _};
use raspiska_shared::log::{
    checkpoint::Checkpoint, entry::Entry, note::NoteSigner, note::VerifierKey, tile::Tiles, tree,
};

use crate::{
    author::{Author, Made},
    server::millis,
};

const SITE: &str = "jetcrm";
/// Receipts in one transaction.
const BATCH: u64 = 20_000;

/// Appends to the log of a server that is not running, until it has `size` entries.
pub(crate) fn fill(data: &Path, author: &Author, size: u64) {
    let store = Sqlite::open(&data.join("store.sqlite")).unwrap();
    let vkey: VerifierKey = store.identities().unwrap().logs[SITE].vkey.parse().unwrap();
    let signer = NoteSigner::new(vkey.name(), key(&data.join("log-jetcrm.key"))).unwrap();
    let mut tiles = Tiles::default();
    let mut head = store.head(SITE).unwrap();
    while head.size < size {
        let count = BATCH.min(size - head.size);
        let rows = rows(&author.many(usize::try_from(count).unwrap()), head.size);
        for row in &rows {
            let entry = Entry {
                site: SITE.to_owned(),
                receipt: row.receipt,
                time: row.time,
            };
            tiles.append(entry.leaf());
        }
        let root = tree::root(tiles.size(), |node| tiles.node(node).ok_or(())).unwrap();
        let checkpoint = Checkpoint {
            origin: vkey.name().to_owned(),
            size: tiles.size(),
            root,
        };
        let next = Head {
            size: tiles.size(),
            root,
            checkpoint: checkpoint.sign(&signer),
        };
        let touched: Vec<_> = tiles.touched().collect();
        let batch = Batch {
            from: (head.size, head.root),
            head: &next,
            rows: &rows,
            tiles: &touched,
            keys: &[],
            sealed: &[],
            erased: &[],
        };
        store.append(SITE, &batch).unwrap();
        tiles.settle();
        head = next;
    }
}

/// Their signatures hold, as those of a server would: what follows measures also `fsck` over them.
fn rows(receipts: &[Made], first: u64) -> Vec<Row> {
    let time = millis();
    (first..)
        .zip(receipts)
        .map(|(index, Made { signed, subject })| {
            let token = signed.text.split_once('~').unwrap().0;
            Row {
                index,
                receipt: signed.hash,
                time,
                subject: *subject,
                token: token.to_owned(),
            }
        })
        .collect()
}

fn key(path: &Path) -> SigningKey {
    let hex = std::fs::read_to_string(path).unwrap();
    let mut seed = [0; 32];
    for (byte, digits) in seed.iter_mut().zip(hex.trim().as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
    }
    SigningKey::from_bytes(&seed)
}
