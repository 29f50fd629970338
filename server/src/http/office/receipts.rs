//! What people wrote: a list without it, and what one receipt holds, for a purpose.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use raspiska_shared::{
    digest::Digest, problem::Kind, purpose::PurposeId, receipt::Payload, site::Site,
};
use serde::Deserialize;

use super::{Colleague, bodies, guard::forbidden};
use crate::{
    app::App,
    http::{
        self,
        extract::{AtSite, JsonBody, ReceiptHash},
        schema,
    },
    office::{self, ReadError, Reason, Wanted, Who},
    problem::Problem,
    standing,
    store::{Row, Store, StoreError},
};

/// Rows that are looked at for one answer.
const PAGE: u16 = 100;

/// Where a list goes on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    /// The index to begin at.
    #[serde(default)]
    from: i64,
}

/// Lists receipts that committed to personal data which is still there: those that the role may see. No personal data.
#[utoipa::path(get, path = "/v1/office/sites/{site}/receipts", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("from" = Option<i64>, Query, minimum = 0, description = "The index to begin at")),
    responses((status = 200, description = "At most a hundred", body = bodies::Receipts),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn list_receipts(
    State(app): State<App>,
    Colleague(who): Colleague,
    AtSite(at): AtSite,
    query: Result<Query<Start>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<bodies::Receipts>, Problem> {
    let from = query
        .ok()
        .and_then(|Query(query)| u64::try_from(query.from).ok());
    let from = from.ok_or_else(|| {
        let sentence = "the query is malformed; it may have `from`, an index of the log";
        Problem::new(Kind::BadRequest, sentence)
    })?;
    let store = Arc::clone(app.store());
    let listed = http::read(move || {
        let site = &at.loaded.site;
        // Above any index there is: nothing.
        let rows = match from >> 40 {
            0 => store.disclosing(&site.site, from, PAGE)?,
            _ => Vec::new(),
        };
        let next = match rows.last() {
            Some(last) if rows.len() == usize::from(PAGE) => Some(last.index + 1),
            _ => None,
        };
        let mut receipts = Vec::new();
        for row in rows {
            let payload = standing::payload(&row)?;
            if sees(&who, site, &payload) {
                receipts.push(listed(&*store, site, &row, &payload)?);
            }
        }
        Ok(bodies::Receipts { receipts, next })
    });
    listed.await.map(Json)
}

/// Gives what a person wrote, for one purpose and with a reason; both go to the access log first.
///
/// 1. The receipt was logged, else 404. 2. The role reads what was given for this purpose, else 403 `forbidden`. 3. The receipt
/// gave the purpose, else 422 `purpose`. 4. The values are there, else 410. 5. The purpose is still given, else 403 `not-given`.
#[utoipa::path(post, path = "/v1/office/sites/{site}/receipts/{hash}/values", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("hash" = String, Path, description = "The receipt's hash")),
    request_body(content = bodies::Reading, content_type = "application/json"),
    responses((status = 200, description = "By field", body = bodies::Values),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role, or not given any more", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or receipt", body = schema::Problem, content_type = "application/problem+json"),
        (status = 410, description = "Destroyed, or there were none", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The receipt gave something else", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_values(
    State(app): State<App>,
    Colleague(who): Colleague,
    AtSite(at): AtSite,
    ReceiptHash(receipt): ReceiptHash,
    JsonBody(reading): JsonBody<bodies::Reading>,
) -> Result<Response, Problem> {
    let read = for_a_purpose(app, receipt, &reading, move |app, wanted, now| {
        let (store, site) = (&**app.store(), &at.loaded.site);
        office::read(store, app.vault(), site, &who, wanted, now)
    });
    let values = read.await?;
    let uncached = [(header::CACHE_CONTROL, "no-store")];
    Ok((uncached, Json(bodies::Values { values })).into_response())
}

/// Reads from the vault, on a thread that may block, what is wanted for the purpose and the reason of a request.
pub(super) async fn for_a_purpose<T: Send + 'static>(
    app: App,
    receipt: Digest,
    reading: &bodies::Reading,
    read: impl FnOnce(&App, &Wanted<'_>, u64) -> Result<T, ReadError> + Send + 'static,
) -> Result<T, Problem> {
    let malformed = |sentence: String| Problem::new(Kind::BadRequest, sentence);
    let purpose: PurposeId = reading
        .purpose
        .parse()
        .map_err(|error| malformed(format!("the purpose is malformed: {error}")))?;
    let reason: Reason = reading
        .reason
        .parse()
        .map_err(|error: office::ReasonError| malformed(error.to_string()))?;
    let done = tokio::task::spawn_blocking(move || {
        let wanted = Wanted {
            receipt,
            purpose: &purpose,
            reason: &reason,
        };
        read(&app, &wanted, app.clock().millis())
    });
    done.await
        .map_err(|_| Problem::internal())?
        .map_err(refused)
}

fn refused(error: ReadError) -> Problem {
    let kind = match &error {
        ReadError::Erased => Kind::Gone,
        ReadError::Forbidden(_) => return forbidden(error.to_string()),
        ReadError::NoFile => Kind::NotFound,
        ReadError::NotFound => return http::receipts::unknown(),
        ReadError::NotGiven { .. } => Kind::NotGiven,
        ReadError::OtherPurpose(_) => Kind::Purpose,
        ReadError::Store(_) => {
            tracing::error!(error = %error, "values not read");
            return Problem::unavailable();
        }
        ReadError::Vault(_) => {
            tracing::error!(error = %error, "values not opened");
            return Problem::internal();
        }
    };
    Problem::new(kind, error.to_string())
}

/// Does the receipt decide anything that this role sees?
pub(super) fn sees(who: &Who, site: &Site, payload: &Payload) -> bool {
    payload.decisions.iter().any(|decision| {
        let mut purposes = site.purposes.iter();
        purposes.any(|purpose| purpose.id == decision.purpose && who.role.sees(purpose))
    })
}

fn listed(
    store: &dyn Store,
    site: &Site,
    row: &Row,
    payload: &Payload,
) -> Result<bodies::Listed, StoreError> {
    let standing = standing::of_subject(store, &site.site, &row.subject)?;
    let decided = payload.decisions.iter();
    let status = decided
        .filter_map(|decision| {
            let state = standing.state(&decision.purpose)?;
            Some((decision.purpose.clone(), state))
        })
        .collect();
    Ok(bodies::Listed {
        index: row.index,
        receipt: row.receipt.to_string(),
        time: row.time,
        subject: row.subject.0.to_string(),
        notice: payload.notice.id.clone(),
        category: payload.category.name(),
        status,
        files: store.files(&site.site, row.index)?,
    })
}
