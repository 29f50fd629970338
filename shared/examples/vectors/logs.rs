//! A log of a few entries, one of them Alice's contact form.

use std::convert::Infallible;

use raspiska_shared::{
    digest::Digest,
    log::{
        checkpoint::Checkpoint,
        entry::Entry,
        proof::Proof,
        tree::{self, Hash, Node, node_hash},
    },
    receipt::sign,
};

use crate::actors::{NOW, ORIGIN, alice, contact, log};

/// How many entries the log has.
pub(crate) const SIZE: u64 = 5;

/// Where the receipt of the contact form is.
pub(crate) const INDEX: u64 = 2;

/// The hash of Alice's contact form.
pub(crate) fn receipt() -> Digest {
    sign(contact(), &alice()).unwrap().hash
}

pub(crate) fn entry(index: u64) -> Entry {
    Entry {
        site: "acme".to_owned(),
        receipt: if index == INDEX {
            receipt()
        } else {
            Digest::of(&[index.to_be_bytes()[7]])
        },
        time: NOW * 1000 + index,
    }
}

pub(crate) fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|index| entry(index).leaf()).collect()
}

/// Reads complete subtrees of these leaves.
pub(crate) fn reader(leaves: &[Hash]) -> impl FnMut(Node) -> Result<Hash, Infallible> {
    fn hash(leaves: &[Hash], level: u8, index: usize) -> Hash {
        match level {
            0 => leaves[index],
            _ => node_hash(
                &hash(leaves, level - 1, 2 * index),
                &hash(leaves, level - 1, 2 * index + 1),
            ),
        }
    }
    move |node| {
        Ok(hash(
            leaves,
            node.level,
            usize::try_from(node.index).unwrap(),
        ))
    }
}

pub(crate) fn checkpoint(size: u64) -> Checkpoint {
    let root = tree::root(size, reader(&leaves(size))).unwrap();
    let origin = ORIGIN.to_owned();
    Checkpoint { origin, size, root }
}

/// The proof of the entry at `index` in the log of `size` entries.
pub(crate) fn proof(index: u64, size: u64) -> Proof {
    Proof {
        entry: entry(index),
        index,
        hashes: tree::inclusion(index, size, reader(&leaves(size))).unwrap(),
        checkpoint: checkpoint(size).sign(&log()),
    }
}
