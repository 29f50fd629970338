//! The log for everyone: checkpoint, tiles, key. C2SP tlog-tiles. A tile of one width never changes.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use raspiska_shared::log::{
    entry::Entry,
    tile::{Level, TilePath, WIDTH},
};

use super::{
    assets::FOR_EVER,
    extract::{AtSite, AtTile},
    schema,
};
use crate::{
    app::App,
    problem::Problem,
    store::{Store, StoreError},
};

/// Media type of checkpoints and keys, C2SP tlog-tiles.
const TEXT: &str = "text/plain; charset=utf-8";
/// Media type of tiles.
const BYTES: &str = "application/octet-stream";
/// Asked for anew each time: whoever follows a log wants its head.
const FRESH: &str = "no-cache";

/// Gives the signed head of a site's log; of one with witnesses, the newest that enough of them cosigned.
#[utoipa::path(get, path = "/log/{site}/checkpoint", tag = "log", params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, description = "A C2SP tlog-checkpoint", body = String, content_type = "text/plain"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_checkpoint(
    State(app): State<App>,
    AtSite(site): AtSite,
) -> Result<Response, Problem> {
    let checkpoint = match site.published() {
        Some(published) => published.checkpoint.clone(),
        None => {
            let store = Arc::clone(app.store());
            let head = super::read(move || store.head(&site.loaded.site.site)).await?;
            head.checkpoint
        }
    };
    Ok((
        [(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, FRESH)],
        checkpoint,
    )
        .into_response())
}

/// Gives the verifier key of a site's log.
#[utoipa::path(get, path = "/log/{site}/vkey", tag = "log", params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, description = "A C2SP signed-note verifier key and LF", body = String, content_type = "text/plain"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_vkey(AtSite(site): AtSite) -> Response {
    (
        [(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, FRESH)],
        format!("{}\n", site.vkey),
    )
        .into_response()
}

/// Gives a tile of a site's log, full or partial.
#[utoipa::path(get, path = "/log/{site}/tile/{*path}", tag = "log",
    params(("site" = String, Path, description = "The site's id"), ("path" = String, Path, description = "<L>/<N>[.p/<W>] as in C2SP tlog-tiles; L is 0 to 7 or entries")),
    responses((status = 200, description = "Hashes of 32 bytes, or entries with their lengths as big-endian 16 bit", content_type = "application/octet-stream"),
        (status = 404, description = "No such site, or the log has no such tile yet", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_tile(
    State(app): State<App>,
    AtSite(site): AtSite,
    AtTile(path): AtTile,
) -> Result<Response, Problem> {
    let store = Arc::clone(app.store());
    let bytes = super::read(move || tile(&*store, &site.loaded.site.site, path)).await?;
    let bytes = bytes.ok_or_else(|| Problem::not_found("the log has no such tile yet"))?;
    Ok((
        [
            (header::CONTENT_TYPE, BYTES),
            (header::CACHE_CONTROL, FOR_EVER),
        ],
        bytes,
    )
        .into_response())
}

/// The bytes of a tile, if the log's head covers all of its width.
fn tile(store: &dyn Store, site: &str, path: TilePath) -> Result<Option<Vec<u8>>, StoreError> {
    let width = usize::from(path.width);
    let level = match path.level {
        Level::Entries => 0,
        Level::Hashes(level) => level,
    };
    let complete = store.head(site)?.size >> (8 * u32::from(level));
    let first = path.index.checked_mul(u64::from(WIDTH));
    let Some(first) = first.filter(|first| {
        first
            .checked_add(width as u64)
            .is_some_and(|end| end <= complete)
    }) else {
        return Ok(None);
    };
    const SHORT: StoreError = StoreError::Damaged("a tile is missing or too short");
    match path.level {
        Level::Hashes(level) => {
            let hashes = store.tile(site, level, path.index)?.ok_or(SHORT)?;
            hashes
                .get(..width)
                .map(|hashes| Some(hashes.as_flattened().to_vec()))
                .ok_or(SHORT)
        }
        Level::Entries => {
            let entries = store.entries(site, first, path.width)?;
            if entries.len() != width {
                return Err(SHORT);
            }
            let mut bundle = Vec::with_capacity(width * 128);
            for (receipt, time) in entries {
                let entry = Entry {
                    site: site.to_owned(),
                    receipt,
                    time,
                }
                .to_bytes();
                let length = u16::try_from(entry.len()).map_err(|_| SHORT)?;
                bundle.extend_from_slice(&length.to_be_bytes());
                bundle.extend_from_slice(&entry);
            }
            Ok(Some(bundle))
        }
    }
}
