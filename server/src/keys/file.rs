//! One key, one file: 64 hexadecimal digits and LF that only their owner may read.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::Path,
};

use zeroize::Zeroizing;

use super::{KeyError, Secret};
use crate::data;

/// 64 digits and LF.
const LEN: usize = 65;

/// Reads a key.
pub(super) fn read(path: &Path) -> Result<Secret, KeyError> {
    let fault = |source| KeyError::Io {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(fault)?;
    if open_to_others(&file).map_err(fault)? {
        return Err(KeyError::Open(path.to_owned()));
    }
    let mut text = Zeroizing::new([0; LEN]);
    let mut filled = 0;
    while filled < text.len() {
        match file.read(&mut text[filled..]).map_err(fault)? {
            0 => break,
            count => filled += count,
        }
    }
    let digits = text[..filled]
        .strip_suffix(b"\n")
        .unwrap_or(&text[..filled]);
    from_hex(digits).ok_or_else(|| KeyError::Malformed(path.to_owned()))
}

/// Makes a key; a leftover of an interrupted start or rotation, which nothing refers to, is destroyed.
pub(super) fn make(path: &Path) -> Result<Secret, KeyError> {
    let fault = |source| KeyError::Io {
        path: path.to_owned(),
        source,
    };
    let mut secret = Secret::default();
    getrandom::fill(&mut secret[..]).map_err(KeyError::Random)?;
    destroy(path)?;
    let mut file = create_private(path).map_err(fault)?;
    file.write_all(&to_hex(&secret)[..]).map_err(fault)?;
    file.sync_all().map_err(fault)?;
    Ok(secret)
}

/// Overwrites the file where it is. A disk may keep an older copy of its blocks all the same: this is the best that a
/// program can do.
pub(super) fn blank(path: &Path) -> Result<(), KeyError> {
    let fault = |source| KeyError::Io {
        path: path.to_owned(),
        source,
    };
    match OpenOptions::new().write(true).open(path) {
        Ok(mut file) => {
            file.write_all(&[0; LEN]).map_err(fault)?;
            file.sync_all().map_err(fault)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(fault(error)),
    }
}

/// Overwrites the file and takes it away, if it is there.
pub(super) fn destroy(path: &Path) -> Result<(), KeyError> {
    blank(path)?;
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(KeyError::Io {
            path: path.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

fn to_hex(secret: &Secret) -> Zeroizing<[u8; LEN]> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new([b'\n'; LEN]);
    for (pair, byte) in text.chunks_exact_mut(2).zip(secret.iter()) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    text
}

fn from_hex(digits: &[u8]) -> Option<Secret> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    if digits.len() != 64 {
        return None;
    }
    let mut secret = Secret::default();
    for (pair, byte) in digits.chunks_exact(2).zip(secret.iter_mut()) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(secret)
}

/// Makes a file that only its owner may read.
#[cfg(unix)]
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Makes a file.
#[cfg(not(unix))]
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// May others than its owner read it, or write it?
#[cfg(unix)]
pub(crate) fn open_to_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(file.metadata()?.mode() & 0o077 != 0)
}

/// Nobody knows here.
#[cfg(not(unix))]
pub(crate) fn open_to_others(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// New names are durable only when their directory is.
pub(super) fn sync_dir(dir: &Path) -> Result<(), KeyError> {
    data::sync_dir(dir).map_err(|source| KeyError::Io {
        path: dir.to_owned(),
        source,
    })
}
