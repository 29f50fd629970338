//! A hook's secrets: one file in the data directory that only its owner may read, a secret a line, the newest first. Each of them
//! signs, so that a receiver that knows one of two goes on while it is given the other.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

pub(crate) use super::signature::Secret;
use super::signature::make as make_secret;
use crate::{
    data::{advice, sync_dir},
    keys::{create_private, open_to_others},
};

/// Longest file: four secrets of 64 bytes in base64, a line each. Who changes one has two.
const MAX_LEN: usize = 4 * 96;

/// Why a hook has no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It has one.
    #[error(
        "{}: this hook has a secret; --rotate gives it another one beside the old one, --retire then ends the old one", .0.display()
    )]
    Exists(PathBuf),
    /// The file system.
    #[error("{}: {source}{}", .path.display(), advice(.source))]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not secrets.
    #[error(
        "{}: a line is not \"whsec_\" and 24 to 64 bytes in base64; restore the file, or take it away and make a new secret", .0.display()
    )]
    Malformed(PathBuf),
    /// There is none.
    #[error(
        "{}: hook {hook} has no secret; make one with: raspiska hook secret {hook} --site {site} --data DIR", .path.display()
    )]
    Missing {
        /// Where it belongs.
        path: PathBuf,
        /// The site.
        site: String,
        /// The hook.
        hook: String,
    },
    /// Others may read it.
    #[error("{}: others may read this secret; chmod 600 it, and give the hook another one", .0.display())]
    Open(PathBuf),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

/// The secrets of a hook, the newest first, at least one.
pub(crate) fn read(data: &Path, site: &str, hook: &str) -> Result<Vec<Secret>, SecretError> {
    let path = path(data, site, hook);
    let secrets = lines(&path)?.ok_or_else(|| SecretError::Missing {
        path: path.clone(),
        site: site.to_owned(),
        hook: hook.to_owned(),
    })?;
    let secrets: Result<Vec<Secret>, _> = secrets.lines().map(str::parse).collect();
    match secrets {
        Ok(secrets) if !secrets.is_empty() => Ok(secrets),
        _ => Err(SecretError::Malformed(path)),
    }
}

/// Makes a hook's first secret, and gives it.
pub(crate) fn make(data: &Path, site: &str, hook: &str) -> Result<Zeroizing<String>, SecretError> {
    let path = path(data, site, hook);
    if lines(&path)?.is_some() {
        return Err(SecretError::Exists(path));
    }
    let secret = make_secret().map_err(SecretError::Random)?;
    write(data, &path, &[&secret])?;
    Ok(secret)
}

/// Makes another secret beside the newest one, and gives it. Both sign.
pub(crate) fn rotate(
    data: &Path,
    site: &str,
    hook: &str,
) -> Result<Zeroizing<String>, SecretError> {
    read(data, site, hook)?;
    let path = path(data, site, hook);
    let there = lines(&path)?.unwrap_or_default();
    let secret = make_secret().map_err(SecretError::Random)?;
    let newest = there.lines().next().unwrap_or_default();
    write(data, &path, &[&secret, newest])?;
    Ok(secret)
}

/// Only the newest secret signs from now on.
pub(crate) fn retire(data: &Path, site: &str, hook: &str) -> Result<(), SecretError> {
    read(data, site, hook)?;
    let path = path(data, site, hook);
    let there = lines(&path)?.unwrap_or_default();
    write(data, &path, &[there.lines().next().unwrap_or_default()])
}

/// Ids have no full stop, so no two hooks share a file.
fn path(data: &Path, site: &str, hook: &str) -> PathBuf {
    data.join(format!("hook-{site}.{hook}.secret"))
}

fn lines(path: &Path) -> Result<Option<Zeroizing<String>>, SecretError> {
    let fault = |source| SecretError::Io {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(error)),
    };
    if open_to_others(&file).map_err(fault)? {
        return Err(SecretError::Open(path.to_owned()));
    }
    // As long as it can get, so that no copy of it is left behind where it grew.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_LEN + 1));
    file.take(MAX_LEN as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(fault)?;
    let malformed = || SecretError::Malformed(path.to_owned());
    if bytes.len() > MAX_LEN {
        return Err(malformed());
    }
    let text = str::from_utf8(&bytes).map_err(|_| malformed())?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}

/// Whole or not at all: a server that reads meanwhile finds the old file or the new one.
fn write(data: &Path, path: &Path, secrets: &[&str]) -> Result<(), SecretError> {
    let new = path.with_extension("secret.new");
    let written = || {
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = create_private(&new)?;
        for secret in secrets {
            file.write_all(secret.as_bytes())?;
            file.write_all(b"\n")?;
        }
        file.sync_all()?;
        fs::rename(&new, path)?;
        sync_dir(data)
    };
    written().map_err(|source| SecretError::Io {
        path: path.to_owned(),
        source,
    })
}
