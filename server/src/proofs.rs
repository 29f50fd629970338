//! Inclusion proofs for what was logged earlier, from the stored tiles.

use std::collections::BTreeMap;

use raspiska_shared::log::{
    entry::Entry,
    proof::Proof,
    tree::{self, Hash, Node},
};

use crate::store::{Position, Store, StoreError};
use raspiska_shared::digest::Digest;

/// Tree levels in a tile.
const HEIGHT: u8 = 8;

/// The proof of an entry up to the log's head of this moment.
pub(crate) fn prove(
    store: &dyn Store,
    site: &str,
    receipt: Digest,
    at: Position,
) -> Result<Proof, StoreError> {
    // The head first: tiles only grow, so whatever is read after it covers it.
    let head = store.head(site)?;
    if at.index >= head.size {
        return Err(StoreError::Damaged("an entry lies beyond the log's head"));
    }
    let mut tiles = TileReader {
        store,
        site,
        read: BTreeMap::new(),
    };
    Ok(Proof {
        entry: Entry {
            site: site.to_owned(),
            receipt,
            time: at.time,
        },
        index: at.index,
        hashes: tree::inclusion(at.index, head.size, |node| tiles.node(node))?,
        checkpoint: head.checkpoint,
    })
}

/// Reads nodes out of stored tiles, each tile once.
struct TileReader<'a> {
    store: &'a dyn Store,
    site: &'a str,
    read: BTreeMap<(u8, u64), Vec<Hash>>,
}

impl TileReader<'_> {
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
