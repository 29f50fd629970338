//! A withdrawal that came by letter or by call: the operator states it, and nobody can mistake it for an act of the person.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use raspiska_shared::{problem::Kind, purpose::PurposeId, receipt::Method};

use super::{Colleague, bodies};
use crate::{
    app::App,
    http::{
        self,
        extract::{AtSite, JsonBody, ReceiptHash},
        receipts, schema,
    },
    problem::Problem,
    sequencer::Outcome,
    standing, statement,
};

/// Withdraws what a receipt gave, because the person said so in a letter or a call.
///
/// 1. The officer asks, else 403. 2. The receipt was logged, else 404. 3. Each named purpose was given by it and still is, or
/// without names any, else 422 `withdrawal`. 4. The operator's statement is logged: 201.
#[utoipa::path(post, path = "/v1/office/sites/{site}/receipts/{hash}/withdrawal", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("hash" = String, Path, description = "The receipt's hash")),
    request_body(content = bodies::Told, content_type = "application/json"),
    responses((status = 201, description = "The operator's statement is logged, durably", body = schema::Logged),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or receipt", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "Nothing of it is left to withdraw", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn withdraw(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    ReceiptHash(receipt): ReceiptHash,
    JsonBody(told): JsonBody<bodies::Told>,
) -> Result<Response, Problem> {
    // (1)
    colleague.acts()?;
    let named = told.purposes.map(read_purposes).transpose()?;
    let received = app.clock().millis();
    let (store, at) = (Arc::clone(app.store()), Arc::clone(&site));
    let found = http::read(move || {
        let id = &at.loaded.site.site;
        let Some(row) = store.row(id, &receipt)? else {
            return Ok(None);
        };
        let standing = standing::of_subject(&*store, id, &row.subject)?;
        Ok(Some((standing::payload(&row)?, standing, row.subject)))
    });
    // (2)
    let (payload, standing, subject) = found.await?.ok_or_else(receipts::unknown)?;
    // (3)
    let mut purposes = statement::left(&payload, &standing);
    if let Some(named) = &named {
        purposes.retain(|purpose| named.contains(purpose));
    }
    if purposes.is_empty() || named.is_some_and(|named| named.len() != purposes.len()) {
        let sentence =
            "what is to be withdrawn was not given by this receipt, or is not given any more";
        return Err(Problem::new(Kind::Withdrawal, sentence));
    }
    // (4)
    let method = match told.by {
        bodies::Means::Call => Method::Call,
        bodies::Means::Letter => Method::Letter,
    };
    let statement =
        statement::withdrawn(&site.operator, payload, receipt, purposes, method, received)?;
    let status = receipts::decided(statement.payload());
    match site.sequencer.log(statement, subject, received).await {
        Outcome::Logged(proof) => {
            Ok((StatusCode::CREATED, Json(receipts::logged(&proof, status))).into_response())
        }
        Outcome::Refused(error) => Err(Problem::from(&error)),
        // A statement has a fresh id, so it cannot have been logged before.
        Outcome::Known(_) | Outcome::Unavailable => Err(Problem::unavailable()),
    }
}

/// Each once.
fn read_purposes(named: Vec<String>) -> Result<Vec<PurposeId>, Problem> {
    let malformed = |sentence: String| Problem::new(Kind::BadRequest, sentence);
    let mut purposes = Vec::with_capacity(named.len());
    for name in named {
        let purpose: PurposeId = name
            .parse()
            .map_err(|error| malformed(format!("a purpose is malformed: {error}")))?;
        if purposes.contains(&purpose) {
            return Err(malformed("a purpose is named twice".to_owned()));
        }
        purposes.push(purpose);
    }
    Ok(purposes)
}
