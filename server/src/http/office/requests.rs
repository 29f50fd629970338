//! Requests of data subjects, as those work on them who answer: what waits, by when, and each step.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use raspiska_shared::{lang::Lang, problem::Kind as Fault};
use serde::Deserialize;

use super::{Colleague, bodies};
use crate::{
    app::{App, SiteState},
    duty,
    http::{
        extract::{AtSite, JsonBody, MAX_LONG_JSON, Number},
        my::cases::at,
        schema,
    },
    office::Who,
    problem::Problem,
    rights::{self, Asking, CaseError, Cases, Kind, Move, Person, answer_text},
    store::{Access, Case, Channel, StoreError, Which},
};

/// Which requests are listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listing {
    /// Those that are over.
    #[serde(default)]
    over: bool,
}

/// Lists requests that wait for an answer, the most urgent first; or the last ones that do not. Nothing of what people wrote.
#[utoipa::path(get, path = "/v1/office/sites/{site}/requests", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("over" = Option<bool>, Query, description = "Those that are over")),
    responses((status = 200, description = "By the time that is left", body = bodies::Requests),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn list_requests(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    query: Result<Query<Listing>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<bodies::Requests>, Problem> {
    colleague.reads_journals()?;
    let Query(Listing { over }) = query.map_err(|_| {
        let sentence = "the query is malformed; it may have `over`, true or false";
        Problem::new(Fault::BadRequest, sentence)
    })?;
    let which = if over { Which::Over } else { Which::Open };
    let requests = at(&app, &site, move |cases| {
        let found = cases.store.cases(&cases.site.site, which)?;
        let mut rows: Vec<bodies::Request> = found.iter().map(|case| row(cases, case)).collect();
        // Without a day first: nobody overlooks it.
        rows.sort_by(|a, b| a.due.cmp(&b.due));
        Ok(bodies::Requests { requests: rows })
    });
    requests.await.map(Json)
}

/// Takes in a request that came by letter or call. Whoever sent it is sealed with a key of the request's own.
#[utoipa::path(post, path = "/v1/office/sites/{site}/requests", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id")),
    request_body(content = bodies::Brought, content_type = "application/json"),
    responses((status = 201, description = "Its number, and the code for whoever asked", body = bodies::Taken),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn take_in(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    JsonBody(brought): JsonBody<bodies::Brought, MAX_LONG_JSON>,
) -> Result<Response, Problem> {
    colleague.acts()?;
    let malformed = |sentence: &str| Problem::new(Fault::BadRequest, sentence);
    let kind = Kind::find(&brought.kind).ok_or_else(|| {
        malformed("there is no such kind of request; www/norms/requests.toml has all")
    })?;
    let channel = Channel::from_word(&brought.by)
        .filter(|channel| *channel != Channel::Page)
        .ok_or_else(|| malformed("`by` is letter or call"))?;
    let lang = match brought.lang.as_str() {
        "" => Lang::default(),
        tag => Lang::from_tag(tag).ok_or_else(|| malformed("`lang` is ru or en"))?,
    };
    let came = match brought.came.as_str() {
        "" => None,
        day => {
            let day: jiff::civil::Date = day
                .parse()
                .map_err(|_| malformed("`came` is a day, YYYY-MM-DD"))?;
            Some(duty::moment_of(day.at(0, 0, 0, 0)))
        }
    };
    let login = colleague.0.login;
    let taken = at(&app, &site, move |cases| {
        cases.open(&Asking {
            kind,
            text: &brought.text,
            sender: &brought.sender,
            lang,
            channel,
            came: came.unwrap_or(cases.now),
            of: None,
            by: &login,
        })
    })
    .await?;
    let body = bodies::Taken {
        number: taken.number,
        code: taken.code,
    };
    let uncached = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, uncached, Json(body)).into_response())
}

/// Gives a request with what the person wrote and what was answered. The look is in the access log first.
#[utoipa::path(post, path = "/v1/office/sites/{site}/requests/{number}/reading", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("number" = String, Path, description = "The request's number")),
    responses((status = 200, description = "All of it", body = bodies::RequestRead),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or request", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_request(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    Number(number): Number,
) -> Result<Response, Problem> {
    colleague.acts()?;
    let case = find(&app, &site, number).await?;
    let who = colleague.0;
    let read = at(&app, &site, move |cases| {
        note(cases, &who, &case)?;
        let [text, sender] = cases.words(&case)?;
        let steps = case.steps.iter().enumerate().map(|(at, step)| {
            let said = cases.said(&case, at)?;
            Ok(bodies::RequestStep {
                state: step.state.word(),
                time: step.time,
                login: step.by.clone(),
                norm: step.norm.clone(),
                text: said.map(|said| answer_text(&said).unwrap_or(said)),
            })
        });
        Ok(bodies::RequestRead {
            request: row(cases, &case),
            text,
            sender,
            steps: steps.collect::<Result<_, CaseError>>()?,
        })
    });
    let uncached = [(header::CACHE_CONTROL, "no-store")];
    Ok((uncached, Json(read.await?)).into_response())
}

/// Takes a request one step on: `take`, `extend` with the notice, `answer`, `refuse` with reason and norm, `close`.
///
/// The answer to a request for access is told from the records, and each value that is opened for it is in the access log; a text is
/// put behind it. A request that blocked the person's data lifts that block when it is refused, and keeps it when it is answered.
/// 409 `case`: the step does not follow, or somebody was first.
#[utoipa::path(post, path = "/v1/office/sites/{site}/requests/{number}/steps", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("number" = String, Path, description = "The request's number")),
    request_body(content = bodies::Stepping, content_type = "application/json"),
    responses((status = 200, description = "As it is now", body = bodies::Request),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or request", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The step does not follow", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn step(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    Number(number): Number,
    JsonBody(wanted): JsonBody<bodies::Stepping, MAX_LONG_JSON>,
) -> Result<Json<bodies::Request>, Problem> {
    colleague.acts()?;
    let case = find(&app, &site, number.clone()).await?;
    let login = colleague.0.login;
    at(&app, &site, move |cases| match wanted.step {
        bodies::StepName::Take => cases.go(&case, Move::Take, &login),
        bodies::StepName::Extend => cases.go(&case, Move::Extend(&wanted.text), &login),
        bodies::StepName::Refuse => {
            cases.go(&case, Move::Refuse(&wanted.text, &wanted.norm), &login)
        }
        bodies::StepName::Close => cases.go(&case, Move::Close, &login),
        bodies::StepName::Answer => {
            let text = answer_of(cases, &case, &wanted.text, &login)?;
            cases.go(&case, Move::Answer(&text), &login)
        }
    })
    .await?;
    let case = find(&app, &site, number).await?;
    at(&app, &site, move |cases| Ok(row(cases, &case)))
        .await
        .map(Json)
}

/// The officer's words, behind what the records tell where that was asked for.
fn answer_of(
    cases: &Cases<'_>,
    case: &Case,
    words: &str,
    login: &str,
) -> Result<crate::office::Shown, CaseError> {
    let request = &case.request;
    let told = Kind::find(&request.kind).is_some_and(|kind| kind.records);
    let site = &cases.site.site;
    let row = match request.receipt.filter(|_| told && case.state().is_open()) {
        Some(receipt) => cases.store.row(site, &receipt)?,
        None => None,
    };
    let words = words.trim();
    if words.chars().count() > rights::MAX_TEXT || (row.is_none() && words.is_empty()) {
        return Err(CaseError::Text);
    }
    let mut text = match row {
        Some(row) => {
            let person = Person::of(cases.store, site, &row)?;
            rights::records(cases, &person, &request.number, request.lang, login)?
        }
        None => crate::office::Shown::default(),
    };
    if !text.is_empty() && !words.is_empty() {
        text.push('\n');
    }
    text.push_str(words);
    Ok(text)
}

async fn find(app: &App, site: &Arc<SiteState>, number: String) -> Result<Case, Problem> {
    let found = at(app, site, move |cases| {
        Ok(cases.store.case(&cases.site.site, &number)?)
    });
    found
        .await?
        .ok_or_else(|| Problem::not_found("there is no request with this number"))
}

/// 152-ФЗ art. 19(2)8: before anything is shown.
fn note(cases: &Cases<'_>, who: &Who, case: &Case) -> Result<(), StoreError> {
    cases.store.note_access(&Access {
        time: cases.now,
        // Of a letter there is no receipt: the request's code stands for it.
        receipt: case.request.receipt.unwrap_or(case.request.code),
        what: "request read".to_owned(),
        login: who.login.clone(),
        site: cases.site.site.clone(),
        purpose: String::new(),
        reason: format!("request {}", case.request.number),
    })
}

fn row(cases: &Cases<'_>, case: &Case) -> bodies::Request {
    let request = &case.request;
    let due = cases.due(case).and_then(Result::ok);
    let today = duty::local(cases.now).date();
    bodies::Request {
        number: request.number.clone(),
        kind: request.kind.clone(),
        state: case.state().word(),
        by: request.channel.word(),
        came: request.came,
        due: due.map(|due| due.to_string()),
        days_left: due
            .filter(|_| case.state().is_open())
            .map(|due| (due.day() - today).get_days()),
        subject: request.subject.map(|subject| subject.0.to_string()),
        receipt: request.receipt.map(|receipt| receipt.to_string()),
    }
}
