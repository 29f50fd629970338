//! A log as it is published, C2SP tlog-tiles: checkpoint, tiles, entry bundles; and the key beside them, which is ours.

use std::{str::FromStr, thread};

use raspiska_shared::log::{
    note::VerifierKey,
    tile::{Level, TilePath, WIDTH},
    tree::Hash,
};

use super::{AuditError, Finding};
use crate::remote::Remote;

/// Longest note that is read: a checkpoint with some ten post-quantum signatures.
const MAX_NOTE: u64 = 64 * 1024;
/// Longest verifier key.
const MAX_VKEY: u64 = 1024;
/// Longest entry: label, site, hash and time are far below.
const MAX_ENTRY: u64 = 1024;
/// Longest entry bundle, with two bytes before each entry.
const MAX_BUNDLE: u64 = WIDTH as u64 * (2 + MAX_ENTRY);
/// Longest hash tile.
const MAX_TILE: u64 = WIDTH as u64 * 32;
/// Requests at a time: enough to fill a line with a long way, few enough to be a guest.
const AT_A_TIME: usize = 8;

/// The address of a log: what stands before `/checkpoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(String);

/// Not an address.
#[derive(Debug, thiserror::Error)]
#[error("not a log's address: https://HOST/log/SITE is expected")]
pub(crate) struct AddressError;

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim_end_matches('/');
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        match rest {
            Some(rest) if !rest.is_empty() && !rest.contains(['?', '#', ' ', '@']) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(AddressError),
        }
    }
}

/// A log that is asked over the network. Trusted for nothing.
pub(crate) struct Published {
    remote: Remote,
    address: Address,
}

impl Published {
    pub(crate) fn at(address: Address) -> Self {
        let remote = Remote::new();
        Self { remote, address }
    }

    /// The key that the log says it has.
    pub(super) fn vkey(&self) -> Result<VerifierKey, AuditError> {
        let (url, text) = self.text("vkey", MAX_VKEY)?;
        text.strip_suffix('\n')
            .unwrap_or(&text)
            .parse()
            .map_err(|source| AuditError::Vkey { url, source })
    }

    /// The note over the present head.
    pub(super) fn checkpoint(&self) -> Result<String, AuditError> {
        Ok(self.text("checkpoint", MAX_NOTE)?.1)
    }

    /// The hashes of tiles, in their order.
    pub(super) fn hashes(&self, tiles: &[(u8, u64, u16)]) -> Result<Vec<Vec<Hash>>, AuditError> {
        let paths: Vec<_> = tiles
            .iter()
            .map(|&(level, index, width)| TilePath {
                level: Level::Hashes(level),
                index,
                width,
            })
            .collect();
        let bodies = self.tiles(&paths, MAX_TILE)?;
        let parse = |(path, body): (&TilePath, Body)| {
            let (hashes, rest) = body.bytes.as_chunks::<32>();
            let (width, asked) = (hashes.len(), usize::from(path.width));
            if !rest.is_empty() || width != usize::from(body.width) {
                return Err(Finding::Shape(path.to_string()).into());
            }
            Ok(hashes[..asked].to_vec())
        };
        paths.iter().zip(bodies).map(parse).collect()
    }

    /// The entries of bundles, in their order.
    pub(super) fn bundles(&self, tiles: &[(u64, u16)]) -> Result<Vec<Vec<Vec<u8>>>, AuditError> {
        let paths: Vec<_> = tiles
            .iter()
            .map(|&(index, width)| TilePath {
                level: Level::Entries,
                index,
                width,
            })
            .collect();
        let bodies = self.tiles(&paths, MAX_BUNDLE)?;
        let parse = |(path, body): (&TilePath, Body)| {
            let mut entries = split(&body.bytes)
                .filter(|entries| entries.len() == usize::from(body.width))
                .ok_or_else(|| Finding::Shape(path.to_string()))?;
            entries.truncate(usize::from(path.width));
            Ok(entries)
        };
        paths.iter().zip(bodies).map(parse).collect()
    }

    /// Several at a time; the first failure in their order ends it.
    fn tiles(&self, paths: &[TilePath], limit: u64) -> Result<Vec<Body>, AuditError> {
        let share = paths.len().div_ceil(AT_A_TIME).max(1);
        thread::scope(|scope| {
            let asked: Vec<_> = paths
                .chunks(share)
                .map(|share| {
                    scope.spawn(move || {
                        share
                            .iter()
                            .map(|path| self.tile(*path, limit))
                            .collect::<Result<Vec<_>, _>>()
                    })
                })
                .collect();
            let mut bodies = Vec::with_capacity(paths.len());
            for thread in asked {
                match thread.join() {
                    Ok(share) => bodies.extend(share?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok(bodies)
        })
    }

    /// A tile, or the full one in place of a partial one that was cleared away. C2SP tlog-tiles, partial tiles.
    fn tile(&self, path: TilePath, limit: u64) -> Result<Body, AuditError> {
        let full = TilePath {
            width: WIDTH,
            ..path
        };
        for path in [path, full] {
            if let Some(bytes) = self.get(&path.to_string(), limit)?.1 {
                let width = path.width;
                return Ok(Body { bytes, width });
            }
        }
        Err(Finding::Missing(path.to_string()).into())
    }

    fn text(&self, path: &str, limit: u64) -> Result<(String, String), AuditError> {
        let (url, body) = self.get(path, limit)?;
        match body.map(String::from_utf8) {
            Some(Ok(text)) => Ok((url, text)),
            Some(Err(_)) => Err(Finding::Shape(path.to_owned()).into()),
            None => Err(AuditError::Status { url, status: 404 }),
        }
    }

    /// The address asked, and the body; none: there is no such thing.
    fn get(&self, path: &str, limit: u64) -> Result<(String, Option<Vec<u8>>), AuditError> {
        let url = format!("{}/{path}", self.address.0);
        let answer = self.remote.get(&url, limit)?;
        match answer.status {
            200 => Ok((url, Some(answer.body))),
            404 => Ok((url, None)),
            status => Err(AuditError::Status { url, status }),
        }
    }
}

/// A tile as it was served: maybe wider than it was asked for.
struct Body {
    bytes: Vec<u8>,
    width: u16,
}

/// The entries of a bundle, each after its length in 16 bits, big-endian. C2SP tlog-tiles, log entries.
fn split(bundle: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry.to_vec());
        rest = after;
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_stands_before_checkpoint() {
        let address: Address = "https://example.org/log/site/".parse().unwrap();
        assert_eq!(address, Address("https://example.org/log/site".to_owned()));
        for text in [
            "",
            "example.org",
            "ftp://example.org",
            "https://",
            "https://a/b?c",
            "https://u@h",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_bundle_ends_with_its_last_entry() {
        assert_eq!(
            split(b"\0\x01a\0\0\0\x02bc").unwrap(),
            [&b"a"[..], b"", b"bc"]
        );
        assert_eq!(split(b"").unwrap().len(), 0);
        assert!(split(b"\0").is_none() && split(b"\0\x02a").is_none());
    }
}
