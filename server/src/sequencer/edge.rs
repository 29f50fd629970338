//! The right edge of a log in memory, and how it is loaded: checked against the signed checkpoint, or not at all.

use raspiska_shared::log::{
    LogError,
    checkpoint::Checkpoint,
    note::VerifierKey,
    tile::Tiles,
    tree::{self, Hash, Node},
};

use crate::store::{Head, Store, StoreError};

/// A log's head with the partial tiles that an append needs.
pub(super) struct Edge {
    pub(super) head: Head,
    pub(super) tiles: Tiles,
}

/// Why a log cannot be written. Every one of them calls for a human.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The stored checkpoint is not signed by this log's key, or says something else than the store.
    #[error(
        "the stored checkpoint does not hold ({0}); restore the store from a backup, or the log's key"
    )]
    Checkpoint(LogError),
    /// Size or root beside the checkpoint differ from it.
    #[error(
        "the stored head and its checkpoint contradict each other; restore the store from a backup"
    )]
    Head,
    /// The log is behind what it was.
    #[error(
        "the log went back from {seen} entries to {found}; stop, and restore the newest state of the store"
    )]
    RolledBack {
        /// Seen before.
        seen: u64,
        /// In the store now.
        found: u64,
    },
    /// The tiles do not give the root.
    #[error("the stored tiles do not lead to the signed root; restore the store from a backup")]
    Root,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A tile is not there.
    #[error(
        "tile {index} of level {level} is missing or too short; restore the store from a backup"
    )]
    Tile {
        /// Its level.
        level: u8,
        /// Its index.
        index: u64,
    },
}

impl Edge {
    /// Reads the edge and checks it: signature, size, root. `seen` is the largest head seen before.
    pub(super) fn load(
        store: &dyn Store,
        site: &str,
        vkey: &VerifierKey,
        seen: Option<(u64, Hash)>,
    ) -> Result<Self, LoadError> {
        let head = store.head(site)?;
        let signed = Checkpoint::open(&head.checkpoint, vkey).map_err(LoadError::Checkpoint)?;
        if signed.size != head.size || signed.root != head.root {
            return Err(LoadError::Head);
        }
        let tiles = Tiles::load(head.size, |(level, index, width)| {
            let hashes = store.tile(site, level, index)?.unwrap_or_default();
            if hashes.len() < usize::from(width) {
                Err(LoadError::Tile { level, index })
            } else {
                Ok(hashes)
            }
        })?;
        let edge = Self { head, tiles };
        if edge.root()? != edge.head.root {
            return Err(LoadError::Root);
        }
        if let Some((size, root)) = seen
            && (edge.head.size < size || (edge.head.size == size && edge.head.root != root))
        {
            return Err(LoadError::RolledBack {
                seen: size,
                found: edge.head.size,
            });
        }
        Ok(edge)
    }

    /// Size and root: what an append compares, and what a later load is held against.
    pub(super) fn mark(&self) -> (u64, Hash) {
        (self.head.size, self.head.root)
    }

    /// The root over the tiles in memory.
    pub(super) fn root(&self) -> Result<Hash, LoadError> {
        tree::root(self.tiles.size(), |node| self.node(node))
    }

    pub(super) fn node(&self, node: Node) -> Result<Hash, LoadError> {
        self.tiles.node(node).ok_or(LoadError::Root)
    }
}
