//! Receipts: taken, logged, answered with a proof.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use raspiska_shared::{
    api::Logged,
    digest::Digest,
    log::proof::Proof,
    problem::Kind,
    purpose::PurposeId,
    receipt::{Actor, Moment, Payload, Receipt, ReceiptError, State as Decided, admit},
};
use tokio::sync::oneshot;

use super::{
    accept,
    extract::{AtSite, ReceiptBody, ReceiptHash},
    schema,
};
use crate::{
    app::{App, SiteState},
    intake::Full,
    problem::Problem,
    proofs,
    sequencer::Outcome,
    site::day,
    standing,
    store::{Position, Row, Store, StoreError},
};

const PLAIN: &str = "text/plain";

/// Logs a receipt.
///
/// 1. The site exists, else 404. 2. `application/sd-jwt`, else 415; at most 32 KiB, else 413. 3. The receipt holds in itself
/// and fits the site's documents, or did when it was logged, else 400, 409 or 422 with its kind. 4. In between: it is no
/// statement of the operator, else 422. 5. It is logged, with the subject's other receipts in mind: 201; it was logged
/// before: 200; it withdraws what is not given: 422; the log does not take it just now: 503.
#[utoipa::path(post, path = "/v1/sites/{site}/receipts", tag = "receipts", params(("site" = String, Path, description = "The site's id")),
    request_body(content = String, content_type = "application/sd-jwt", description = "The receipt with its disclosures"),
    responses((status = 201, description = "Logged, durably", body = schema::Logged), (status = 200, description = "Logged before, at this index", body = schema::Logged),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 408, description = "Sent too slowly", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The notice or the policy is not the current one", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/sd-jwt", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "Refused; the type says why", body = schema::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send the same receipt again", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn create_receipt(
    State(app): State<App>,
    // (1), (2)
    AtSite(site): AtSite,
    ReceiptBody(bytes): ReceiptBody,
) -> Result<Response, Problem> {
    let received = app.clock().millis();
    // (3), (4)
    let (answer, answered) = oneshot::channel();
    let (at, store) = (Arc::clone(&site), Arc::clone(app.store()));
    let verify = move || match check(&bytes, &at, &*store, received / 1000) {
        Ok(receipt) => {
            let (hash, payload) = (receipt.hash(), receipt.payload());
            let (subject, status) = (payload.sub, decided(payload));
            // (5)
            at.sequencer
                .submit(receipt, subject, received, move |outcome| {
                    // Nobody waits any more if the request has ended; the receipt stays logged.
                    let _ = answer.send(Ok((hash, status, outcome)));
                });
        }
        Err(problem) => {
            let _ = answer.send(Err(problem));
        }
    };
    app.intake()
        .run(verify)
        .map_err(|Full| Problem::unavailable())?;
    let (hash, status, outcome) = answered.await.map_err(|_| Problem::internal())??;
    match outcome {
        Outcome::Logged(proof) => {
            Ok((StatusCode::CREATED, Json(logged(&proof, status))).into_response())
        }
        Outcome::Known(at) => {
            let store = Arc::clone(app.store());
            let answer = super::read(move || repeated(&*store, &site, hash, at)).await?;
            Ok(Json(answer).into_response())
        }
        Outcome::Refused(error) => Err(Problem::from(&error)),
        Outcome::Unavailable => Err(Problem::unavailable()),
    }
}

/// Gives what was logged under a receipt's hash, with a proof up to the published checkpoint, or to the log's head if that
/// does not cover it yet.
#[utoipa::path(get, path = "/v1/sites/{site}/receipts/{hash}", tag = "receipts",
    params(("site" = String, Path, description = "The site's id"), ("hash" = String, Path, description = "SHA-256 of header.payload.signature, base64url")),
    responses((status = 200, description = "With Accept: text/plain the .tlog-proof alone", content((schema::Logged = "application/json"), (String = "text/plain"))),
        (status = 400, description = "Not a hash", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Nothing was logged under this hash", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_receipt(
    State(app): State<App>,
    AtSite(site): AtSite,
    ReceiptHash(hash): ReceiptHash,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let store = Arc::clone(app.store());
    let found = super::read(move || {
        let id = &site.loaded.site.site;
        store
            .row(id, &hash)?
            .map(|row| current(&*store, &site, &row))
            .transpose()
    })
    .await?;
    let answer = found.ok_or_else(unknown)?;
    let caching = [
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "accept"),
    ];
    if accept::media_type(&headers, &["application/json", PLAIN]) == PLAIN {
        return Ok((caching, answer.proof).into_response());
    }
    Ok((caching, Json(answer)).into_response())
}

