//! Writes `shared/vectors`, and from it the examples in `www/spec`: `cargo run -p raspiska-shared --example vectors`.
//!
//! Keys are repeated bytes and the clock is pinned, so that the same bytes come out every time; a test compares them.
#![expect(
    clippy::unwrap_used,
    reason = "part of the tests: what cannot be made must stop it"
)]

use std::{fs, io, path::Path};

// Who, and what they make.
mod actors;
mod forge;
mod logs;
mod pages;
mod vector;

// The cases, by what reads them.
mod admission;
mod consistency;
mod cosignatures;
mod disclosures;
mod files;
mod notes;
mod payloads;
mod posts;
mod proofs;
mod receipts;
mod requests;
mod signatures;
mod texts;

fn main() -> io::Result<()> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR"));
    let vectors = vector::all();
    let folder = shared.join("vectors");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    for (path, bytes) in &vectors {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    for page in fs::read_dir(shared.join("../www/spec"))? {
        let path = page?.path();
        let page = fs::read_to_string(&path)?;
        fs::write(path, pages::refresh(&page, &vectors))?;
    }
    Ok(())
}
