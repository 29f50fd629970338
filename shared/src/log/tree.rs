//! The Merkle tree, RFC 6962 section 2.1: hashes, roots, inclusion and consistency proofs.
//!
//! A maker and its verifier stand side by side. Makers read the hashes of complete subtrees ([`Node`]) through a closure,
//! so that they work over tiles, a database or a vector alike.

use alloc::vec::Vec;
use sha2::{Digest as _, Sha256};

use super::LogError;

/// A SHA-256 hash of the tree.
pub type Hash = [u8; 32];

/// Domain separation of leaves, RFC 6962 section 2.1.
const LEAF_PREFIX: u8 = 0;
/// Domain separation of nodes.
const NODE_PREFIX: u8 = 1;

/// The root of the empty tree: SHA-256 of nothing.
pub const EMPTY_ROOT: Hash = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// A complete subtree of `2^level` leaves; the `index`-th of its level from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// Height above the leaves.
    pub level: u8,
    /// Position in its level.
    pub index: u64,
}

/// `SHA-256(0x00 || data)`
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([LEAF_PREFIX])
        .chain_update(data)
        .finalize()
        .into()
}

/// `SHA-256(0x01 || left || right)`
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([NODE_PREFIX])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The root of a tree of `size` leaves.
///
/// # Errors
/// Whatever `read` fails with.
pub fn root<E>(size: u64, mut read: impl FnMut(Node) -> Result<Hash, E>) -> Result<Hash, E> {
    if size == 0 {
        return Ok(EMPTY_ROOT);
    }
    range(0, size, &mut read)
}

/// The proof that leaf `index` is in the tree of `size` leaves, `index < size`; the leaf's sibling first.
///
/// # Errors
/// Whatever `read` fails with.
pub fn inclusion<E>(
    index: u64,
    size: u64,
    mut read: impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let (mut low, mut high) = (0, size);
    let mut proof = Vec::new();
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            proof.push(range(middle, high, &mut read)?);
            high = middle;
        } else {
            proof.push(range(low, middle, &mut read)?);
            low = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that `proof` leads from `leaf` at `index` to the `root` of `size` leaves. RFC 9162 section 2.1.3.2.
///
/// # Errors
/// [`LogError::Inclusion`].
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), LogError> {
    if index >= size {
        return Err(LogError::Inclusion);
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(LogError::Inclusion);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // A right-most node without sibling on its level takes part only further up.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && hash == *root {
        Ok(())
    } else {
        Err(LogError::Inclusion)
    }
}

/// The proof that the tree of `old` leaves is a prefix of the tree of `new` leaves, `old <= new`. RFC 6962 section 2.1.2.
/// For the empty tree and for `old == new` it is empty.
///
/// # Errors
/// Whatever `read` fails with.
pub fn consistency<E>(
    old: u64,
    new: u64,
    mut read: impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    let (mut low, mut high) = (0, new);
    let mut proof = Vec::new();
    // Whether the old tree is exactly the subtree looked at: then the verifier knows its root.
    let mut whole = true;
    while 0 < old && old < high {
        let middle = low + split(high - low);
        if old <= middle {
            proof.push(range(middle, high, &mut read)?);
            high = middle;
        } else {
            proof.push(range(low, middle, &mut read)?);
            low = middle;
            whole = false;
        }
    }
    if !whole {
        proof.push(range(low, high, &mut read)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks that a tree of `old` leaves with `old_root` is a prefix of one of `new` leaves with `new_root`. RFC 9162 section 2.1.4.2.
///
/// Every tree extends the empty one and itself, by an empty proof.
///
/// # Errors
/// [`LogError::Consistency`].
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), LogError> {
    let fault = LogError::Consistency;
    if old == 0 || old == new {
        let empty_fits = old != 0 || *old_root == EMPTY_ROOT;
        let same_fits = old != new || old_root == new_root;
        return if proof.is_empty() && empty_fits && same_fits {
            Ok(())
        } else {
            Err(fault)
        };
    }
    if old > new {
        return Err(fault);
    }
    let mut rest = proof.iter();
    let first = if old.is_power_of_two() {
        old_root
    } else {
        rest.next().ok_or(fault)?
    };
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut from_old, mut from_new) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(fault);
        }
        if node & 1 == 1 || node == last {
            from_old = node_hash(sibling, &from_old);
            from_new = node_hash(sibling, &from_new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node_hash(&from_new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 && from_old == *old_root && from_new == *new_root {
        Ok(())
    } else {
        Err(fault)
    }
}

/// The hash over the leaves `low..high`, where `low` is a multiple of the power of two that is at least `high - low`.
fn range<E>(
    low: u64,
    high: u64,
    read: &mut impl FnMut(Node) -> Result<Hash, E>,
) -> Result<Hash, E> {
    let count = high - low;
    if count.is_power_of_two() {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a u64 has at most 63 trailing zeroes here"
        )]
        let level = count.trailing_zeros() as u8;
        return read(Node {
            level,
            index: low >> level,
        });
    }
    let middle = low + split(count);
    let left = range(low, middle, read)?;
    let right = range(middle, high, read)?;
    Ok(node_hash(&left, &right))
}

/// The largest power of two smaller than `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count - 1).leading_zeros())
}
