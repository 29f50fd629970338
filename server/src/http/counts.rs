//! Counts: what a page tells of, without anybody's name.

use axum::{extract::State, http::StatusCode};

use super::{
    extract::{AtSite, CountsBody},
    schema,
};
use crate::{
    app::App,
    counts::{self, CountsError},
    problem::Problem,
    site::day,
};

/// Counts what happened on a page.
///
/// 1. The site exists, else 404. 2. `text/plain`, else 415; at most 512 bytes, else 413. 3. Lines `shown`, `chosen`,
/// `given <category>`, `refused <category>`, each ended by LF and there once, else 400; the site asks about the category,
/// else 422. 4. They are counted by day, and written within seconds: 204. Statistics, not evidence: nothing is kept of who
/// sent them.
#[utoipa::path(post, path = "/v1/sites/{site}/counts", tag = "receipts", params(("site" = String, Path, description = "The site's id")),
    request_body(content = String, content_type = "text/plain", description = "Lines, as navigator.sendBeacon sends a string"),
    responses((status = 204, description = "Counted"),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 408, description = "Sent too slowly", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not text/plain", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The site does not ask about a category", body = schema::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn create_counts(
    State(app): State<App>,
    // (1), (2)
    AtSite(site): AtSite,
    CountsBody(body): CountsBody,
) -> Result<StatusCode, Problem> {
    // (3)
    let site = &site.loaded.site;
    let told = counts::read(&body, site)
        .map_err(|error: CountsError| Problem::new(error.kind(), error.to_string()))?;
    // (4)
    let day = day(app.clock().seconds());
    app.counter().add(&site.site, &day, &told);
    Ok(StatusCode::NO_CONTENT)
}
