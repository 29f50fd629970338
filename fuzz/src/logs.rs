//! The log's texts: nothing is accepted that the log did not sign, and proofs prove exactly what the definition says.

use base64ct::{Base64, Encoding as _};
use raspiska_shared::{
    digest::Digest,
    log::{
        checkpoint::Checkpoint,
        note,
        proof::Proof,
        tree::{self, EMPTY_ROOT, Hash, Node},
    },
};

use crate::{
    change,
    known::{KEYS, ORIGIN, TEXTS, is_signed, log},
    vectors::{bodies, folder},
};

/// A note as it comes in; and as a text that the log signs.
pub(crate) fn note(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    for key in KEYS.iter() {
        if let Ok(opened) = note::open(text, key) {
            assert!(TEXTS.contains(opened), "accepted, and nobody signed it");
            assert!(text.starts_with(opened));
        }
    }
    let log = log(ORIGIN).expect("a good name");
    let signed = log.sign(text);
    let Ok(opened) = note::open(&signed, log.vkey()) else {
        return false;
    };
    // Whatever the text looks like, a note says all that was signed and nothing else.
    assert_eq!(opened, text);
    assert!(
        note::open(&change::one_character(&signed), log.vkey()).is_err(),
        "a changed character was not noticed"
    );
    // A line of somebody unknown is ignored.
    let more = format!("{signed}\u{2014} witness.example AAAAAAAA\n");
    assert_eq!(note::open(&more, log.vkey()), Ok(text));
    true
}

pub(crate) fn note_seeds() -> Vec<Vec<u8>> {
    bodies(&["note", "checkpoint"])
}

/// A checkpoint's note as it comes in; and as a text that the log signs.
pub(crate) fn checkpoint(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    for key in KEYS.iter() {
        if let Ok(checkpoint) = Checkpoint::open(text, key) {
            assert_eq!(checkpoint.origin, key.name());
            assert!(is_signed(&checkpoint), "accepted, and nobody signed it");
        }
    }
    // The signature is over the text before the last empty line, if there is one.
    let head = text
        .rfind("\n\n")
        .map_or(text, |separator| &text[..=separator]);
    let log = log(head.split('\n').next().unwrap_or_default());
    let Some(log) = log else { return false };
    let signed = log.sign(head);
    let Ok(checkpoint) = Checkpoint::open(&signed, log.vkey()) else {
        return false;
    };
    assert_eq!(checkpoint.sign(&log), signed, "another spelling");
    assert!(
        Checkpoint::open(&change::one_character(&signed), log.vkey()).is_err(),
        "a changed character was not noticed"
    );
    true
}

pub(crate) fn checkpoint_seeds() -> Vec<Vec<u8>> {
    bodies(&["checkpoint"])
}

/// A proof as it comes in; and with a checkpoint over the root that its path leads to.
pub(crate) fn proof(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let Ok(mut proof) = Proof::parse(text) else {
        return false;
    };
    assert_eq!(proof.to_text(), text);
    let receipt = proof.entry.receipt;
    for key in KEYS.iter() {
        if let Ok(checkpoint) = proof.verify(key, &receipt) {
            assert!(is_signed(&checkpoint), "accepted, and nobody signed it");
        }
    }

    let size = proof.checkpoint.split('\n').nth(1);
    let size = size.and_then(|size| size.parse().ok());
    let size = size.unwrap_or(proof.index.saturating_add(1));
    let leaf = proof.entry.leaf();
    let defined = (proof.index < size)
        .then(|| root(proof.index, size, leaf, &proof.hashes))
        .flatten();
    // Without a root by definition no root may be accepted; these are the likeliest.
    let last = proof.hashes.last().copied();
    for other in [Some(leaf), Some([0; 32]), last].into_iter().flatten() {
        let verified = tree::verify_inclusion(proof.index, size, leaf, &proof.hashes, &other);
        assert_eq!(verified.is_ok(), defined == Some(other));
    }
    let Some(defined) = defined else { return false };
    assert_eq!(
        tree::verify_inclusion(proof.index, size, leaf, &proof.hashes, &defined),
        Ok(())
    );

    let site = proof.entry.site.clone();
    let Some(log) = log(&format!("log.example/{site}")) else {
        return false;
    };
    let head = Checkpoint {
        origin: log.vkey().name().to_owned(),
        size,
        root: defined,
    };
    proof.checkpoint = head.sign(&log);
    let verified = proof.verify(log.vkey(), &receipt);
    // The site is the last part of the origin, so it has no parts itself.
    if site.contains('/') {
        assert!(verified.is_err());
        return false;
    }
    assert_eq!(verified, Ok(head));
    assert!(proof.verify(log.vkey(), &Digest::of(data)).is_err());
    let changed = change::one_character(&proof.to_text());
    assert!(
        Proof::parse(&changed)
            .and_then(|proof| proof.verify(log.vkey(), &receipt))
            .is_err(),
        "a changed character was not noticed"
    );
    true
}

pub(crate) fn proof_seeds() -> Vec<Vec<u8>> {
    bodies(&["proof"])
}

