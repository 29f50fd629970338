//! The site of the stories with some of its settings changed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{must, place};

/// Changes of `site.toml`.
#[derive(Clone, Copy, Debug)]
pub struct Variant<'a>(&'a [(&'a str, &'a str)]);

impl<'a> Variant<'a> {
    /// Each old text becomes the new one. An old text that is empty stands for the end of the file.
    #[must_use]
    pub const fn of(changes: &'a [(&'a str, &'a str)]) -> Self {
        Self(changes)
    }

    /// Writes the site's directory into a folder, and says where it is.
    pub(crate) fn written_to(self, folder: &Path) -> PathBuf {
        let site = folder.join("site");
        place::copy(&place::site(), &site);
        let file = site.join("site.toml");
        let mut settings = must("site.toml", fs::read_to_string(&file));
        for (old, new) in self.0 {
            if old.is_empty() {
                settings.push_str(new);
                continue;
            }
            assert!(settings.contains(old), "site.toml has {old:?}");
            settings = settings.replace(old, new);
        }
        must("site.toml", fs::write(file, settings));
        site
    }
}