/// Nothing was logged under this hash.
pub(super) fn unknown() -> Problem {
    Problem::not_found("no receipt with this hash was logged here")
}

fn check(bytes: &[u8], site: &SiteState, store: &dyn Store, now: u64) -> Result<Receipt, Problem> {
    // (3) in itself
    let receipt = Receipt::open(bytes).map_err(|error| Problem::from(&error))?;
    let payload = receipt.payload();
    // (4)
    if payload.event.by == Actor::Operator {
        let sentence = "`event.by` is operator, and only the operator's own server makes such statements; sign as the subject";
        return Err(Problem::new(Kind::Subject, sentence));
    }
    // (3) for this site
    let signed_on = day(payload.iat);
    let moment = Moment {
        now,
        signed_on: &signed_on,
    };
    match admit(&receipt, &site.loaded.as_of(&signed_on), &moment) {
        Err(error) if !was_logged(&receipt, site, store)? => Err(refused(&error, site, now)),
        _ => Ok(receipt),
    }
}

/// What was admitted once stays admitted: whoever lost the answer gets it, also after the documents or the months have
/// gone by. Without its values it is not what was sent then.
fn was_logged(receipt: &Receipt, site: &SiteState, store: &dyn Store) -> Result<bool, Problem> {
    if !receipt.shows_all() {
        return Ok(false);
    }
    match store.positions(&site.loaded.site.site, &[receipt.hash()]) {
        Ok(positions) => Ok(positions.iter().any(Option::is_some)),
        Err(error) => {
            tracing::error!(error = %error, "store not read");
            Err(Problem::unavailable())
        }
    }
}

/// Whoever asked with old documents learns which are current.
fn refused(error: &ReceiptError, site: &SiteState, now: u64) -> Problem {
    let problem = Problem::from(error);
    let outdated = matches!(
        error,
        ReceiptError::NoticeNotCurrent | ReceiptError::PolicyNotCurrent
    );
    match site.current(&day(now)) {
        Some(current) if outdated => problem.with_current(current),
        _ => problem,
    }
}

/// What the log's newest receipt says about the purposes that it decides is what holds.
pub(super) fn decided(payload: &Payload) -> BTreeMap<PurposeId, Decided> {
    payload
        .decisions
        .iter()
        .map(|decision| (decision.purpose.clone(), decision.state))
        .collect()
}

pub(super) fn logged(proof: &Proof, status: BTreeMap<PurposeId, Decided>) -> Logged {
    Logged {
        receipt: proof.entry.receipt,
        index: proof.index,
        time: proof.entry.time,
        proof: proof.to_text(),
        status,
    }
}

/// The answer to a receipt that was logged before.
pub(super) fn repeated(
    store: &dyn Store,
    site: &SiteState,
    receipt: Digest,
    at: Position,
) -> Result<Logged, StoreError> {
    let id = &site.loaded.site.site;
    let row = store.row(id, &receipt)?.filter(|row| row.index == at.index);
    current(
        store,
        site,
        &row.ok_or(StoreError::Damaged("a logged receipt is gone"))?,
    )
}

/// A row with what holds now for the purposes that it decided, and a proof up to what is shown of the log now.
fn current(store: &dyn Store, site: &SiteState, row: &Row) -> Result<Logged, StoreError> {
    let id = &site.loaded.site.site;
    let standing = standing::of_subject(store, id, &row.subject)?;
    let decisions = standing::payload(row)?.decisions;
    let status = decisions
        .into_iter()
        .filter_map(|decision| Some((standing.state(&decision.purpose)?, decision.purpose)))
        .map(|(state, purpose)| (purpose, state))
        .collect();
    let at = Position {
        index: row.index,
        time: row.time,
    };
    let published = site.published();
    let proof = proofs::inclusion(store, id, row.receipt, at, published.as_deref())?;
    Ok(logged(&proof, status))
}
