//! From the head that was seen to the head that is signed now.

use raspiska_shared::log::{
    entry::Entry,
    tile::{Tiles, WIDTH},
    tree::{self, EMPTY_ROOT, Hash, Node},
};

use super::{AuditError, Finding, Published, Signed};

/// Tree levels in a tile.
const HEIGHT: u8 = 8;
/// Tiles that are asked for together: some MiB of memory.
const WINDOW: usize = 32;

/// Checks that `new` extends `old` and that the new entries are what was signed. Gives how many bear an earlier time than
/// the one before them.
pub(super) fn follow(
    log: &Published,
    old: Option<&Signed>,
    new: &Signed,
) -> Result<u64, AuditError> {
    let (from, from_root) = old.map_or((0, EMPTY_ROOT), |old| {
        (old.checkpoint.size, old.checkpoint.root)
    });
    let (size, root) = (new.checkpoint.size, new.checkpoint.root);
    let pair = |old: &Signed| (Box::new(old.clone()), Box::new(new.clone()));
    let fork = || match old.map(pair) {
        Some((old, new)) => Finding::Fork { old, new },
        None => unproved(None, new),
    };
    if let Some((old, new)) = old.filter(|_| size < from).map(pair) {
        return Err(Finding::Shrunk { old, new }.into());
    }
    if size == from {
        return if root == from_root {
            Ok(0)
        } else {
            Err(fork().into())
        };
    }
    let mut walk = Walk::begin(log, new, from)?;
    // What the published edge makes of the tree that was seen. Both roots together decide what a difference means.
    let edge_root = walk.published.root_of(from)?;
    walk.read()?;
    if walk.published.root_of(size)? == root {
        // The published tree is the signed one, and so is its edge at the old size.
        if edge_root != from_root {
            return Err(fork().into());
        }
        if let Some(finding) = walk.doubt {
            return Err(finding.into());
        }
        return Ok(walk.earlier);
    }
    if edge_root == from_root && walk.entries.root_of(size)? == root {
        // Entries and roots fit together: it is a tile of hashes that does not.
        return Err(match walk.doubt {
            Some(Finding::Leaf(index)) => Finding::Tile(named(0, index / u64::from(WIDTH))),
            Some(finding) => finding,
            None => unproved(old, new),
        }
        .into());
    }
    Err(unproved(old, new).into())
}

fn unproved(old: Option<&Signed>, new: &Signed) -> Finding {
    Finding::Unproved {
        old: old.map(|old| Box::new(old.clone())),
        new: Box::new(new.clone()),
    }
}

/// The way through the new part of a log.
struct Walk<'a> {
    log: &'a Published,
    /// The last part of the origin, `<log host>/<site>`.
    site: &'a str,
    from: u64,
    size: u64,
    /// The tree over the leaves that the tiles have.
    published: Edge,
    /// The tree over the leaves of the entries.
    entries: Edge,
    /// The first thing that does not fit, to be said if the roots are in order.
    doubt: Option<Finding>,
    last_time: u64,
    earlier: u64,
}

impl<'a> Walk<'a> {
    /// Loads the edge of the tree of `from` leaves.
    fn begin(log: &'a Published, new: &'a Signed, from: u64) -> Result<Self, AuditError> {
        let size = new.checkpoint.size;
        let asked: Vec<_> = Tiles::edge(from)
            .into_iter()
            .map(|(level, index, _)| (level, index, width(size, level, index)))
            .collect();
        let mut loaded = log.hashes(&asked)?.into_iter();
        let tiles = Tiles::load(from, |_| {
            Ok::<_, AuditError>(loaded.next().unwrap_or_default())
        })?;
        Ok(Self {
            log,
            site: new.checkpoint.origin.rsplit('/').next().unwrap_or_default(),
            from,
            size,
            published: Edge(tiles.clone()),
            entries: Edge(tiles),
            doubt: None,
            last_time: 0,
            earlier: 0,
        })
    }

