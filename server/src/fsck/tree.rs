//! The tree over the entries, held against the stored tiles, level by level, and against the root.

use raspiska_shared::log::{
    tile::{Tiles, WIDTH},
    tree::{self, Hash, Node},
};

use super::{Fault, Place, Report, log::Log};
use crate::store::StoreError;

/// Tree levels in a tile.
const HEIGHT: u8 = 8;

/// The part of the tree that was read so far.
#[derive(Default)]
pub(super) struct Tree {
    tiles: Tiles,
    /// A size whose root is wanted, and that root when it was passed.
    watched: Option<(u64, Option<Hash>)>,
}

impl Tree {
    /// An empty tree that keeps the root which it had at a size.
    pub(super) fn watching(size: u64) -> Self {
        let mut tree = Self {
            tiles: Tiles::default(),
            watched: Some((size, None)),
        };
        tree.watch();
        tree
    }

    /// The root at the watched size; none: the tree was never of that size.
    pub(super) fn watched(&self) -> Option<Hash> {
        self.watched.and_then(|(_, root)| root)
    }

    fn watch(&mut self) {
        if let Some((size, root)) = &mut self.watched
            && *size == self.tiles.size()
        {
            *root = tree::root(*size, |node| self.tiles.node(node).ok_or(())).ok();
        }
    }

    /// Takes the leaves of the next tile. Gives the places within it where entry and tile disagree.
    ///
    /// The tree goes on with what the tile has: so a wrong entry is one fault, not one on every level above it.
    pub(super) fn take(
        &mut self,
        log: &Log<'_>,
        leaves: &[Option<Hash>],
        report: &mut Report<'_>,
    ) -> Result<Vec<usize>, StoreError> {
        let index = self.tiles.size() / u64::from(WIDTH);
        #[expect(clippy::cast_possible_truncation, reason = "at most a tile's width")]
        let stored = read(log, 0, index, leaves.len() as u16, report)?;
        let mut differing = Vec::new();
        for (at, leaf) in leaves.iter().enumerate() {
            let stored = stored.get(at).copied();
            if let (Some(leaf), Some(stored)) = (leaf, stored)
                && *leaf != stored
            {
                differing.push(at);
            }
            // Neither entry nor tile: any hash will do, the root cannot be reached any more.
            self.tiles.append(stored.or(*leaf).unwrap_or_default());
            self.watch();
        }
        for (level, index, hashes) in self.tiles.touched() {
            if level > 0 && hashes.len() == usize::from(WIDTH) {
                compare(log, level, index, hashes, report)?;
            }
        }
        if leaves.len() == usize::from(WIDTH) {
            self.tiles.settle();
        }
        Ok(differing)
    }

    /// Compares the partial tiles above the leaves, and the root.
    pub(super) fn close(&self, log: &Log<'_>, report: &mut Report<'_>) -> Result<(), StoreError> {
        let node = |node| self.tiles.node(node).ok_or(());
        for (level, index, width) in Tiles::edge(self.tiles.size()) {
            if level == 0 {
                continue;
            }
            let first = index * u64::from(WIDTH);
            let hashes: Vec<Hash> = (first..first + u64::from(width))
                .filter_map(|index| {
                    self.tiles.node(Node {
                        level: level * HEIGHT,
                        index,
                    })
                })
                .collect();
            compare(log, level, index, &hashes, report)?;
        }
        if tree::root(self.tiles.size(), node) != Ok(log.head.root) {
            report.fault(&Place::Log(log.site.to_owned()), &Fault::Root);
        }
        beyond(log, report)
    }
}

/// A stored tile is what was computed from the level below it.
fn compare(
    log: &Log<'_>,
    level: u8,
    index: u64,
    computed: &[Hash],
    report: &mut Report<'_>,
) -> Result<(), StoreError> {
    #[expect(clippy::cast_possible_truncation, reason = "at most a tile's width")]
    let stored = read(log, level, index, computed.len() as u16, report)?;
    for (at, _) in stored
        .iter()
        .zip(computed)
        .enumerate()
        .filter(|(_, (stored, computed))| stored != computed)
    {
        report.fault(&place(log, level, index), &Fault::TileHash(at));
    }
    Ok(())
}

/// Reads a tile that has to have this width; what is missing is said.
fn read(
    log: &Log<'_>,
    level: u8,
    index: u64,
    width: u16,
    report: &mut Report<'_>,
) -> Result<Vec<Hash>, StoreError> {
    let Some(mut hashes) = log.snapshot.tile(log.id, level, index)? else {
        report.fault(&place(log, level, index), &Fault::TileMissing);
        return Ok(Vec::new());
    };
    if hashes.len() != usize::from(width) {
        report.fault(
            &place(log, level, index),
            &Fault::TileWidth(hashes.len(), width),
        );
        hashes.truncate(usize::from(width));
    }
    Ok(hashes)
}

/// No tile lies where a log of this size has none.
fn beyond(log: &Log<'_>, report: &mut Report<'_>) -> Result<(), StoreError> {
    log.snapshot.tiles(log.id, |level, index| {
        let belongs = u8::try_from(level)
            .ok()
            .and_then(|level| {
                log.head
                    .size
                    .checked_shr(u32::from(HEIGHT) * u32::from(level))
            })
            .is_some_and(|count| {
                u64::try_from(index).is_ok_and(|index| index < count.div_ceil(u64::from(WIDTH)))
            });
        if !belongs {
            let site = log.site.to_owned();
            report.fault(&Place::Tile { site, level, index }, &Fault::TileBeyond);
        }
    })
}

fn place(log: &Log<'_>, level: u8, index: u64) -> Place {
    Place::Tile {
        site: log.site.to_owned(),
        level: i64::from(level),
        index: i64::try_from(index).unwrap_or(i64::MAX),
    }
}
