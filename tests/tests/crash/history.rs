//! The log as an auditor follows it over many lives of the server. Leaves and inner nodes are computed here, from entries.

use std::collections::HashMap;

use raspiska_shared::digest::Digest;
use raspiska_shared::log::checkpoint::Checkpoint;
use raspiska_shared::log::entry::Entry;
use raspiska_shared::log::note::VerifierKey;
use raspiska_shared::log::tile::{Level, WIDTH};
use raspiska_shared::log::tree::{self, Hash};
use raspiska_tests::audit::{tile, tiles, unbundle};
use raspiska_tests::must;
use raspiska_tests::place::SITE;
use raspiska_tests::server::Server;

/// All that the log has said so far.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// `levels[h]` are the hashes of the complete subtrees of `2^h` leaves.
    levels: Vec<Vec<Hash>>,
    places: HashMap<Digest, u64>,
}

impl History {
    /// How many entries.
    pub(crate) fn size(&self) -> u64 {
        self.levels.first().map_or(0, Vec::len) as u64
    }

    /// Where a receipt is.
    pub(crate) fn place(&self, receipt: &Digest) -> Option<u64> {
        self.places.get(receipt).copied()
    }

    /// The root over the first `size` entries. That a checkpoint seen earlier has this root is its consistency with all that
    /// came after it, by RFC 6962 section 2.1 itself.
    pub(crate) fn root(&self, size: u64) -> Hash {
        let read = |node: tree::Node| {
            let index = must("an index", usize::try_from(node.index));
            let level = self.levels.get(usize::from(node.level));
            level
                .and_then(|hashes| hashes.get(index).copied())
                .ok_or_else(|| format!("the log has no {size} entries"))
        };
        must("the root", tree::root(size, read))
    }

    /// Reads what is new, and compares what was there before where a tile still grows: nothing is gone, nothing has changed,
    /// no receipt has two places, the tiles of every level are those of the entries, the root is signed.
    pub(crate) async fn follow(&mut self, server: &Server, vkey: &VerifierKey) -> Checkpoint {
        let note = server.get(&format!("/log/{SITE}/checkpoint")).await.text();
        let checkpoint = must("the checkpoint", Checkpoint::open(&note, vkey));
        let known = self.size();
        assert!(
            checkpoint.size >= known,
            "the log went back from {known} entries to {}",
            checkpoint.size
        );
        let full = |count: u64| must("an index", usize::try_from(count / u64::from(WIDTH)));
        for path in tiles(Level::Entries, checkpoint.size).skip(full(known)) {
            let bundle = unbundle(&tile(server, &path).await);
            assert_eq!(bundle.len(), usize::from(path.width), "{path}");
            for (index, bytes) in (path.index * u64::from(WIDTH)..).zip(&bundle) {
                self.read(index, bytes);
            }
        }
        for level in 0..=7 {
            let (known, now) = (known >> (8 * level), checkpoint.size >> (8 * level));
            for path in tiles(Level::Hashes(level), now).skip(full(known)) {
                let first = must("an index", usize::try_from(path.index)) * usize::from(WIDTH);
                let hashes =
                    &self.levels[8 * usize::from(level)][first..][..usize::from(path.width)];
                assert!(
                    tile(server, &path).await == hashes.as_flattened(),
                    "{path} is not that of the entries"
                );
            }
        }
        assert_eq!(
            self.root(checkpoint.size),
            checkpoint.root,
            "the signed root is that of the entries"
        );
        checkpoint
    }

    fn read(&mut self, index: u64, bytes: &[u8]) {
        let leaf = tree::leaf_hash(bytes);
        if index < self.size() {
            let index = must("an index", usize::try_from(index));
            assert_eq!(self.levels[0][index], leaf, "entry {index} has changed");
            return;
        }
        assert_eq!(index, self.size(), "entries come one after the other");
        let entry = must("an entry", Entry::parse(bytes));
        if let Some(first) = self.places.insert(entry.receipt, index) {
            panic!("{} is in the log at {first} and at {index}", entry.receipt);
        }
        self.push(leaf);
    }

    fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let hashes = &mut self.levels[level];
            hashes.push(hash);
            match hashes[..] {
                [.., left, right] if hashes.len().is_multiple_of(2) => {
                    hash = tree::node_hash(&left, &right);
                }
                _ => break,
            }
        }
    }
}
