//! Evidence of what was destroyed: what is kept, how two people open it, its end.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use raspiska_shared::{digest::Digest, problem::Kind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Colleague, acts, bodies, guard::forbidden};
use crate::{
    app::{App, SiteState},
    erasure,
    http::{
        self,
        extract::{AtSite, JsonBody, MAX_HASHES_JSON, ReceiptHash},
        schema,
    },
    office::{EvidenceError, Reason, ReasonError, Safe, Shown},
    problem::Problem,
    store,
};

/// What is kept as evidence on a site.
#[derive(Serialize, ToSchema)]
pub(crate) struct Evidences {
    pub(crate) evidence: Vec<HeldEvidence>,
}

/// Evidence of one receipt, without what is in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldEvidence {
    receipt: String,
    /// The last day on which it is kept, `31.12.2026`.
    until: String,
    /// Has its term ended?
    ended: bool,
    /// Its last opening.
    opening: Option<EvidenceOpening>,
}

/// One opening.
#[derive(Serialize, ToSchema)]
pub(crate) struct EvidenceOpening {
    /// When it was asked for: whoever confirms names it.
    asked: u64,
    /// The login of who asked.
    by: String,
    /// Why.
    reason: String,
    confirmed: Option<u64>,
    /// The login of who confirmed.
    confirmed_by: Option<String>,
    /// When it was read.
    read: Option<u64>,
}

/// Why somebody wants to open evidence.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// One line for the access log and for whoever confirms.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// Which opening it is.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpeningAsked {
    /// When it was asked for.
    asked: u64,
}

/// Lists what is kept as evidence, what ends first before the others; nothing of what is in it.
#[utoipa::path(get, path = "/v1/office/sites/{site}/evidence", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, description = "All of it", body = Evidences),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn list_evidence(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
) -> Result<Json<Evidences>, Problem> {
    colleague.reads_journals()?;
    let (store, now) = (Arc::clone(app.store()), app.clock().millis());
    let held = http::read(move || store.evidences(&site.loaded.site.site)).await?;
    let evidence = held
        .into_iter()
        .map(|held| HeldEvidence::of(held, now))
        .collect();
    Ok(Json(Evidences { evidence }))
}

