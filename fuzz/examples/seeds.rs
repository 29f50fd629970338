//! Writes the seeds of each target into `corpus/<target>`, named for their digests, as a search names what it finds.

use raspiska_fuzz::TARGETS;
use raspiska_shared::digest::Digest;
use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for target in &TARGETS {
        let folder = corpus.join(target.name);
        fs::create_dir_all(&folder)?;
        for seed in (target.seeds)() {
            fs::write(folder.join(Digest::of(&seed).to_string()), &seed)?;
        }
    }
    Ok(())
}
