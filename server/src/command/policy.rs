//! `raspiska policy`: an operator's text becomes a document; a site's directory is checked before anyone is served from it.

mod check;
mod diff;
mod lint;

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use raspiska_shared::{
    lang::Lang,
    policy::{
        document::{Document, DocumentError},
        import::{self, ImportError, Imported},
    },
};

use self::{check::Check, diff::Diff};
use crate::site::SiteError;

/// Work with a policy's text and data.
#[derive(Debug, clap::Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Read a numbered plain text and write it as DIR/EDITION/ru.md, where EDITION is its effective date
    Import {
        /// The operator's text, UTF-8
        file: PathBuf,
        /// The folder of editions, e.g. www/sites/jetcrm/policy
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Read a site's directory, check that all of it fits together, and say what is in it and what its policy lacks
    Check(Check),
    /// Compare two editions: which purposes widened, who has to be asked again, which words changed
    Diff(Diff),
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum PolicyError {
    /// The text is not a numbered policy.
    #[error("{}: {source}", .path.display())]
    Import { path: PathBuf, source: ImportError },
    /// Another text is there already.
    #[error("{} is there already and differs; an edition is never changed, move it away if it was never in force", .path.display())]
    Occupied { path: PathBuf },
    /// A file cannot be read or written.
    #[error("{}: {source}", .path.display())]
    File { path: PathBuf, source: io::Error },
    /// The text is not in the canonical form.
    #[error("{}: {source}", .path.display())]
    Document {
        path: PathBuf,
        source: DocumentError,
    },
    /// The directory does not fit together.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The text is not UTF-8.
    #[error("{}: not UTF-8 near byte {at}; save the text as UTF-8", .path.display())]
    Utf8 { path: PathBuf, at: usize },
}

/// What a command has to say.
#[derive(Debug)]
struct Told {
    text: String,
    /// Does it end with a failure all the same?
    denied: bool,
}

impl Policy {
    /// Does it and says what was done.
    pub(crate) fn run(&self) -> ExitCode {
        let done = match &self.command {
            Command::Check(check) => check.run(),
            Command::Diff(diff) => diff.run().map(Told::done),
            Command::Import { file, out } => import(file, out).map(Told::done),
        };
        // Nothing can be done about a reader that went away; the exit code still says what happened.
        match done {
            Ok(told) => {
                let _ = io::stdout().lock().write_all(told.text.as_bytes());
                ExitCode::from(u8::from(told.denied))
            }
            Err(error) => {
                let _ = writeln!(io::stderr().lock(), "{error}");
                ExitCode::FAILURE
            }
        }
    }
}

impl Told {
    fn done(text: String) -> Self {
        Self {
            text,
            denied: false,
        }
    }
}

/// Reads an operator's plain text as a document.
fn read(file: &Path) -> Result<Imported, PolicyError> {
    let at = |path: &Path| {
        let path = path.to_path_buf();
        move |source| PolicyError::File { path, source }
    };
    let mut bytes = Vec::new();
    // One byte more than the importer takes, so that it can say so itself.
    let limit = import::LIMIT as u64 + 1;
    File::open(file)
        .and_then(|opened| opened.take(limit).read_to_end(&mut bytes))
        .map_err(at(file))?;
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => text,
        // The limit may have cut a character: then the length is what is wrong.
        Err(error) if error.error_len().is_none() && bytes.len() as u64 == limit => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(error) => {
            return Err(PolicyError::Utf8 {
                path: file.to_path_buf(),
                at: error.valid_up_to(),
            });
        }
    };
    import::import(text).map_err(|source| PolicyError::Import {
        path: file.to_path_buf(),
        source,
    })
}

fn import(file: &Path, out: &Path) -> Result<String, PolicyError> {
    let at = |path: &Path| {
        let path = path.to_path_buf();
        move |source| PolicyError::File { path, source }
    };
    let imported = read(file)?;
    let folder = out.join(&imported.effective);
    let target = folder.join(format!("{}.md", Lang::Ru.tag()));
    let markdown = imported.document.to_markdown();
    let summary = describe(&imported.document);
    match fs::read(&target) {
        Ok(there) if there == markdown.as_bytes() => {
            return Ok(format!(
                "{} is there already, with the same text: {summary}.\n",
                target.display()
            ));
        }
        Ok(_) => return Err(PolicyError::Occupied { path: target }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => {
            return Err(PolicyError::File {
                path: target,
                source,
            });
        }
    }
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    write_whole(&target, markdown.as_bytes()).map_err(at(&target))?;
    Ok(format!(
        "{}: {summary}; in force since {}.\n",
        target.display(),
        imported.effective
    ))
}

/// Under another name first: whoever looks sees the whole file or none.
fn write_whole(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let partial = target.with_extension(format!("{}.partial", std::process::id()));
    let written = File::create_new(&partial)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&partial, target));
    if written.is_err() {
        // What is left of an attempt that failed; the error to tell is the first one.
        let _ = fs::remove_file(&partial);
    }
    written
}

fn describe(document: &Document) -> String {
    let clauses = document
        .sections
        .iter()
        .map(|section| section.clauses.len())
        .sum::<usize>();
    let bullets = document
        .sections
        .iter()
        .flat_map(|section| &section.clauses)
        .map(|clause| clause.items.len())
        .sum::<usize>();
    format!(
        "{} sections, {clauses} clauses, {bullets} bullets",
        document.sections.len()
    )
}

#[cfg(test)]
mod tests;
