//! Proofs from the stored tiles: that an entry is in the log, that the log only grew.

use std::collections::BTreeMap;

use raspiska_shared::log::{
    entry::Entry,
    proof::Proof,
    tree::{self, Hash, Node},
};

use crate::store::{Head, Position, Published, Store, StoreError};
use raspiska_shared::digest::Digest;

/// Tree levels in a tile.
const HEIGHT: u8 = 8;

/// The proof of an entry up to what is published, or, where that does not cover it, up to the log's head of this moment.
pub(crate) fn inclusion(
    store: &dyn Store,
    site: &str,
    receipt: Digest,
    at: Position,
    published: Option<&Published>,
) -> Result<Proof, StoreError> {
    // The head first: tiles only grow, so whatever is read after it covers it. What is published was a head once.
    let (size, checkpoint) = match published.filter(|published| at.index < published.size) {
        Some(published) => (published.size, published.checkpoint.clone()),
        None => {
            let head = store.head(site)?;
            (head.size, head.checkpoint)
        }
    };
    if at.index >= size {
        return Err(StoreError::Damaged("an entry lies beyond the log's head"));
    }
    let mut tiles = TileReader::new(store, site);
    Ok(Proof {
        entry: Entry {
            site: site.to_owned(),
            receipt,
            time: at.time,
        },
        index: at.index,
        hashes: tree::inclusion(at.index, size, |node| tiles.node(node))?,
        checkpoint,
    })
}

/// The proof that the log's first `old` entries are still those of `head`, `old <= head.size`.
///
/// It is verified before it is given: a damaged tile is found here, and not by somebody who would take it for a second
/// history.
pub(crate) fn consistency(
    store: &dyn Store,
    site: &str,
    old: u64,
    head: &Head,
) -> Result<Vec<Hash>, StoreError> {
    let mut tiles = TileReader::new(store, site);
    let proof = tree::consistency(old, head.size, |node| tiles.node(node))?;
    let old_root = tree::root(old, |node| tiles.node(node))?;
    tree::verify_consistency(old, head.size, &proof, &old_root, &head.root)
        .map_err(|_| StoreError::Damaged("the tiles do not lead to the signed root"))?;
    Ok(proof)
}

/// Reads nodes out of stored tiles, each tile once.
struct TileReader<'a> {
    store: &'a dyn Store,
    site: &'a str,
    read: BTreeMap<(u8, u64), Vec<Hash>>,
}

impl<'a> TileReader<'a> {
    fn new(store: &'a dyn Store, site: &'a str) -> Self {
        Self {
            store,
            site,
            read: BTreeMap::new(),
        }
    }

    /// The hash of a complete subtree: within a tile it is computed from the tile's hashes.
    fn node(&mut self, node: Node) -> Result<Hash, StoreError> {
        const MISSING: StoreError = StoreError::Damaged("a tile is missing or too short");
        let (level, height) = (node.level / HEIGHT, node.level % HEIGHT);
        let per_tile = HEIGHT - height;
        let index = node.index >> per_tile;
        let hashes = match self.read.entry((level, index)) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(self.store.tile(self.site, level, index)?.ok_or(MISSING)?)
            }
        };
        let width = 1 << height;
        let within = usize::try_from(node.index & ((1 << per_tile) - 1)).map_err(|_| MISSING)?;
        let below = hashes
            .get(within * width..(within + 1) * width)
            .ok_or(MISSING)?;
        let mut row = below.to_vec();
        while row.len() > 1 {
            row = row
                .chunks_exact(2)
                .map(|pair| tree::node_hash(&pair[0], &pair[1]))
                .collect();
        }
        row.first().copied().ok_or(MISSING)
    }
}

#[cfg(test)]
mod tests {
    use ct_merkle::{
        ConsistencyProof, RootHash, digest::Output, mem_backed_tree::MemoryBackedTree,
    };
    use raspiska_shared::{
        log::{
            tile::Tiles,
            tree::{EMPTY_ROOT, leaf_hash},
        },
        party::SubjectId,
    };
    use sha2::Sha256;

    use super::*;
    use crate::{
        site::sample::Scratch,
        store::{Batch, Identity, Sqlite},
    };

