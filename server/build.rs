//! Makes the server follow the built browser assets, which it embeds.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder =
        Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../target/www");
    // A folder that is missing counts as changed on every build; an empty one does not.
    fs::create_dir_all(&folder)?;
    println!("cargo::rerun-if-changed={}", folder.display());
    Ok(())
}
