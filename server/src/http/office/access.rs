//! Who looked at what: 152-ФЗ art. 19(2)8.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use raspiska_shared::problem::Kind;
use serde::Deserialize;

use super::{Colleague, bodies};
use crate::{
    app::App,
    http::{self, schema},
    problem::Problem,
};

/// Entries in one answer.
const PAGE: u16 = 500;

/// Where the log goes on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct After {
    /// The number of the last one that is known.
    #[serde(default)]
    after: i64,
}

/// The access log, oldest first: each look at personal data and each one that was refused.
#[utoipa::path(get, path = "/v1/office/access", tag = "office", security(("office" = [])), params(("after" = Option<i64>, Query, minimum = 0, description = "The number of the last one that is known")),
    responses((status = 200, description = "At most five hundred", body = bodies::Accesses),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn list_access(
    State(app): State<App>,
    colleague: Colleague,
    query: Result<Query<After>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<bodies::Accesses>, Problem> {
    colleague.reads_journals()?;
    // The store's numbers are signed.
    let after = query
        .ok()
        .and_then(|Query(query)| u64::try_from(query.after).ok());
    let after = after.ok_or_else(|| {
        let sentence = "the query is malformed; it may have `after`, a number of the access log";
        Problem::new(Kind::BadRequest, sentence)
    })?;
    let store = Arc::clone(app.store());
    let noted = http::read(move || store.accesses(after, PAGE)).await?;
    let next = match noted.last() {
        Some((number, _)) if noted.len() == usize::from(PAGE) => Some(*number),
        _ => None,
    };
    let accesses = noted.into_iter().map(|(number, access)| bodies::Access {
        number,
        time: access.time,
        login: access.login,
        site: access.site,
        receipt: access.receipt.to_string(),
        purpose: access.purpose,
        reason: access.reason,
        what: access.what,
    });
    Ok(Json(bodies::Accesses {
        accesses: accesses.collect(),
        next,
    }))
}
