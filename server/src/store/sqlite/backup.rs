//! A copy beside those who write, and whether a copy is whole.

use std::path::Path;

use super::{super::StoreError, Sqlite};

impl Sqlite {
    /// Writes a copy of the file as it is at this moment; `copy` has to be empty or absent. Writers go on meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn copy(&self, copy: &Path) -> Result<(), StoreError> {
        let copy = copy.to_str().ok_or(StoreError::Name)?;
        // One transaction that reads: in WAL mode no writer waits for it, and none of theirs comes into it halfway.
        self.connections.read(|db| {
            db.execute("VACUUM INTO ?1", [copy])?;
            Ok(())
        })
    }

    /// Reads all pages and looks whether they and the tables fit together.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]; others.
    pub fn check_pages(&self) -> Result<(), StoreError> {
        self.connections.read(|db| {
            let said: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
            if said == "ok" {
                Ok(())
            } else {
                Err(StoreError::Damaged("its pages do not fit together"))
            }
        })
    }
}
