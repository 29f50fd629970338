//! The site bundle: what a browser and a verifier need to know about a site.

use axum::{http::HeaderMap, response::Response};

use super::{extract::AtSite, schema};

/// Gives a site's bundle.
#[utoipa::path(get, path = "/v1/sites/{site}", tag = "browser", operation_id = "read_site",
    params(("site" = String, Path, description = "The site's id"), ("if-none-match" = Option<String>, Header, description = "An entity tag that the client has")),
    responses((status = 200, description = "Audience, languages, editions, purposes, notices with text and digest, forms, cookies", body = Object),
        (status = 304, description = "Nothing has changed"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_site(AtSite(site): AtSite, headers: HeaderMap) -> Response {
    site.bundle.answer(&headers)
}