/// Asks to open the evidence of a receipt; another officer or an auditor has a day to confirm it.
///
/// 1. The officer asks, else 403. 2. Evidence is kept of the receipt, else 404. 3. No other opening is under way, else 409 `case`.
#[utoipa::path(post, path = "/v1/office/sites/{site}/evidence/{hash}/ask", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("hash" = String, Path, description = "The receipt's hash")),
    request_body(content = Wish, content_type = "application/json"),
    responses((status = 201, description = "Asked, durably", body = OpeningAsked),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site, or nothing is kept of this receipt", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Somebody else was first", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn ask(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    ReceiptHash(receipt): ReceiptHash,
    JsonBody(wish): JsonBody<Wish>,
) -> Result<Response, Problem> {
    let reason: Reason = wish
        .reason
        .parse()
        .map_err(|error: ReasonError| Problem::new(Kind::BadRequest, error.to_string()))?;
    let asked = at_safe(app, colleague, site, receipt, move |_, safe| {
        safe.ask(&reason)
    });
    let asked = asked.await?;
    Ok((StatusCode::CREATED, Json(OpeningAsked { asked })).into_response())
}

/// Confirms that somebody else opens evidence, for the reason that they gave; they have an hour to read it, once.
///
/// 1. Another officer or an auditor confirms, else 403. 2. Evidence is kept of the receipt, else 404. 3. It was asked for at this
/// time, within a day, and nobody has confirmed it, else 409 `case`.
#[utoipa::path(post, path = "/v1/office/sites/{site}/evidence/{hash}/confirm", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("hash" = String, Path, description = "The receipt's hash")),
    request_body(content = OpeningAsked, content_type = "application/json"),
    responses((status = 204, description = "Confirmed, durably"),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role, or not by whoever asked", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site, or nothing is kept of this receipt", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Nobody asks for this opening any more", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn confirm(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    ReceiptHash(receipt): ReceiptHash,
    JsonBody(OpeningAsked { asked }): JsonBody<OpeningAsked>,
) -> Result<StatusCode, Problem> {
    let confirmed = at_safe(app, colleague, site, receipt, move |_, safe| {
        safe.confirm(asked)
    });
    confirmed.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads evidence, once, within an hour of its confirmation.
///
/// 1. The officer who asked reads, else 403. 2. Evidence is kept of the receipt, else 404. 3. Somebody else has confirmed the
/// opening and it was not read, else 409 `case`.
#[utoipa::path(post, path = "/v1/office/sites/{site}/evidence/{hash}/read", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("hash" = String, Path, description = "The receipt's hash")),
    responses((status = 200, description = "What the person wrote, by field", body = bodies::Values),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role, or somebody else asked", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site, or nothing is kept of this receipt", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not confirmed, over, or read already", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    ReceiptHash(receipt): ReceiptHash,
) -> Result<Response, Problem> {
    let read = at_safe(app, colleague, site, receipt, |app, safe| {
        safe.read(app.vault())
    });
    let values: BTreeMap<String, Shown> = read.await?;
    let uncached = [(header::CACHE_CONTROL, "no-store")];
    Ok((uncached, Json(bodies::Values { values })).into_response())
}

/// Destroys evidence whose term has ended; before that only for the reasons that keep none.
///
/// 1. The officer asks, else 403. 2. Evidence is kept of each receipt, its term has ended or the reason keeps none, and the reason
/// is one of the list, else 422 `erasure`. 3. It is deleted, the files searched: 201. As for the acts before it.
#[utoipa::path(post, path = "/v1/office/sites/{site}/evidence/acts", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id")), request_body(content = bodies::Ordered, content_type = "application/json"),
    responses((status = 201, description = "Destroyed, or ordered durably", body = bodies::Outset),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or receipt", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "There is nothing to destroy, not yet, or no such reason", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; what was ordered is done as soon as it can be", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn destroy(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    JsonBody(ordered): JsonBody<bodies::Ordered, MAX_HASHES_JSON>,
) -> Result<Response, Problem> {
    acts::ordered(app, colleague, site, ordered, erasure::place_evidence).await
}

/// Does one step of an opening, on a thread that may block.
async fn at_safe<T: Send + 'static>(
    app: App,
    colleague: Colleague,
    site: Arc<SiteState>,
    receipt: Digest,
    step: impl FnOnce(&App, &Safe<'_>) -> Result<T, EvidenceError> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(move || {
        let safe = Safe {
            store: &**app.store(),
            site: &site.loaded.site.site,
            receipt,
            who: &colleague.0,
            now: app.clock().millis(),
        };
        step(&app, &safe)
    });
    done.await
        .map_err(|_| Problem::internal())?
        .map_err(refused)
}

fn refused(error: EvidenceError) -> Problem {
    match &error {
        EvidenceError::Asked(_)
        | EvidenceError::First
        | EvidenceError::Over
        | EvidenceError::Unconfirmed => Problem::new(Kind::Case, error.to_string()),
        EvidenceError::Forbidden(_) | EvidenceError::Same | EvidenceError::Theirs(_) => {
            forbidden(error.to_string())
        }
        EvidenceError::NotFound => Problem::new(Kind::NotFound, error.to_string()),
        EvidenceError::Store(_) => {
            tracing::error!(error = %error, "evidence not opened");
            Problem::unavailable()
        }
        EvidenceError::Vault(_) => {
            tracing::error!(error = %error, "evidence does not open");
            Problem::internal()
        }
    }
}

impl HeldEvidence {
    fn of(held: store::Held, now: u64) -> Self {
        Self {
            receipt: held.receipt.to_string(),
            until: erasure::last_day(held.until),
            ended: held.until <= now,
            opening: held.opening.map(|opening| {
                let (confirmed, confirmed_by) = opening.confirmed.unzip();
                EvidenceOpening {
                    asked: opening.asked,
                    by: opening.by,
                    reason: opening.reason,
                    confirmed,
                    confirmed_by,
                    read: opening.read,
                }
            }),
        }
    }
}
