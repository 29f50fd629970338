//! One count for each request, and a log line for those that an operator wants to know of: refused ones at level info, our
//! own failures as warnings. What went well is counted; its lines are at level debug.
//!
//! Never logged: addresses, bodies, receipts, disclosures, withdrawal codes, headers, queries, and paths as they came. A
//! path may carry a receipt's hash; the route's template says as much as an operator needs.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};

use crate::{app::App, problem::Refused};

/// What stands for a route where nothing matched: pages of the host, and nothing at all.
const UNMATCHED: &str = "(other)";

pub(crate) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = name(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let took = began.elapsed();
    let route = route.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
    let status = response.status().as_u16();
    let refused = response
        .extensions()
        .get::<Refused>()
        .map(|refused| refused.0.slug());
    if let Some(kind) = refused {
        app.metrics().refused(kind);
    }
    app.metrics().answered(method, route, status, took);
    let ms = u64::try_from(took.as_micros()).map_or(f64::MAX, |micros| micros as f64 / 1000.0);
    match status {
        ..400 => tracing::debug!(method, route, status, ms, "request"),
        400..500 => tracing::info!(method, route, status, ms, kind = refused, "request refused"),
        _ => tracing::warn!(method, route, status, ms, kind = refused, "request failed"),
    }
    response
}

/// A method that we know, so that a caller cannot make up labels.
fn name(method: &Method) -> &'static str {
    match method.as_str() {
        "DELETE" => "DELETE",
        "GET" => "GET",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "POST" => "POST",
        "PUT" => "PUT",
        _ => "OTHER",
    }
}