    const SITE: &str = "x";

    /// A log without rows, and the same one as somebody else's tree.
    struct Twins {
        store: Sqlite,
        tiles: Tiles,
        heads: Vec<Head>,
        other: MemoryBackedTree<Sha256, Vec<u8>>,
        scratch: Scratch,
    }

    impl Twins {
        fn new() -> Self {
            let scratch = Scratch::new("proofs");
            let store = Sqlite::open(&scratch.path().join("store.sqlite")).unwrap();
            let identity = Identity {
                vkey: String::new(),
                operator: SubjectId(Digest::of(b"x")),
            };
            let head = head(0, EMPTY_ROOT);
            let log = (SITE.to_owned(), identity, head.clone());
            store.establish(0, &Digest::of(b"v"), &[log]).unwrap();
            Self {
                store,
                tiles: Tiles::default(),
                heads: vec![head],
                other: MemoryBackedTree::new(),
                scratch,
            }
        }

        /// Appends up to `size` leaves as one batch.
        fn grow(&mut self, size: u64) {
            let from = self
                .heads
                .last()
                .map(|head| (head.size, head.root))
                .unwrap();
            while self.tiles.size() < size {
                let data = self.tiles.size().to_be_bytes().to_vec();
                self.tiles.append(leaf_hash(&data));
                self.other.push(data);
            }
            let touched: Vec<_> = self.tiles.touched().collect();
            let root = tree::root(size, |node| self.tiles.node(node).ok_or(())).unwrap();
            let head = head(size, root);
            let batch = Batch {
                from,
                head: &head,
                rows: &[],
                tiles: &touched,
                keys: &[],
                sealed: &[],
                erased: &[],
            };
            self.store.append(SITE, &batch).unwrap();
            self.tiles.settle();
            self.heads.push(head);
        }

        /// Both believe that `old` is a prefix of `new`.
        fn check(&self, old: &Head, new: &Head) {
            let proof = consistency(&self.store, SITE, old.size, new).unwrap();
            let verified =
                tree::verify_consistency(old.size, new.size, &proof, &old.root, &new.root);
            assert_eq!(verified, Ok(()), "{} to {}", old.size, new.size);
            // The other one has no proof from the empty tree.
            if old.size > 0 {
                let root = |head: &Head| {
                    RootHash::<Sha256>::new(Output::<Sha256>::from(head.root), head.size)
                };
                let proof = ConsistencyProof::try_from_bytes(proof.concat()).unwrap();
                let verified = root(new).verify_consistency(&root(old), &proof);
                assert!(verified.is_ok(), "{} to {}", old.size, new.size);
            }
        }
    }

    fn head(size: u64, root: Hash) -> Head {
        Head {
            size,
            root,
            checkpoint: String::new(),
        }
    }

    #[test]
    fn between_any_two_heads_there_is_a_proof_from_the_tiles() {
        let mut twins = Twins::new();
        for size in 1..=40 {
            twins.grow(size);
        }
        // Around the ends of tiles: of entries, and of the level above.
        for size in [
            100, 255, 256, 257, 300, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 70_000,
        ] {
            twins.grow(size);
        }
        assert_eq!(
            twins.heads.last().unwrap().root[..],
            twins.other.root().as_bytes()[..]
        );
        for (at, new) in twins.heads.iter().enumerate() {
            for old in &twins.heads[..=at] {
                twins.check(old, new);
            }
        }
    }

    #[test]
    fn a_damaged_tile_is_noticed_before_a_witness_sees_it() {
        let mut twins = Twins::new();
        twins.grow(3);
        twins.grow(5);
        let (old, new) = (&twins.heads[1], &twins.heads[2]);
        twins.check(old, new);
        let other_root = head(5, old.root);
        assert!(matches!(
            consistency(&twins.store, SITE, 3, &other_root),
            Err(StoreError::Damaged(_))
        ));
        let db = rusqlite::Connection::open(twins.scratch.path().join("store.sqlite")).unwrap();
        db.execute("UPDATE tile SET hashes = zeroblob(160)", [])
            .unwrap();
        assert!(matches!(
            consistency(&twins.store, SITE, 3, new),
            Err(StoreError::Damaged(_))
        ));
    }
}
