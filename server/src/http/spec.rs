//! The published formats and their verifiers: whoever holds a receipt can get what checks it from where the receipt is from.

use axum::{extract::Path, http::HeaderMap, response::Response};

use super::assets::Asset;
use crate::{
    problem::Problem,
    spec::{CONFIRMERS, PAGES, VERIFIERS},
};

/// Text, also the programs: a browser shows it, and nobody's page runs it.
const TEXT: &str = "text/plain; charset=utf-8";

/// A new version of the server may bring new ones.
const CACHE: &str = "public, max-age=300";

/// Gives a page of the published formats, or a verifier.
#[utoipa::path(get, path = "/spec/{file}", tag = "documents", params(("file" = String, Path, description = "`README.md` names the pages; `verify.py`, `verify.mjs`, `confirm.py` and `confirm.mjs` are verifiers")),
    responses((status = 200, description = "Its text", body = String, content_type = "text/plain"), (status = 404, description = "No such file")))]
pub(crate) async fn read_spec(
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut all = PAGES.iter().chain(&CONFIRMERS).chain(&VERIFIERS);
    let (_, text) = all
        .find(|(name, _)| *name == file)
        .ok_or_else(|| Problem::not_found("there is no such file; see /spec/README.md"))?;
    Ok(Asset::new(*text, TEXT, CACHE).answer(&headers))
}
