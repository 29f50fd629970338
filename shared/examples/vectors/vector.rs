//! A vector: a header of `key: value` lines, an empty line, then the raw bytes that a verifier gets.

use std::collections::BTreeMap;

use raspiska_shared::problem::Kind;

use crate::{
    actors, admission, consistency, cosignatures, disclosures, files, notes, payloads, proofs,
    receipts, requests, signatures, texts,
};

/// One case with at most one fault.
#[derive(Clone, Debug)]
pub(crate) struct Vector {
    /// `<folder>/<case>.txt`; the folder says what reads the body.
    pub(crate) path: String,
    /// The kind of the fault; none: it is accepted.
    pub(crate) expect: Option<Kind>,
    /// What is special about it.
    pub(crate) comment: String,
    /// Whatever else the reader needs.
    pub(crate) keys: Vec<(String, String)>,
    /// The raw bytes.
    pub(crate) body: Vec<u8>,
}

impl Vector {
    pub(crate) fn ok(path: &str, comment: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            path: format!("{path}.txt"),
            expect: None,
            comment: comment.to_owned(),
            keys: Vec::new(),
            body: body.into(),
        }
    }

    pub(crate) fn bad(path: &str, kind: Kind, comment: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            expect: Some(kind),
            ..Self::ok(path, comment, body)
        }
    }

    pub(crate) fn key(mut self, name: &str, value: impl ToString) -> Self {
        self.keys.retain(|(own, _)| own != name);
        self.keys.push((name.to_owned(), value.to_string()));
        self
    }

    fn to_bytes(&self) -> Vec<u8> {
        let expect = self.expect.map_or("ok", Kind::slug);
        let mut bytes = format!("expect: {expect}\ncomment: {}\n", self.comment).into_bytes();
        for (name, value) in &self.keys {
            bytes.extend_from_slice(format!("{name}: {value}\n").as_bytes());
        }
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Every file of the folder, by its path.
pub(crate) fn all() -> BTreeMap<String, Vec<u8>> {
    let vectors = [
        receipts::vectors(),
        signatures::vectors(),
        payloads::vectors(),
        disclosures::vectors(),
        admission::vectors(),
        notes::vectors(),
        proofs::vectors(),
        consistency::vectors(),
        cosignatures::vectors(),
        files::vectors(),
        texts::vectors(),
        requests::vectors(),
    ];
    let mut all = BTreeMap::new();
    for vector in vectors.into_iter().flatten() {
        let bytes = vector.to_bytes();
        assert!(
            all.insert(vector.path.clone(), bytes).is_none(),
            "{} stands twice",
            vector.path
        );
    }
    let site = serde_json::to_string_pretty(&actors::site()).unwrap() + "\n";
    all.insert("site.json".to_owned(), site.into_bytes());
    all
}
