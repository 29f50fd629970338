//! What an auditor remembers: the log's key and the last checkpoint, which is signed and so is evidence by itself.
//!
//! ```text
//! raspiska/audit/v1
//! <verifier key>
//!
//! <the checkpoint's note, verbatim>
//! ```

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use raspiska_shared::log::{LogError, checkpoint::Checkpoint, note::VerifierKey};

use super::Signed;

const LABEL: &str = "raspiska/audit/v1";
/// Longest file: a key and a note.
const MAX_LEN: u64 = 128 * 1024;

/// Key and checkpoint of the last audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    vkey: VerifierKey,
    signed: Signed,
}

/// Why the file does not say what was seen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeenError {
    /// Not such a file.
    #[error("{}: this is not the state of an audit; give --state another file", .0.display())]
    Form(PathBuf),
    /// The file system.
    #[error("{}: {source}", .path.display())]
    Io { path: PathBuf, source: io::Error },
    /// Somebody changed it.
    #[error("{}: its checkpoint is not signed by its key ({source}); it was changed, restore it", .path.display())]
    Unsigned { path: PathBuf, source: LogError },
}

impl Seen {
    pub(super) fn new(vkey: VerifierKey, signed: Signed) -> Self {
        Self { vkey, signed }
    }

    /// The log's key.
    pub(crate) fn vkey(&self) -> &VerifierKey {
        &self.vkey
    }

    /// The last checkpoint.
    pub(crate) fn signed(&self) -> &Signed {
        &self.signed
    }

    /// What a file says; none: there is no file yet.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, SeenError> {
        let mut text = String::new();
        let read = File::open(path).and_then(|file| file.take(MAX_LEN).read_to_string(&mut text));
        match read {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(SeenError::Form(path.to_owned()));
            }
            Err(source) => {
                let path = path.to_owned();
                return Err(SeenError::Io { path, source });
            }
        }
        let form = || SeenError::Form(path.to_owned());
        let (head, note) = text.split_once("\n\n").ok_or_else(form)?;
        let (label, vkey) = head.split_once('\n').ok_or_else(form)?;
        let vkey: VerifierKey = vkey.parse().map_err(|_| form())?;
        if label != LABEL {
            return Err(form());
        }
        let checkpoint = Checkpoint::open(note, &vkey).map_err(|source| SeenError::Unsigned {
            path: path.to_owned(),
            source,
        })?;
        let note = note.to_owned();
        Ok(Some(Self::new(vkey, Signed { note, checkpoint })))
    }

    /// Writes it beside the file and then in its place: a crash leaves the old one or the new one.
    pub(crate) fn write(&self, path: &Path) -> Result<(), SeenError> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        let write = || {
            let mut file = File::create(&beside)?;
            write!(file, "{LABEL}\n{}\n\n{}", self.vkey, self.signed.note)?;
            file.sync_all()?;
            fs::rename(&beside, path)
        };
        write().map_err(|source| SeenError::Io {
            path: path.to_owned(),
            source,
        })
    }
}
