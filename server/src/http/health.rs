//! For whoever operates the server.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::{App, SiteState},
    problem::Problem,
    router, sequencer,
    store::Store,
};

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// It answers.
    live: bool,
    /// Receipts of every site can be logged.
    ready: bool,
    /// For each site `ready`, or why not: `stopping`, `failing`, `damaged` or `ended`.
    sites: BTreeMap<String, &'static str>,
}

/// Says that the server answers, whatever else is the matter: that is what /healthz says.
#[utoipa::path(get, path = "/healthz/live", tag = "operation",
    responses((status = 200, description = "It answers", body = String, content_type = "text/plain")))]
pub(crate) async fn read_live() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n").into_response()
}
/// Says whether receipts can be logged: each log's thread runs, its last batch was written, its head can be read.
#[utoipa::path(get, path = "/healthz", tag = "operation",
    responses((status = 200, description = "All is well", body = Health),
        (status = 503, description = "A site's receipts cannot be logged just now", body = Health)))]
pub(crate) async fn read_health(State(app): State<App>) -> Result<Response, Problem> {
    let asked = app.clone();
    let sites = tokio::task::spawn_blocking(move || {
        let sites = asked.sites().map(|site| {
            let word = word(&asked, look(&asked, site));
            (site.loaded.site.site.clone(), word)
        });
        sites.collect::<BTreeMap<_, _>>()
    });
    let sites = sites.await.map_err(|_| Problem::internal())?;
    let ready = sites.values().all(|word| *word == READY);
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let health = Health {
        live: true,
        ready,
        sites,
    };
    let fresh = [(header::CACHE_CONTROL, "no-store")];
    Ok((status, fresh, Json(health)).into_response())
}

const READY: &str = "ready";

/// How a log is by what was noticed and by a look at its head; after a failure that may have passed, also by a write.
fn look(app: &App, site: &SiteState) -> sequencer::State {
    let store: &Arc<dyn Store> = app.store();
    let state = site.sequencer.recover(|| store.probe());
    if state == sequencer::State::Ready && store.head(&site.loaded.site.site).is_err() {
        return sequencer::State::Failing;
    }
    state
}

fn word(app: &App, state: sequencer::State) -> &'static str {
    match state {
        _ if app.is_stopping() => "stopping",
        sequencer::State::Ready => READY,
        sequencer::State::Failing => "failing",
        sequencer::State::Damaged => "damaged",
        sequencer::State::Ended => "ended",
    }
}

/// Gives all counts in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "Counts", body = String, content_type = "text/plain")))]
pub(crate) async fn read_metrics(State(app): State<App>) -> Response {
    for site in app.sites() {
        let (name, state) = (&site.loaded.site.site, site.sequencer.state());
        app.metrics().queue(name, site.sequencer.waiting());
        app.metrics().ready(name, word(&app, state) == READY);
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