    /// Reads entries and tiles up to the new head.
    fn read(&mut self) -> Result<(), AuditError> {
        let end = self.size.div_ceil(u64::from(WIDTH));
        let mut next = self.from / u64::from(WIDTH);
        while next < end {
            let window = next..end.min(next + WINDOW as u64);
            next = window.end;
            let asked: Vec<_> = window
                .map(|index| (index, width(self.size, 0, index)))
                .collect();
            let leaves: Vec<_> = asked
                .iter()
                .map(|&(index, width)| (0, index, width))
                .collect();
            let bundles = self.log.bundles(&asked)?;
            let leaves = self.log.hashes(&leaves)?;
            for ((&(index, _), bundle), leaves) in asked.iter().zip(&bundles).zip(&leaves) {
                self.tile(index * u64::from(WIDTH), bundle, leaves)?;
            }
            self.full_tiles()?;
        }
        self.partial_tiles()
    }

    /// One bundle and its tile, as far as they are new.
    fn tile(&mut self, first: u64, bundle: &[Vec<u8>], leaves: &[Hash]) -> Result<(), AuditError> {
        for ((index, bytes), leaf) in (first..).zip(bundle).zip(leaves) {
            if index < self.from {
                continue;
            }
            let computed = tree::leaf_hash(bytes);
            if computed != *leaf {
                self.doubt(Finding::Leaf(index));
            }
            self.published.0.append(*leaf);
            self.entries.0.append(computed);
            match Entry::parse(bytes) {
                Err(error) => self.doubt(Finding::Entry { index, error }),
                Ok(entry) if entry.site != self.site => self.doubt(Finding::Site(index)),
                Ok(entry) => {
                    self.earlier += u64::from(entry.time < self.last_time);
                    self.last_time = entry.time;
                }
            }
        }
        Ok(())
    }

    /// Tiles above the leaves that became full: what is published is what follows from the leaves.
    fn full_tiles(&mut self) -> Result<(), AuditError> {
        let full: Vec<_> = self
            .published
            .0
            .touched()
            .filter(|(level, _, hashes)| *level > 0 && hashes.len() == usize::from(WIDTH))
            .map(|(level, index, hashes)| ((level, index, WIDTH), hashes.to_vec()))
            .collect();
        self.compare(full)?;
        self.published.0.settle();
        self.entries.0.settle();
        Ok(())
    }

    /// The right edge above the leaves.
    fn partial_tiles(&mut self) -> Result<(), AuditError> {
        let edge = Tiles::edge(self.size)
            .into_iter()
            .filter(|(level, ..)| *level > 0)
            .map(|id @ (level, index, width)| {
                let first = index * u64::from(WIDTH);
                let hashes = (first..first + u64::from(width)).filter_map(|index| {
                    self.published.0.node(Node {
                        level: level * HEIGHT,
                        index,
                    })
                });
                (id, hashes.collect())
            })
            .collect();
        self.compare(edge)
    }

    fn compare(&mut self, computed: Vec<((u8, u64, u16), Vec<Hash>)>) -> Result<(), AuditError> {
        let asked: Vec<_> = computed.iter().map(|(id, _)| *id).collect();
        let served = self.log.hashes(&asked)?;
        for (((level, index, _), computed), served) in computed.into_iter().zip(served) {
            if computed != served {
                self.doubt(Finding::Tile(named(level, index)));
            }
        }
        Ok(())
    }

    fn doubt(&mut self, finding: Finding) {
        self.doubt.get_or_insert(finding);
    }
}

/// The right edge of a tree.
struct Edge(Tiles);

impl Edge {
    fn root_of(&self, size: u64) -> Result<Hash, AuditError> {
        // All of the edge was loaded or appended: a node that is not there would be a fault of ours.
        Ok(tree::root(size, |node| self.0.node(node).ok_or(())).unwrap_or_default())
    }
}

fn named(level: u8, index: u64) -> String {
    format!("tile {index} of level {level}")
}

/// How many hashes a tile has in a tree of `size` leaves.
fn width(size: u64, level: u8, index: u64) -> u16 {
    let count = size >> (HEIGHT * level);
    let rest = count - index * u64::from(WIDTH);
    u16::try_from(rest).unwrap_or(WIDTH).min(WIDTH)
}
