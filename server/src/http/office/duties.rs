//! What has to be done, by when, by which norm; and what the office states happened, from which it follows.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use raspiska_shared::{
    digest::Digest, problem::Kind, purpose::PurposeId, receipt::Uuid, site::Site, term::Anchor,
};

use super::{Colleague, bodies, guard::forbidden, receipts::sees};
use crate::{
    app::App,
    duty::Duty,
    http::{
        self,
        extract::{AtSite, JsonBody},
        receipts, schema,
    },
    office::Who,
    problem::Problem,
    standing,
    store::{Fact, FactKind, OfficeRole},
};

/// Lists what has to be done on a site, the most urgent first; to a role that sees only some purposes, for those.
#[utoipa::path(get, path = "/v1/office/sites/{site}/duties", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, description = "All of them", body = bodies::Duties),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn list_duties(
    State(app): State<App>,
    Colleague(who): Colleague,
    AtSite(site): AtSite,
) -> Result<Json<bodies::Duties>, Problem> {
    let duties = http::read(move || {
        let mut duties = app.duties().open(&site)?.duties;
        duties.retain(|duty| concerns(&who, &site.loaded.site, duty));
        Ok(duties)
    });
    let duties = duties.await?.iter().map(bodies::Duty::from).collect();
    Ok(Json(bodies::Duties { duties }))
}

/// Is it this role's to see?
fn concerns(who: &Who, site: &Site, duty: &Duty) -> bool {
    let mut purposes = site.purposes.iter();
    match &duty.purpose {
        None => who.role.reads_journals(),
        Some(id) => purposes.any(|purpose| purpose.id == *id && who.role.sees(purpose)),
    }
}

/// States that something happened: an applicant was refused, a purpose is reached, data are blocked, a duty was done. It changes
/// no consent; duties follow from it.
///
/// 1. The officer states anything, `hr` that an applicant was refused, else 403. 2. The receipt that it is about was logged, else
/// 404. 3. What the kind needs is named, else 422 `fact`. 4. It is kept: 201.
#[utoipa::path(post, path = "/v1/office/sites/{site}/facts", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id")), request_body(content = bodies::Stated, content_type = "application/json"),
    responses((status = 201, description = "Kept, durably", body = bodies::Kept),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or receipt", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The kind needs something else", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn state_fact(
    State(app): State<App>,
    Colleague(who): Colleague,
    AtSite(at): AtSite,
    JsonBody(stated): JsonBody<bodies::Stated>,
) -> Result<Response, Problem> {
    let now = app.clock().millis();
    let mut fact = read_fact(stated, &who, now)?;
    let refusal = fact.kind == FactKind::Event(Anchor::ApplicantRefused);
    // (1)
    if !(who.role.acts() || who.role == OfficeRole::Hr && refusal && fact.receipt.is_some()) {
        return Err(forbidden(
            "only the officer may state this; hr may state that an applicant was refused, by the receipt of the application",
        ));
    }
    let (store, id) = (Arc::clone(app.store()), fact.id);
    let kept = http::read(move || {
        let site = &at.loaded.site;
        if let Some(receipt) = &fact.receipt {
            // (2)
            let Some(row) = store.row(&site.site, receipt)? else {
                return Ok(Err(receipts::unknown()));
            };
            if !sees(&who, site, &standing::payload(&row)?) {
                return Ok(Err(forbidden("this receipt is not one that the role sees")));
            }
            fact.subject = Some(row.subject);
        }
        store.add_fact(&site.site, &fact).map(Ok)
    });
    kept.await??;
    let id = id.to_string();
    Ok((StatusCode::CREATED, Json(bodies::Kept { id })).into_response())
}

fn read_fact(stated: bodies::Stated, who: &Who, now: u64) -> Result<Fact, Problem> {
    let malformed = |what: &str| {
        let sentence = format!("{what} is malformed; see /openapi.json");
        Problem::new(Kind::BadRequest, sentence)
    };
    let digest = |text: Option<String>, what: &str| {
        let read = text.map(|text| text.parse::<Digest>()).transpose();
        read.map_err(|_| malformed(what))
    };
    let purpose = stated.purpose.map(|text| text.parse::<PurposeId>());
    let kind = FactKind::from_word(&stated.kind).ok_or_else(|| malformed("kind"))?;
    let fact = Fact {
        id: Uuid::v7(now, random()?),
        time: stated.time.unwrap_or(now),
        kind,
        subject: None,
        receipt: digest(stated.receipt, "receipt")?,
        purpose: purpose.transpose().map_err(|_| malformed("purpose"))?,
        duty: digest(stated.duty, "duty")?,
        notice: digest(stated.notice, "notice")?,
        by: who.login.clone(),
    };
    // (3)
    let needs = |sentence: &str| Err(Problem::new(Kind::Fact, sentence));
    match kind {
        _ if fact.time > now => needs("it cannot have happened in the future; correct the time"),
        FactKind::Done | FactKind::Extended if fact.duty.is_none() => {
            needs("name the duty, by its id in the list of duties")
        }
        // 152-ФЗ art. 14(3), 20(1), 21(5.1): more time only with a notice that gives reasons.
        FactKind::Extended if fact.notice.is_none() => {
            needs("name the SHA-256 of the notice that was sent: without one there is no extension")
        }
        FactKind::Unblocked if fact.receipt.is_none() => {
            needs("name the receipt whose data are no longer blocked")
        }
        FactKind::Event(anchor) if is_of_a_person(anchor) && fact.receipt.is_none() => {
            needs("name the receipt that it is about")
        }
        // What the log says itself is not said a second time.
        FactKind::Event(Anchor::ConsentExpired | Anchor::ConsentWithdrawn | Anchor::Destroyed) => {
            needs("the log says this by itself: withdraw, or destroy")
        }
        _ => Ok(fact),
    }
}

fn is_of_a_person(anchor: Anchor) -> bool {
    matches!(
        anchor,
        Anchor::ApplicantRefused | Anchor::Blocked | Anchor::ContractEnded | Anchor::PurposeReached
    )
}

fn random() -> Result<[u8; 10], Problem> {
    let mut random = [0; 10];
    getrandom::fill(&mut random).map_err(|error| {
        tracing::error!(error = %error, "no id for a fact");
        Problem::internal()
    })?;
    Ok(random)
}
