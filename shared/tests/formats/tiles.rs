//! Tiles: the same roots and proofs from the right edge alone.

use std::{collections::BTreeMap, convert::Infallible};

use raspiska_shared::log::{
    tile::{Level, TilePath, Tiles, WIDTH},
    tree::{self, Hash, Node},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::merkle::Levels;

fn leaf(index: u64) -> Hash {
    tree::leaf_hash(&index.to_be_bytes())
}

fn root(tiles: &Tiles) -> Option<Hash> {
    tree::root(tiles.size(), |node| tiles.node(node).ok_or(())).ok()
}

/// A store of tiles: what a sequencer writes after each step.
#[derive(Default)]
struct Store(BTreeMap<(u8, u64), Vec<Hash>>);

impl Store {
    fn keep(&mut self, tiles: &mut Tiles) {
        for (level, index, hashes) in tiles.touched() {
            self.0.insert((level, index), hashes.to_vec());
        }
        tiles.settle();
    }

    fn load(&self, size: u64) -> Tiles {
        Tiles::load(size, |(level, index, _)| {
            Ok::<_, Infallible>(self.0[&(level, index)].clone())
        })
        .unwrap()
    }

    /// A complete subtree, recomputed from the stored tile that holds its hashes.
    fn node(&self, node: Node) -> Hash {
        let (level, height) = (node.level / 8, node.level % 8);
        let tile = &self.0[&(level, node.index >> (8 - height))];
        let first = usize::try_from(node.index & ((1 << (8 - height)) - 1)).unwrap() << height;
        Levels::new(tile[first..first + (1 << height)].to_vec()).root(1 << height)
    }
}

#[test]
fn roots_from_the_edge_are_the_trees() {
    let last = 66_000;
    let levels = Levels::new((0..last).map(leaf).collect());
    let mut tiles = Tiles::default();
    assert_eq!(root(&tiles), Some(tree::EMPTY_ROOT));
    for index in 0..last {
        assert_eq!(tiles.append(leaf(index)), index);
        let size = index + 1;
        let near = |edge: u64| size.abs_diff(edge) < 4;
        if size < 600
            || size % 1021 == 0
            || near(65_280)
            || near(65_536)
            || near(65_792)
            || size == last
        {
            assert_eq!(root(&tiles), Some(levels.root(size)), "{size}");
        }
        if size % 100 == 0 {
            tiles.settle();
        }
    }
}

#[test]
fn an_edge_that_is_loaded_goes_on_like_the_one_that_was_kept() {
    for size in [
        0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 1000, 65_535, 65_536, 65_537, 65_793,
    ] {
        let mut store = Store::default();
        let mut kept = Tiles::default();
        for index in 0..size {
            kept.append(leaf(index));
            if index % 250 == 0 {
                store.keep(&mut kept);
            }
        }
        store.keep(&mut kept);
        let mut loaded = store.load(size);
        for index in size..size + 520 {
            assert_eq!(root(&loaded), root(&kept), "{size} at {index}");
            kept.append(leaf(index));
            loaded.append(leaf(index));
        }
        let touched = |tiles: &Tiles| -> Vec<(u8, u64, Vec<Hash>)> {
            tiles
                .touched()
                .map(|(level, index, hashes)| (level, index, hashes.to_vec()))
                .collect()
        };
        assert_eq!(touched(&loaded), touched(&kept), "{size}");
        assert!(root(&loaded).is_some());
    }
}

#[test]
fn what_was_just_appended_can_be_proved_from_the_edge() {
    let mut tiles = Tiles::default();
    let mut settled = 0;
    for batch in [1, 2, 253, 1, 255, 3, 600, 7, 64_500] {
        for _ in 0..batch {
            tiles.append(leaf(tiles.size()));
        }
        let size = tiles.size();
        let read = |node: Node| tiles.node(node).ok_or(node);
        let whole = tree::root(size, read).unwrap();
        let step = (size - settled).div_ceil(50);
        for index in (settled..size).step_by(usize::try_from(step).unwrap()) {
            let proof = tree::inclusion(index, size, read).unwrap();
            assert_eq!(
                tree::verify_inclusion(index, size, leaf(index), &proof, &whole),
                Ok(())
            );
        }
        tiles.settle();
        settled = size;
    }
}

#[test]
fn the_stored_tiles_hold_the_whole_tree() {
    let mut store = Store::default();
    let mut tiles = Tiles::default();
    let size = 1_300;
    for index in 0..size {
        tiles.append(leaf(index));
        if index % 77 == 0 {
            store.keep(&mut tiles);
        }
    }
    store.keep(&mut tiles);
    let read = |node| Ok::<_, Infallible>(store.node(node));
    let whole = tree::root(size, read).unwrap();
    assert_eq!(Some(whole), root(&tiles));
    for index in (0..size).step_by(13) {
        let proof = tree::inclusion(index, size, read).unwrap();
        assert_eq!(
            tree::verify_inclusion(index, size, leaf(index), &proof, &whole),
            Ok(())
        );
    }
    // C2SP tlog-tiles: 1300 entries are five full tiles and one of 20, and one of width 5 above them.
    let widths: Vec<_> = store
        .0
        .iter()
        .map(|(id, hashes)| (*id, hashes.len()))
        .collect();
    assert_eq!(widths[4..], [((0, 4), 256), ((0, 5), 20), ((1, 0), 5)]);
}

/// The examples of C2SP tlog-tiles, partial tiles.
#[test]
fn the_edge_has_the_widths_that_the_spec_gives() {
    assert_eq!(Tiles::edge(70_000), [(0, 273, 112), (1, 1, 17), (2, 0, 1)]);
    assert_eq!(Tiles::edge(256), [(1, 0, 1)]);
    assert_eq!(Tiles::edge(0), []);
    assert_eq!(Tiles::edge(u64::MAX).len(), 8);
}

#[test]
fn a_path_prints_as_it_was_read() {
    let path = |level, index, width| TilePath {
        level,
        index,
        width,
    };
    for (text, path) in [
        ("tile/0/000", path(Level::Hashes(0), 0, WIDTH)),
        (
            "tile/7/x001/x234/067",
            path(Level::Hashes(7), 1_234_067, WIDTH),
        ),
        ("tile/1/999.p/255", path(Level::Hashes(1), 999, 255)),
        ("tile/entries/x001/000.p/1", path(Level::Entries, 1_000, 1)),
        (
            "tile/entries/x018/x446/x744/x073/x709/x551/615",
            path(Level::Entries, u64::MAX, WIDTH),
        ),
    ] {
        assert_eq!(text.parse(), Ok(path), "{text}");
        assert_eq!(path.to_string(), text);
    }
}

#[test]
fn other_spellings_of_a_path_are_refused() {
    for text in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/xx01/000",
        "tile/0/ 01",
        "tile/0/+01",
        "tile/00/000",
        "tile/8/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/0/000/",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1/",
        "/tile/0/000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert!(text.parse::<TilePath>().is_err(), "{text:?}");
    }
}