/// Two heads, an empty line, and the hashes: `<size> <root>`, each root and hash in base64.
pub(crate) fn consistency(data: &[u8]) -> bool {
    let Some((old, new, path)) = std::str::from_utf8(data).ok().and_then(heads) else {
        return false;
    };
    let verify = |path: &[Hash], old_root: &Hash, new_root: &Hash| {
        tree::verify_consistency(old.0, new.0, path, old_root, new_root).is_ok()
    };
    let defined = both_roots(old.0, new.0, &path, &old.1);
    let holds = match (old.0, new.0) {
        (0, 0) => path.is_empty() && old.1 == EMPTY_ROOT && new.1 == EMPTY_ROOT,
        // Every tree extends the empty one.
        (0, _) => path.is_empty() && old.1 == EMPTY_ROOT,
        _ => defined == Some((old.1, new.1)),
    };
    assert_eq!(
        verify(&path, &old.1, &new.1),
        holds,
        "not what the definition says"
    );
    grown(old.0, new.0, &path);
    let Some((old_root, new_root)) = defined.filter(|_| 0 < old.0 && old.0 < new.0) else {
        return false;
    };
    assert!(verify(&path, &old_root, &new_root));
    let mut changed = path.clone();
    if !changed.is_empty() {
        let chance = usize::try_from(change::chance(data)).unwrap();
        let at = chance % changed.len();
        changed[at][chance >> 8 & 31] ^= 1;
        assert!(!verify(&changed, &old_root, &new_root));
        assert!(!verify(&path[1..], &old_root, &new_root));
    }
    changed = path.clone();
    changed.push([0; 32]);
    assert!(!verify(&changed, &old_root, &new_root));
    assert!(!verify(&path, &new_root, &old_root) || old_root == new_root);
    true
}

pub(crate) fn consistency_seeds() -> Vec<Vec<u8>> {
    folder("consistency")
        .into_iter()
        .map(|vector| {
            let head = format!("{}\n{}\n\n", vector.keys["old"], vector.keys["new"]);
            [head.into_bytes(), vector.body].concat()
        })
        .collect()
}

/// In a log that really grew there is one proof, and the one that came in is accepted only if it is that one.
fn grown(old: u64, new: u64, path: &[Hash]) {
    const MOST: u64 = 300;
    if !(0 < old && old <= new && new <= MOST) {
        return;
    }
    let read = |node: Node| -> Result<Hash, ()> { Ok(subtree(node)) };
    let (Ok(old_root), Ok(new_root), Ok(made)) = (
        tree::root(old, read),
        tree::root(new, read),
        tree::consistency(old, new, read),
    ) else {
        unreachable!("nothing fails to be read");
    };
    let verify = |path: &[Hash]| tree::verify_consistency(old, new, path, &old_root, &new_root);
    assert_eq!(verify(&made), Ok(()));
    assert_eq!(verify(path).is_ok(), path == made);
}

/// The hash over leaves that are their own indices.
fn subtree(node: Node) -> Hash {
    if node.level == 0 {
        return tree::leaf_hash(&node.index.to_be_bytes());
    }
    let child = |right| {
        subtree(Node {
            level: node.level - 1,
            index: node.index * 2 + right,
        })
    };
    tree::node_hash(&child(0), &child(1))
}

/// The root over `leaf` at `index` of `size` leaves with this path, as RFC 6962 section 2.1.1 defines the path. `index < size`.
fn root(index: u64, size: u64, leaf: Hash, path: &[Hash]) -> Option<Hash> {
    if size == 1 {
        return path.is_empty().then_some(leaf);
    }
    let (sibling, path) = path.split_last()?;
    let left = half(size);
    if index < left {
        Some(tree::node_hash(&root(index, left, leaf, path)?, sibling))
    } else {
        Some(tree::node_hash(
            sibling,
            &root(index - left, size - left, leaf, path)?,
        ))
    }
}

/// The two roots that a path leads to, as RFC 6962 section 2.1.2 defines it.
fn both_roots(old: u64, new: u64, path: &[Hash], old_root: &Hash) -> Option<(Hash, Hash)> {
    if old == 0 || old > new {
        return None;
    }
    within(old, new, path, Some(old_root))
}

/// `SUBPROOF(m, D[n], b)`: the known root stands for `b`.
fn within(old: u64, new: u64, path: &[Hash], known: Option<&Hash>) -> Option<(Hash, Hash)> {
    if old == new {
        return match (known, path) {
            (Some(root), []) => Some((*root, *root)),
            (None, [hash]) => Some((*hash, *hash)),
            _ => None,
        };
    }
    let (sibling, path) = path.split_last()?;
    let left = half(new);
    if old <= left {
        let (from_old, from_new) = within(old, left, path, known)?;
        Some((from_old, tree::node_hash(&from_new, sibling)))
    } else {
        let (from_old, from_new) = within(old - left, new - left, path, None)?;
        Some((
            tree::node_hash(sibling, &from_old),
            tree::node_hash(sibling, &from_new),
        ))
    }
}

/// The largest power of two smaller than `size`, which is at least 2.
fn half(size: u64) -> u64 {
    let mut half = 1u64;
    while half < size - half {
        half *= 2;
    }
    half
}

type Head = (u64, Hash);

fn heads(text: &str) -> Option<(Head, Head, Vec<Hash>)> {
    let head = |line: Option<&str>| {
        let (size, root) = line?.split_once(' ')?;
        Some((size.parse().ok()?, hash(root)?))
    };
    let mut lines = text.lines();
    let (old, new) = (head(lines.next())?, head(lines.next())?);
    (lines.next() == Some("")).then_some(())?;
    let path = lines.map(hash).collect::<Option<_>>()?;
    Some((old, new, path))
}

fn hash(text: &str) -> Option<Hash> {
    Base64::decode_vec(text).ok()?.try_into().ok()
}
