//! The tree against the reference roots of Certificate Transparency, and against `ct-merkle` both ways.

use std::convert::Infallible;

use ct_merkle::{
    ConsistencyProof, InclusionProof, RootHash, digest::Output, mem_backed_tree::MemoryBackedTree,
};
use raspiska_shared::log::tree::{self, Hash, Node};
use sha2::Sha256;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The eight leaves of Certificate Transparency's reference tests, in hex.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

/// The roots over the first 0 to 8 of them.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}

/// All levels of a tree, so that complete subtrees can be read in one step.
pub(crate) struct Levels(Vec<Vec<Hash>>);

impl Levels {
    pub(crate) fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while levels.last().unwrap().len() > 1 {
            let below = levels.last().unwrap();
            let above = below
                .chunks_exact(2)
                .map(|pair| tree::node_hash(&pair[0], &pair[1]))
                .collect();
            levels.push(above);
        }
        Self(levels)
    }

    pub(crate) fn read(&self, node: Node) -> Result<Hash, Infallible> {
        Ok(self.0[usize::from(node.level)][usize::try_from(node.index).unwrap()])
    }

    pub(crate) fn root(&self, size: u64) -> Hash {
        tree::root(size, |node| self.read(node)).unwrap()
    }
}

fn data(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

/// Our tree of some size, and the other's.
fn both(size: u64) -> (Levels, MemoryBackedTree<Sha256, Vec<u8>>) {
    let mut theirs = MemoryBackedTree::new();
    let mut leaves = Vec::new();
    for index in 0..size {
        leaves.push(tree::leaf_hash(&data(index)));
        theirs.push(data(index));
    }
    (Levels::new(leaves), theirs)
}

fn theirs(root: Hash, size: u64) -> RootHash<Sha256> {
    RootHash::new(Output::<Sha256>::from(root), size)
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes
        .chunks_exact(32)
        .map(|hash| hash.try_into().unwrap())
        .collect()
}

fn check_inclusion(
    ours: &Levels,
    other: &MemoryBackedTree<Sha256, Vec<u8>>,
    index: u64,
    size: u64,
) {
    let root = ours.root(size);
    let proof = tree::inclusion(index, size, |node| ours.read(node)).unwrap();
    assert_eq!(
        tree::verify_inclusion(index, size, tree::leaf_hash(&data(index)), &proof, &root),
        Ok(())
    );
    let as_theirs = InclusionProof::try_from_bytes(proof.concat()).unwrap();
    assert!(
        theirs(root, size)
            .verify_inclusion(&data(index), index, &as_theirs)
            .is_ok(),
        "{index} of {size}"
    );
    if size == other.len() {
        let made = other.prove_inclusion(usize::try_from(index).unwrap());
        assert_eq!(hashes(made.as_bytes()), proof, "{index} of {size}");
    }
}

fn check_consistency(ours: &Levels, other: &MemoryBackedTree<Sha256, Vec<u8>>, old: u64, new: u64) {
    let (old_root, new_root) = (ours.root(old), ours.root(new));
    let proof = tree::consistency(old, new, |node| ours.read(node)).unwrap();
    assert_eq!(
        tree::verify_consistency(old, new, &proof, &old_root, &new_root),
        Ok(()),
        "{old} to {new}"
    );
    if old == 0 {
        return;
    }
    let as_theirs = ConsistencyProof::try_from_bytes(proof.concat()).unwrap();
    assert!(
        theirs(new_root, new)
            .verify_consistency(&theirs(old_root, old), &as_theirs)
            .is_ok(),
        "{old} to {new}"
    );
    if new == other.len() {
        let made = other.prove_consistency(usize::try_from(new - old).unwrap());
        assert_eq!(hashes(made.as_bytes()), proof, "{old} to {new}");
    }
}

#[test]
fn the_reference_roots_come_out() {
    let leaves: Vec<Hash> = LEAVES
        .iter()
        .map(|leaf| tree::leaf_hash(&hex(leaf)))
        .collect();
    for (size, root) in ROOTS.iter().enumerate() {
        let levels = Levels::new(leaves[..size].to_vec());
        assert_eq!(
            levels.root(u64::try_from(size).unwrap())[..],
            hex(root),
            "{size}"
        );
    }
}

#[test]
fn every_proof_of_small_trees_convinces_both() {
    for size in 1..=70 {
        let (ours, other) = both(size);
        assert_eq!(ours.root(size)[..], other.root().as_bytes()[..], "{size}");
        for index in 0..size {
            check_inclusion(&ours, &other, index, size);
        }
        for old in 0..=size {
            check_consistency(&ours, &other, old, size);
        }
    }
}

#[test]
fn some_proofs_of_larger_trees_convince_both() {
    for size in (71..=200).chain([255, 256, 257, 511, 1000, 4095, 4097]) {
        let (ours, other) = both(size);
        assert_eq!(ours.root(size)[..], other.root().as_bytes()[..], "{size}");
        let (third, power) = (size / 3, size.next_power_of_two() / 2);
        for index in [
            0,
            1,
            third,
            power - 1,
            power.min(size - 1),
            size - 2,
            size - 1,
        ] {
            check_inclusion(&ours, &other, index, size);
        }
        for old in [0, 1, third, power - 1, power, size - 1, size] {
            check_consistency(&ours, &other, old, size);
        }
    }
}

#[test]
fn every_changed_bit_of_a_proof_is_noticed() {
    for size in [2, 3, 7, 8, 13] {
        let (ours, _) = both(size);
        for index in 0..size {
            let proof = tree::inclusion(index, size, |node| ours.read(node)).unwrap();
            let (leaf, root) = (tree::leaf_hash(&data(index)), ours.root(size));
            for_each_bit(&proof, |changed| {
                assert!(tree::verify_inclusion(index, size, leaf, changed, &root).is_err());
            });
        }
        for old in 1..size {
            let proof = tree::consistency(old, size, |node| ours.read(node)).unwrap();
            for_each_bit(&proof, |changed| {
                let verdict =
                    tree::verify_consistency(old, size, changed, &ours.root(old), &ours.root(size));
                assert!(verdict.is_err());
            });
        }
    }
}

fn for_each_bit(proof: &[Hash], mut check: impl FnMut(&[Hash])) {
    let mut changed = proof.to_vec();
    for hash in 0..proof.len() {
        for bit in 0..256 {
            changed[hash][bit / 8] ^= 1 << (bit % 8);
            check(&changed);
            changed[hash][bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn a_proof_of_another_length_place_or_size_is_noticed() {
    for size in 1..=40 {
        let (ours, _) = both(size);
        let root = ours.root(size);
        for index in 0..size {
            let proof = tree::inclusion(index, size, |node| ours.read(node)).unwrap();
            let leaf = tree::leaf_hash(&data(index));
            let fails = |index, size, proof: &[Hash]| {
                tree::verify_inclusion(index, size, leaf, proof, &root).is_err()
            };
            assert!(fails(index, size, &[&proof[..], &[[0; 32]]].concat()));
            assert!(proof.is_empty() || fails(index, size, &proof[1..]));
            assert!(proof.is_empty() || fails(index, size, &proof[..proof.len() - 1]));
            assert!(
                (0..size + 2)
                    .filter(|other| *other != index)
                    .all(|other| fails(other, size, &proof))
            );
            assert!(fails(index, 0, &proof));
            assert!(fails(u64::MAX, u64::MAX, &proof));
        }
    }
}

#[test]
fn the_empty_tree_and_the_tree_itself_need_no_hashes() {
    let (ours, _) = both(5);
    let path = |old, new| tree::consistency(old, new, |node| ours.read(node)).unwrap();
    assert!(path(0, 0).is_empty());
    assert!(path(0, 5).is_empty());
    assert!(path(5, 5).is_empty());
    let verify = |old, new, proof: &[Hash], old_root: &Hash| {
        tree::verify_consistency(old, new, proof, old_root, &ours.root(new)).is_ok()
    };
    assert!(verify(0, 5, &[], &tree::EMPTY_ROOT));
    assert!(!verify(0, 5, &[], &ours.root(5)));
    assert!(!verify(0, 5, &[[0; 32]], &tree::EMPTY_ROOT));
    assert!(!verify(5, 4, &[], &ours.root(5)));
}
