//! Tiles: runs of up to 256 hashes in which the tree is stored and served. C2SP tlog-tiles.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::{fmt, str::FromStr};

use super::{
    decimal,
    tree::{Hash, Node, node_hash},
};

/// Hashes in a full tile.
pub const WIDTH: u16 = 256;

/// Tree levels in a tile: `2^HEIGHT == WIDTH`.
const HEIGHT: u8 = 8;

/// Highest tile level that a log of 2^64 entries has.
const MAX_LEVEL: u8 = 7;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Log entries.
    Entries,
    /// Hashes of this tile level, 0 to 7.
    Hashes(u8),
}

/// The path of a tile: `tile/<L>/<N>[.p/<W>]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TilePath {
    /// What it holds.
    pub level: Level,
    /// Its index in the level.
    pub index: u64,
    /// How many hashes or entries it holds, 1 to 256.
    pub width: u16,
}

/// The text is not the path of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a tile's path: tile/<0-7 or entries>/<x000/…/000>[.p/<1-255>] is expected")]
pub struct TilePathError;

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(text: &str) -> Result<Self, TilePathError> {
        let rest = text.strip_prefix("tile/").ok_or(TilePathError)?;
        let (level, rest) = rest.split_once('/').ok_or(TilePathError)?;
        let level = match level {
            "entries" => Level::Entries,
            number => match decimal(number).and_then(|level| u8::try_from(level).ok()) {
                Some(level) if level <= MAX_LEVEL => Level::Hashes(level),
                _ => return Err(TilePathError),
            },
        };
        let (number, width) = match rest.split_once(".p/") {
            None => (rest, WIDTH),
            Some((number, width)) => {
                match decimal(width).and_then(|width| u16::try_from(width).ok()) {
                    Some(width) if (1..WIDTH).contains(&width) => (number, width),
                    _ => return Err(TilePathError),
                }
            }
        };
        let mut index: u64 = 0;
        for group in number.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(TilePathError);
            }
            let group: u64 = digits.parse().map_err(|_| TilePathError)?;
            index = index
                .checked_mul(1000)
                .and_then(|index| index.checked_add(group))
                .ok_or(TilePathError)?;
        }
        let path = Self {
            level,
            index,
            width,
        };
        // Printing it back refuses superfluous groups and misplaced x.
        if alloc::format!("{path}") == text {
            Ok(path)
        } else {
            Err(TilePathError)
        }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Level::Entries => f.write_str("tile/entries/")?,
            Level::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        let mut groups: Vec<String> = Vec::new();
        let mut rest = self.index;
        loop {
            groups.push(alloc::format!("{:03}", rest % 1000));
            rest /= 1000;
            if rest == 0 {
                break;
            }
        }
        while let Some(group) = groups.pop() {
            if groups.is_empty() {
                f.write_str(&group)?;
            } else {
                write!(f, "x{group}/")?;
            }
        }
        if self.width < WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// The right edge of a growing tree in memory, with the tiles that were touched since the last [`Self::settle`].
///
/// Only this much is needed to append, to compute the root, and to prove the inclusion of what was just appended: of each
/// level the last, partial tile.
#[derive(Clone, Debug, Default)]
pub struct Tiles {
    size: u64,
    tiles: BTreeMap<(u8, u64), Tile>,
}

/// One tile with its inner nodes: `nodes[h]` are the hashes of the complete subtrees of height `h` above the tile's hashes.
#[derive(Clone, Debug, Default)]
struct Tile {
    nodes: [Vec<Hash>; HEIGHT as usize + 1],
    touched: bool,
}

impl Tile {
    fn push(&mut self, hash: Hash) {
        self.nodes[0].push(hash);
        for height in 0..usize::from(HEIGHT) {
            let [.., left, right] = &self.nodes[height][..] else {
                break;
            };
            if !self.nodes[height].len().is_multiple_of(2) {
                break;
            }
            let parent = node_hash(left, right);
            self.nodes[height + 1].push(parent);
        }
    }
}

/// A tile that a log of some size has: level, index, width.
pub type TileId = (u8, u64, u16);

impl Tiles {
    /// The partial tiles that a tree of `size` leaves needs loaded, see [`Self::load`].
    #[must_use]
    pub fn edge(size: u64) -> Vec<TileId> {
        (0..=MAX_LEVEL)
            .filter_map(|level| {
                let count = size >> (u32::from(HEIGHT) * u32::from(level));
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "below 256 by the remainder"
                )]
                let width = (count % u64::from(WIDTH)) as u16;
                (width > 0).then_some((level, count / u64::from(WIDTH), width))
            })
            .collect()
    }

    /// The edge of a tree of `size` leaves, from the hashes of its partial tiles.
    ///
    /// # Errors
    /// Whatever `read` fails with.
    pub fn load<E>(
        size: u64,
        mut read: impl FnMut(TileId) -> Result<Vec<Hash>, E>,
    ) -> Result<Self, E> {
        let mut tiles = BTreeMap::new();
        for id @ (level, index, width) in Self::edge(size) {
            let mut tile = Tile::default();
            for hash in read(id)?.into_iter().take(usize::from(width)) {
                tile.push(hash);
            }
            tiles.insert((level, index), tile);
        }
        Ok(Self { size, tiles })
    }

    /// Leaves so far.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf and gives its index.
    pub fn append(&mut self, leaf: Hash) -> u64 {
        let position = self.size;
        let mut hash = leaf;
        let mut index = position;
        for level in 0..=MAX_LEVEL {
            let tile = self
                .tiles
                .entry((level, index / u64::from(WIDTH)))
                .or_default();
            tile.touched = true;
            tile.push(hash);
            // A full tile is one hash of the level above.
            let Some(&full) = tile.nodes[usize::from(HEIGHT)].first() else {
                break;
            };
            hash = full;
            index /= u64::from(WIDTH);
        }
        self.size = position + 1;
        position
    }

    /// The hash of a complete subtree, if it lies in a tile that is held.
    #[must_use]
    pub fn node(&self, node: Node) -> Option<Hash> {
        let (level, height) = (node.level / HEIGHT, node.level % HEIGHT);
        let per_tile = HEIGHT - height;
        let tile = self.tiles.get(&(level, node.index >> per_tile))?;
        let within = usize::try_from(node.index & ((1 << per_tile) - 1)).ok()?;
        tile.nodes[usize::from(height)].get(within).copied()
    }

    /// Level, index and hashes of each tile touched since the last settling: what has to be stored.
    pub fn touched(&self) -> impl Iterator<Item = (u8, u64, &[Hash])> {
        self.tiles
            .iter()
            .filter(|(_, tile)| tile.touched)
            .map(|(&(level, index), tile)| (level, index, &tile.nodes[0][..]))
    }

    /// Forgets what is stored by now and not needed to go on.
    pub fn settle(&mut self) {
        self.tiles
            .retain(|_, tile| tile.nodes[0].len() < usize::from(WIDTH));
        for tile in self.tiles.values_mut() {
            tile.touched = false;
        }
    }
}
