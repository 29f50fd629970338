//! Where things are: what the environment says, and folders that go away with their story.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::must;

/// The site that the stories take place on.
pub const SITE: &str = "jetcrm";

/// What `cargo xtask e2e` tells the stories.
///
/// # Panics
/// When it does not.
#[must_use]
pub fn told(variable: &str) -> PathBuf {
    env::var_os(variable)
        .unwrap_or_else(|| panic!("{variable} is not set: `cargo xtask e2e` runs the stories"))
        .into()
}

/// The workspace.
#[must_use]
pub fn root() -> PathBuf {
    env::var_os("RASPISKA_ROOT").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
        PathBuf::from,
    )
}

/// The site's directory: configuration, policy and notices.
#[must_use]
pub fn site() -> PathBuf {
    root().join("www/sites").join(SITE)
}

/// A folder that is removed when its owner is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new, empty one.
    #[must_use]
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("raspiska-{name}-{}-{number}", std::process::id()));
        must("a folder for the story", fs::create_dir_all(&path));
        Self(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A browser that is just ending may still write into it; what is left is in the system's temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Copies the files of a folder, with its subfolders, into another.
pub fn copy(from: &Path, to: &Path) {
    must("a folder for pages", fs::create_dir_all(to));
    for entry in must("pages to copy", fs::read_dir(from)) {
        let entry = must("a page to copy", entry);
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            must("a page to copy", fs::copy(entry.path(), &target));
        }
    }
}
