//! The files of `shared/vectors`: headers and bytes.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A vector: its header's keys, and the bytes that a reader gets.
pub(crate) struct Vector {
    pub(crate) keys: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Vector {
    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }
}

/// The vectors of a folder, in the order of their names.
pub(crate) fn folder(name: &str) -> Vec<Vector> {
    paths(&root().join("shared/vectors").join(name))
        .iter()
        .map(|path| parse(&read(path)))
        .collect()
}

/// The bodies of the vectors of these folders.
pub(crate) fn bodies(folders: &[&str]) -> Vec<Vec<u8>> {
    let vectors = folders.iter().flat_map(|name| folder(name));
    vectors.map(|vector| vector.body).collect()
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What is in a directory, in the order of its names.
pub(crate) fn paths(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

pub(crate) fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn parse(bytes: &[u8]) -> Vector {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap();
    let header = std::str::from_utf8(&bytes[..end]).unwrap();
    let keys = header
        .lines()
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Vector {
        keys,
        body: bytes[end + 2..].to_vec(),
    }
}
