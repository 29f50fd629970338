//! Withdrawal by code: for a person whose device is gone. The operator states it; nobody can mistake it for an act of the
//! person.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use raspiska_shared::{
    api::Withdrawal,
    problem::Kind,
    receipt::{Method, ReceiptError},
};

use super::{
    extract::{AtSite, JsonBody},
    receipts, schema,
};
use crate::{
    app::{App, SiteState},
    problem::Problem,
    rights,
    sequencer::Outcome,
    standing, statement,
    store::{Position, Row},
};

/// Withdraws what a receipt gave.
///
/// 1. The receipt was logged, else 404. 2. The code is the one that it commits to, else 422 `code`. 3. Something that it gave
/// is still given; else, if this code withdrew it, 200 with the statement of then, or 422 `withdrawal`. 4. The operator's
/// statement is logged like a receipt: 201.
#[utoipa::path(post, path = "/v1/sites/{site}/withdrawals", tag = "receipts", params(("site" = String, Path, description = "The site's id")),
    request_body(content = schema::Withdrawal, content_type = "application/json"),
    responses((status = 201, description = "The operator's statement is logged, durably", body = schema::Logged),
        (status = 200, description = "This code withdrew it before, by this statement", body = schema::Logged),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or receipt", body = schema::Problem, content_type = "application/problem+json"),
        (status = 408, description = "Sent too slowly", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The code does not fit, or nothing is left to withdraw", body = schema::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn create_withdrawal(
    State(app): State<App>,
    AtSite(site): AtSite,
    JsonBody(request): JsonBody<Withdrawal>,
) -> Result<Response, Problem> {
    let received = app.clock().millis();
    let (store, at) = (Arc::clone(app.store()), Arc::clone(&site));
    let found = super::read(move || {
        let id = &at.loaded.site.site;
        let Some(row) = store.row(id, &request.receipt)? else {
            return Ok(None);
        };
        let standing = standing::of_subject(&*store, id, &row.subject)?;
        Ok(Some((standing::payload(&row)?, standing, row)))
    })
    .await?;
    // (1)
    let (payload, standing, row) = found.ok_or_else(receipts::unknown)?;
    // (2)
    if !rights::opens(&payload, &request.code) {
        let sentence =
            "the code is not the one of this receipt; copy it again from the downloaded receipt";
        return Err(Problem::new(Kind::Code, sentence));
    }
    // (3)
    let purposes = statement::left(&payload, &standing);
    if purposes.is_empty() {
        return answered_before(&app, site, row).await;
    }
    // (4)
    let subject = row.subject;
    let statement = statement::withdrawn(
        &site.operator,
        payload,
        row.receipt,
        purposes,
        Method::Code,
        received,
    )?;
    let status = receipts::decided(statement.payload());
    match site.sequencer.log(statement, subject, received).await {
        Outcome::Logged(proof) => {
            Ok((StatusCode::CREATED, Json(receipts::logged(&proof, status))).into_response())
        }
        // The same code, sent twice at once: the other one was first.
        Outcome::Refused(ReceiptError::Withdrawal(_)) => answered_before(&app, site, row).await,
        Outcome::Refused(error) => Err(Problem::from(&error)),
        // A statement has a fresh id, so it cannot have been logged before.
        Outcome::Known(_) | Outcome::Unavailable => Err(Problem::unavailable()),
    }
}

/// Nothing is left to withdraw. Whoever lost the answer gets the statement that their code brought about; where the person
/// withdrew by other means there is none.
async fn answered_before(app: &App, site: Arc<SiteState>, row: Row) -> Result<Response, Problem> {
    let store = Arc::clone(app.store());
    let found = super::read(move || {
        let history = store.history(&site.loaded.site.site, &row.subject)?;
        for statement in history.iter().rev() {
            let payload = standing::payload(statement)?;
            if payload.of == Some(row.receipt) && payload.event.method == Method::Code {
                let at = Position {
                    index: statement.index,
                    time: statement.time,
                };
                return receipts::repeated(&*store, &site, statement.receipt, at).map(Some);
            }
        }
        Ok(None)
    })
    .await?;
    let answer = found.ok_or_else(|| {
        let sentence = "nothing that this receipt gave is still given, so all is done";
        Problem::new(Kind::Withdrawal, sentence)
    })?;
    Ok(Json(answer).into_response())
}
