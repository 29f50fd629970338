//! For whoever operates the server.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::schema;
use crate::{app::App, problem::Problem, router};

/// Says whether receipts can be logged: every log's thread runs and its head can be read.
#[utoipa::path(get, path = "/healthz", tag = "operation",
    responses((status = 200, description = "All is well", body = String, content_type = "text/plain"),
        (status = 503, description = "A log or the store is not there", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_health(State(app): State<App>) -> Result<Response, Problem> {
    if !app.sites().all(|site| site.sequencer.alive()) {
        return Err(Problem::unavailable());
    }
    let store = Arc::clone(app.store());
    let names: Vec<String> = app
        .sites()
        .map(|site| site.loaded.site.site.clone())
        .collect();
    super::read(move || names.iter().try_for_each(|site| store.head(site).map(drop))).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], "ok\n").into_response())
}

/// Gives all counts in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "Counts", body = String, content_type = "text/plain")))]
pub(crate) async fn read_metrics(State(app): State<App>) -> Response {
    for site in app.sites() {
        app.metrics()
            .queue(&site.loaded.site.site, site.sequencer.waiting());
    }
    let text = "text/plain; version=0.0.4; charset=utf-8";
    (
        [
            (header::CONTENT_TYPE, text),
            (header::CACHE_CONTROL, "no-store"),
        ],
        app.metrics().render(),
    )
        .into_response()
}

/// Describes this API.
#[utoipa::path(get, path = "/openapi.json", tag = "operation",
    responses((status = 200, description = "An OpenAPI description", content_type = "application/json")))]
pub(crate) async fn read_openapi() -> Response {
    (
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "public, max-age=3600"),
        ],
        router::OPENAPI,
    )
        .into_response()
}
