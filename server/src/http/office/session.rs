//! In and out.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use raspiska_shared::problem::Kind;

use super::{Colleague, bodies};
use crate::{
    app::App,
    http::{extract::JsonBody, limit::Caller, schema},
    office::LoginError,
    problem::Problem,
};

/// Logs in.
///
/// 1. Not too many tries under this name from this address, else 429. 2. The account is there, open, and the password is its own, else 401: which
/// of the three it was is not said.
#[utoipa::path(post, path = "/v1/office/session", tag = "office", request_body(content = bodies::Login, content_type = "application/json"),
    responses((status = 201, description = "Let in", body = bodies::Began),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not let in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many tries", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn begin_session(
    State(app): State<App>,
    Caller(from): Caller,
    JsonBody(login): JsonBody<bodies::Login>,
) -> Result<Response, Problem> {
    // One at a time: each takes 19 MiB and all of a core.
    let _turn = app.door_turn().await;
    let at = app.clone();
    let began = tokio::task::spawn_blocking(move || {
        let (store, now) = (at.store(), at.clock().millis());
        at.door()
            .log_in(&**store, now, from, &login.login, &login.password)
    });
    let began = began.await.map_err(|_| Problem::internal())?;
    let began = began.map_err(|error| match error {
        LoginError::Often(seconds) => {
            Problem::new(Kind::RateLimited, error.to_string()).after(seconds)
        }
        LoginError::Wrong => Problem::new(Kind::Unauthorized, error.to_string()),
        LoginError::Store(_) => {
            tracing::error!(error = %error, "login not looked up");
            Problem::unavailable()
        }
        LoginError::Random(_) => {
            tracing::error!(error = %error, "no session");
            Problem::internal()
        }
    })?;
    let session = bodies::Session::from(&began.who);
    let body = bodies::Began {
        token: began.token,
        session,
    };
    let uncached = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, uncached, Json(body)).into_response())
}

/// Who is logged in.
#[utoipa::path(get, path = "/v1/office/session", tag = "office", security(("office" = [])),
    responses((status = 200, description = "Whose token it is", body = bodies::Session),
        (status = 401, description = "Nobody's", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_session(Colleague(who): Colleague) -> Json<bodies::Session> {
    Json(bodies::Session::from(&who))
}

/// Logs out: the token is nobody's from now on.
#[utoipa::path(delete, path = "/v1/office/session", tag = "office", security(("office" = [])),
    responses((status = 204, description = "Logged out"),
        (status = 401, description = "Nobody was logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn end_session(
    State(app): State<App>,
    Colleague(who): Colleague,
) -> Result<StatusCode, Problem> {
    let store = Arc::clone(app.store());
    crate::http::read(move || store.end_session(&who.session)).await?;
    Ok(StatusCode::NO_CONTENT)
}
