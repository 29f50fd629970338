//! `raspiska backup`: a copy of the store as of one moment, beside the running server. Never a key.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write},
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    data::{DataDir, DataError, advice},
    erasure::{self, JournalError},
    keys,
    sequencer::{self, LoadError},
    store::{Sqlite, Store, StoreError},
};

/// The flags of `raspiska backup`.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file that is made; it must not be there
    file: PathBuf,
    /// The server's data directory; the server may be running
    #[arg(long, value_name = "DIR", env = "RASPISKA_DATA")]
    data: PathBuf,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub(super) enum BackupError {
    #[error("the copy does not hold, site {site}: {source}")]
    Copy { site: String, source: LoadError },
    #[error(transparent)]
    Data(#[from] DataError),
    #[error("{}: there is a file already; a backup is never overwritten, choose another name", .0.display())]
    Exists(PathBuf),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("{}: another backup is at work here, or one was interrupted; delete this file if none is", .0.display())]
    Interrupted(PathBuf),
    #[error("{}: {source}{}", .path.display(), advice(.source))]
    Io { path: PathBuf, source: io::Error },
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Backup {
    pub(super) fn run(&self) -> Result<(), BackupError> {
        backup(&self.file, &self.data, &mut io::stdout().lock())
    }
}

fn backup(file: &Path, data: &Path, out: &mut impl Write) -> Result<(), BackupError> {
    let data = DataDir::visit(data)?;
    let journal = journal_of(file);
    for made in [file, &journal] {
        if made.exists() {
            return Err(BackupError::Exists(made.to_owned()));
        }
    }
    let mut partial = file.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    create_private(&partial)?;
    let logs = match copy(&data, &partial) {
        Ok(logs) => logs,
        Err(error) => {
            // What is left of it is of no use; that it cannot be deleted is less than why it is there.
            let _ = fs::remove_file(&partial);
            return Err(error);
        }
    };
    // After the store: what is in the copy and was destroyed since is in the journal, and not the other way round.
    if let Err(error) = copy_journal(&data, &journal) {
        for made in [&partial, &journal] {
            let _ = fs::remove_file(made);
        }
        return Err(error);
    }
    // A crash before this leaves FILE.partial, after it a whole FILE.
    fs::rename(&partial, file).map_err(fault(file))?;
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let durable = File::open(folder).and_then(|folder| folder.sync_all());
    durable.map_err(fault(folder))?;
    tell(&data, file, &logs, out)
}

/// Where the journal of erasures goes.
fn journal_of(file: &Path) -> PathBuf {
    let mut journal = file.as_os_str().to_owned();
    journal.push(".erasures.jsonl");
    journal.into()
}

/// Nothing was destroyed yet: there is none to copy.
fn copy_journal(data: &DataDir, to: &Path) -> Result<(), BackupError> {
    let path = data.erasures();
    let (_, len) = erasure::read(&path)?;
    if len == 0 {
        return Ok(());
    }
    create_private(to)?;
    let copied = || -> io::Result<()> {
        let mut copy = OpenOptions::new().write(true).open(to)?;
        io::copy(&mut File::open(&path)?.take(len), &mut copy)?;
        copy.sync_all()
    };
    copied().map_err(fault(to))
}

/// Copies and checks; gives the logs with their sizes.
fn copy(data: &DataDir, partial: &Path) -> Result<Vec<(String, u64)>, BackupError> {
    Sqlite::open(&data.store())?.copy(partial)?;
    let durable = File::open(partial).and_then(|file| file.sync_all());
    durable.map_err(fault(partial))?;
    let copy = Sqlite::open_read_only(partial)?;
    copy.check_pages()?;
    let mut logs = Vec::new();
    for (site, identity) in copy.identities()?.logs {
        let held = |source| BackupError::Copy {
            site: site.clone(),
            source,
        };
        let vkey = identity.vkey.parse();
        let vkey = vkey.map_err(|error| held(LoadError::Checkpoint(error)))?;
        let head = sequencer::check(&copy, &site, &vkey).map_err(held)?;
        logs.push((site, head.size));
    }
    Ok(logs)
}

fn tell(
    data: &DataDir,
    file: &Path,
    logs: &[(String, u64)],
    out: &mut impl Write,
) -> Result<(), BackupError> {
    let bytes = fs::metadata(file).map_err(fault(file))?.len();
    writeln!(out, "{}: {bytes} bytes, checked", file.display())?;
    for (site, size) in logs {
        writeln!(out, "  site {site}: {size} entries, head and tree hold")?;
    }
    let journal = journal_of(file);
    if journal.exists() {
        let bytes = fs::metadata(&journal).map_err(fault(&journal))?.len();
        let name = journal.display();
        writeln!(
            out,
            "{name}: {bytes} bytes, what was destroyed; restore with the newest of these"
        )?;
    }
    writeln!(out, "The keys are not in it. Keep them too, and elsewhere:")?;
    for key in Sqlite::open_read_only(file)?.keys()? {
        if key.until.is_none() {
            let path = keys::path(data.path(), key.role, &key.site);
            writeln!(out, "  {}", path.display())?;
        }
    }
    Ok(())
}

fn create_private(partial: &Path) -> Result<(), BackupError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(partial) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(BackupError::Interrupted(partial.to_owned()))
        }
        Err(source) => Err(fault(partial)(source)),
    }
}

fn fault(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |source| BackupError::Io { path, source }
}
