//! The journal of erasures: a file of its own beside the store, so that a store that comes back from a backup does not bring
//! back what was destroyed since.
//!
//! One JSON object a line; lines are only ever added, and each is durable before what it says is begun. A last line without
//! its end was being written when the power went: nothing followed from it, and it is cut off.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::act::{Ledger, LedgerError, Line};
use crate::data::{advice, sync_dir};

/// The open journal, with what it says.
pub(crate) struct Journal {
    path: PathBuf,
    /// None: nothing was written yet.
    file: Option<File>,
    /// Whole lines end here. What lies behind it is of a write that failed.
    len: u64,
    ledger: Ledger,
}

/// Why the journal cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system.
    #[error("{}: {source}{}", .path.display(), advice(.source))]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Somebody changed it, or the disk did.
    #[error("{}, line {number}: {message}; restore the journal from a backup, or put several of them one behind the other", .path.display())]
    Line {
        /// Where.
        path: PathBuf,
        /// Which line, from 1.
        number: usize,
        /// What is wrong.
        message: String,
    },
}

impl Journal {
    /// Opens it for the server, which alone writes it; it is made when something is destroyed for the first time.
    pub(crate) fn open(path: &Path) -> Result<Self, JournalError> {
        let (ledger, len) = read(path)?;
        let file = match OpenOptions::new().write(true).open(path) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(fault(path)(source)),
        };
        Ok(Self {
            path: path.to_owned(),
            file,
            len,
            ledger,
        })
    }

    /// What it says.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Adds a line; durable when it returns. After an error it says nothing of it, and may be told again.
    pub(crate) fn append(&mut self, line: Line) -> Result<(), JournalError> {
        let fault = fault(&self.path);
        // Texts, numbers and lists always serialise.
        let mut bytes = serde_json::to_vec(&line).unwrap_or_default();
        bytes.push(b'\n');
        self.write(&bytes).map_err(fault)?;
        self.len += bytes.len() as u64;
        self.ledger.take(line).map_err(|error| self.wrong(&error))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let file = none.insert(create(&self.path)?);
                if let Some(dir) = self.path.parent() {
                    sync_dir(dir)?;
                }
                file
            }
        };
        // Over what a write before this one may have left.
        file.set_len(self.len)?;
        io::Seek::seek(file, io::SeekFrom::Start(self.len))?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn wrong(&self, error: &LedgerError) -> JournalError {
        JournalError::Line {
            path: self.path.clone(),
            number: 0,
            message: error.to_string(),
        }
    }
}

/// What a journal says, and where its whole lines end. One that is not there says nothing.
pub(crate) fn read(path: &Path) -> Result<(Ledger, u64), JournalError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(fault(path)(source)),
    };
    let whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |end| end + 1);
    let mut ledger = Ledger::default();
    for (at, line) in bytes[..whole]
        .split_inclusive(|byte| *byte == b'\n')
        .enumerate()
    {
        let wrong = |message: String| JournalError::Line {
            path: path.to_owned(),
            number: at + 1,
            message,
        };
        let line: Line = serde_json::from_slice(line).map_err(|error| wrong(error.to_string()))?;
        ledger
            .take(line)
            .map_err(|error| wrong(error.to_string()))?;
    }
    Ok((ledger, whole as u64))
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn fault(path: &Path) -> impl FnOnce(io::Error) -> JournalError + use<> {
    let path = path.to_owned();
    move |source| JournalError::Io { path, source }
}
