//! `consistency/`: that one tree is a prefix of another. Keys: `old` and `new`, each a size and a root hash; the body is one hash a
//! line.

use base64ct::{Base64, Encoding as _};
use raspiska_shared::{
    log::tree::{self, Hash},
    problem::Kind,
};

use crate::{
    logs::{checkpoint, leaves, reader},
    vector::Vector,
};

pub(crate) fn vectors() -> Vec<Vector> {
    let lines = |hashes: &[Hash]| -> String {
        hashes
            .iter()
            .map(|hash| Base64::encode_string(hash) + "\n")
            .collect()
    };
    let path = |old, new| tree::consistency(old, new, reader(&leaves(new))).unwrap();
    let head = |size: u64, root: Hash| format!("{size} {}", Base64::encode_string(&root));
    let keyed = |vector: Vector, old: u64, new: u64| {
        vector
            .key("old", head(old, checkpoint(old).root))
            .key("new", head(new, checkpoint(new).root))
    };
    let ok = |case: &str, comment: &str, old, new| {
        let vector = Vector::ok(
            &format!("consistency/{case}"),
            comment,
            lines(&path(old, new)),
        );
        keyed(vector, old, new)
    };
    let bad = |case: &str, comment: &str, hashes: &[Hash]| {
        Vector::bad(
            &format!("consistency/{case}"),
            Kind::Consistency,
            comment,
            lines(hashes),
        )
    };
    let mut changed = path(3, 5);
    changed[0][0] ^= 1;
    let longer = [path(3, 5), vec![[0; 32]]].concat();
    vec![
        ok("three-to-five", "neither is full", 3, 5),
        ok(
            "four-to-five",
            "the old root is a part of the new tree",
            4,
            5,
        ),
        ok("same", "a tree extends itself by no hashes", 5, 5),
        ok(
            "from-empty",
            "every tree extends the empty one by no hashes",
            0,
            5,
        ),
        keyed(bad("changed", "one bit changed", &changed), 3, 5),
        keyed(bad("missing", "one hash fewer", &path(3, 5)[1..]), 3, 5),
        keyed(bad("superfluous", "one hash more", &longer), 3, 5),
        keyed(bad("shrunk", "the new tree is smaller", &[]), 5, 3),
        bad("rewritten", "the same size, another root", &[])
            .key("old", head(5, checkpoint(5).root))
            .key("new", head(5, checkpoint(4).root)),
        bad("empty-rewritten", "the empty tree has one root", &[])
            .key("old", head(0, checkpoint(0).root))
            .key("new", head(0, checkpoint(4).root)),
        bad(
            "old-rewritten",
            "the old root is of another tree",
            &path(3, 5),
        )
        .key("old", head(3, checkpoint(4).root))
        .key("new", head(5, checkpoint(5).root)),
    ]
}
