//! The auditor: reads the log as anyone may, and recomputes it from its entries.

use raspiska_shared::digest::Digest;
use raspiska_shared::log::checkpoint::Checkpoint;
use raspiska_shared::log::entry::Entry;
use raspiska_shared::log::note::VerifierKey;
use raspiska_shared::log::tile::{Level, TilePath, WIDTH};
use raspiska_shared::log::tree::{self, Hash, Node};

use crate::must;
use crate::place::SITE;
use crate::server::Server;

/// A log that was read and found whole.
#[derive(Clone, Debug)]
pub struct Log {
    /// The checkpoint that covers it.
    pub checkpoint: Checkpoint,
    /// All its entries.
    pub entries: Vec<Entry>,
}

impl Log {
    /// Reads the log of the site; its checkpoint is signed, its tiles are those of its entries, its root is theirs.
    pub async fn read(server: &Server) -> Self {
        let vkey = server.get(&format!("/log/{SITE}/vkey")).await.text();
        let vkey: VerifierKey = must("the log's key", vkey.trim().parse());
        let note = server.get(&format!("/log/{SITE}/checkpoint")).await.text();
        let checkpoint = must("the checkpoint", Checkpoint::open(&note, &vkey));

        let mut entries = Vec::new();
        for path in tiles(Level::Entries, checkpoint.size) {
            entries.extend(unbundle(&tile(server, &path).await));
        }
        assert_eq!(
            entries.len() as u64,
            checkpoint.size,
            "the log has all its entries"
        );

        let mut leaves: Vec<Hash> = Vec::new();
        for path in tiles(Level::Hashes(0), checkpoint.size) {
            let bytes = tile(server, &path).await;
            let (hashes, rest) = bytes.as_chunks::<32>();
            assert!(rest.is_empty(), "{path} is made of hashes");
            leaves.extend(hashes);
        }
        let own: Vec<Hash> = entries.iter().map(|entry| tree::leaf_hash(entry)).collect();
        assert!(leaves == own, "the tiles are those of the entries");
        let entries = entries
            .iter()
            .map(|entry| must("an entry", Entry::parse(entry)))
            .collect();
        let log = Self {
            checkpoint,
            entries,
        };
        assert_eq!(
            log.root(log.checkpoint.size),
            log.checkpoint.root,
            "the root is that of the entries"
        );
        log
    }

    /// The root over the first `size` entries.
    #[must_use]
    pub fn root(&self, size: u64) -> Hash {
        let leaves: Vec<Hash> = self.entries.iter().map(Entry::leaf).collect();
        let root = tree::root(size, |node| Ok::<_, String>(over(&leaves, node)));
        must("the root", root)
    }

    /// Where a receipt is: once, or not at all.
    #[must_use]
    pub fn index(&self, receipt: &Digest) -> Option<u64> {
        let places: Vec<usize> = (0..self.entries.len())
            .filter(|&index| self.entries[index].receipt == *receipt)
            .collect();
        assert!(
            places.len() < 2,
            "{receipt} is in the log more than once: {places:?}"
        );
        places.first().map(|&index| index as u64)
    }
}

/// The tiles of one level that cover `size` hashes or entries.
pub fn tiles(level: Level, size: u64) -> impl Iterator<Item = TilePath> {
    let width = u64::from(WIDTH);
    (0..size.div_ceil(width)).map(move |index| TilePath {
        level,
        index,
        width: must("a width", u16::try_from((size - index * width).min(width))),
    })
}

/// The bytes of a tile, which has to be there.
pub async fn tile(server: &Server, path: &TilePath) -> Vec<u8> {
    let answer = server.get(&format!("/log/{SITE}/{path}")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.body
}

/// The entries of a bundle. C2SP tlog-tiles, "Log Entries": each after its length in two bytes.
#[must_use]
pub fn unbundle(mut bundle: &[u8]) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at(usize::from(u16::from_be_bytes(*length)));
        entries.push(entry.to_vec());
        bundle = rest;
    }
    assert!(bundle.is_empty(), "an entry bundle ends with an entry");
    entries
}

/// The hash of a complete subtree, straight from RFC 6962 section 2.1.
fn over(leaves: &[Hash], node: Node) -> Hash {
    let Some(level) = node.level.checked_sub(1) else {
        return leaves[must("an index", usize::try_from(node.index))];
    };
    let child = |index| over(leaves, Node { level, index });
    tree::node_hash(&child(2 * node.index), &child(2 * node.index + 1))
}
