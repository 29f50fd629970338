//! Destruction and its acts: RKN order 179.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use raspiska_shared::{digest::Digest, problem::Kind};

use super::{Colleague, bodies};
use crate::{
    app::{App, SiteState},
    erasure::{self, Act, ErasureError, Order, Request, Tool, paper, print},
    http::{
        accept,
        extract::{ActNumber, AtSite, JsonBody, MAX_HASHES_JSON},
        limit::TIMEOUT,
        receipts, schema,
    },
    problem::Problem,
};

/// How long a person waits for an act to be done. Half of what a request may take: the number of the act has to reach whoever ordered it.
const PATIENCE: Duration = Duration::from_secs(TIMEOUT.as_secs() / 2);

/// Destroys what people wrote with these receipts; the receipts stay and go on to verify.
///
/// 1. The officer asks, else 403. 2. Each receipt was logged, else 404. 3. Each still has values, and the reason is one of the list,
/// else 422 `erasure`. 4. It is ordered durably: 201. 5. The operator's statements are logged, values and keys deleted, the files
/// searched. Where that takes longer than [`PATIENCE`], or somebody still reads the store, `done` is false; the server goes on by itself.
#[utoipa::path(post, path = "/v1/office/sites/{site}/acts", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id")), request_body(content = bodies::Ordered, content_type = "application/json"),
    responses((status = 201, description = "Destroyed, or ordered durably", body = bodies::Outset),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or receipt", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "There is nothing to destroy, or no such reason", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; what was ordered is done as soon as it can be", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn destroy(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    JsonBody(order): JsonBody<bodies::Ordered, MAX_HASHES_JSON>,
) -> Result<Response, Problem> {
    ordered(app, colleague, site, order, erasure::place).await
}

/// Carries out what an officer orders.
pub(super) async fn ordered(
    app: App,
    colleague: Colleague,
    site: Arc<SiteState>,
    ordered: bodies::Ordered,
    order: fn(&App, &str, &Request<'_>) -> Result<Order, ErasureError>,
) -> Result<Response, Problem> {
    // (1)
    colleague.acts()?;
    let hashes: Result<Vec<Digest>, _> = ordered.receipts.iter().map(|text| text.parse()).collect();
    let hashes = hashes.map_err(|error| {
        let sentence = format!("a receipt's hash is malformed: {error}");
        Problem::new(Kind::BadRequest, sentence)
    })?;
    let who = colleague.0;
    // (2), (3), (4)
    let at = app.clone();
    let ordered = tokio::task::spawn_blocking(move || {
        let request = Request {
            receipts: &hashes,
            reason: &ordered.reason,
            by: &who.login,
            name: &who.name,
            processor: ordered.processor.as_deref(),
        };
        order(&at, &site.loaded.site.site, &request)
    });
    let act = ordered.await.map_err(|_| Problem::internal())?;
    let order = act.map_err(refused)?;
    // (5)
    let (number, sealed) = (order.act.to_string(), bodies::sealed(&order).collect());
    let finishing = tokio::task::spawn_blocking(move || erasure::finish(&app, &order.act));
    let done = match tokio::time::timeout(PATIENCE, finishing).await {
        Ok(Ok(Ok(done))) => done.is_some(),
        Ok(Ok(Err(error))) => {
            tracing::error!(error = %error, "an erasure is ordered and not carried out yet");
            false
        }
        Ok(Err(_)) | Err(_) => false,
    };
    let body = bodies::Outset {
        act: number,
        done,
        sealed,
    };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Lists the acts of a site, by number.
#[utoipa::path(get, path = "/v1/office/sites/{site}/acts", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, description = "All of them", body = bodies::Acts),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn list_acts(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
) -> Result<Json<bodies::Acts>, Problem> {
    colleague.reads_journals()?;
    let site = &site.loaded.site.site;
    let acts = acts(&app).await?;
    let own = acts.0.values().filter(|act| act.order.site == *site);
    let acts = own.map(bodies::Act::from).collect();
    Ok(Json(bodies::Acts { acts }))
}

/// Gives an act: as JSON, or once it is done as what is signed, a page or a file, with `Accept: text/html` or `application/pdf`.
#[utoipa::path(get, path = "/v1/office/sites/{site}/acts/{act}", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("act" = String, Path, description = "The act's number")),
    responses((status = 200, description = "The act", content((bodies::Act = "application/json"), (String = "text/html"), (Vec<u8> = "application/pdf"))),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or act", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not done yet: there is nothing to sign", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_act(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    ActNumber(number): ActNumber,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    colleague.reads_journals()?;
    let act = one(&app, &site.loaded.site.site, &number).await?;
    let pending = || {
        let sentence = "the act is not done yet; the server goes on with it, come back later";
        Problem::new(Kind::Erasure, sentence)
    };
    let offered = ["application/json", "text/html", "application/pdf"];
    match accept::media_type(&headers, &offered) {
        "text/html" => {
            let page = paper::page(&act).ok_or_else(pending)?;
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            Ok((kind, page).into_response())
        }
        "application/pdf" => {
            // Hundreds of receipts are dozens of pages.
            let set = tokio::task::spawn_blocking(move || print::file(&act));
            let file = set.await.map_err(|_| Problem::internal())?;
            let file = file.ok_or_else(pending)?.map_err(|error| {
                tracing::error!(error = %error, "an act is not set as PDF");
                Problem::internal()
            })?;
            Ok(([(header::CONTENT_TYPE, "application/pdf")], file).into_response())
        }
        _ => Ok(Json(bodies::Act::from(&act)).into_response()),
    }
}

/// Notes what a certified tool of destruction said about what an act destroyed: 152-ФЗ art. 19(2)3.1.
#[utoipa::path(post, path = "/v1/office/sites/{site}/acts/{act}/tool", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("act" = String, Path, description = "The act's number")),
    request_body(content = bodies::Tool, content_type = "application/json"),
    responses((status = 204, description = "Noted, durably"),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or act", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "A text that no act can have", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send it again", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn note_tool(
    State(app): State<App>,
    colleague: Colleague,
    AtSite(site): AtSite,
    ActNumber(number): ActNumber,
    JsonBody(noted): JsonBody<bodies::Tool>,
) -> Result<StatusCode, Problem> {
    colleague.acts()?;
    let act = one(&app, &site.loaded.site.site, &number).await?;
    let tool = Tool {
        act: act.order.act,
        time: app.clock().millis(),
        by: colleague.0.login,
        tool: noted.tool,
        certificate: noted.certificate,
        result: noted.result,
    };
    let noted = tokio::task::spawn_blocking(move || erasure::record_tool(&app, tool));
    let noted = noted.await.map_err(|_| Problem::internal())?;
    noted.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Waits while something is being destroyed.
async fn acts(app: &App) -> Result<erasure::Ledger, Problem> {
    let app = app.clone();
    let acts = tokio::task::spawn_blocking(move || erasure::acts(&app));
    acts.await.map_err(|_| Problem::internal())
}

async fn one(app: &App, site: &str, number: &str) -> Result<Act, Problem> {
    let unknown = || Problem::not_found("there is no such act");
    let number = number.parse().map_err(|_| unknown())?;
    let mut acts = acts(app).await?;
    let act = acts.0.remove(&number).filter(|act| act.order.site == site);
    act.ok_or_else(unknown)
}

fn refused(error: ErasureError) -> Problem {
    match &error {
        ErasureError::UnknownReceipt(_) => receipts::unknown(),
        ErasureError::Already(..)
        | ErasureError::Evidenceless(_)
        | ErasureError::Person
        | ErasureError::Reason(_)
        | ErasureError::Receipts
        | ErasureError::Sealed(..)
        | ErasureError::Valueless(_) => Problem::new(Kind::Erasure, error.to_string()),
        ErasureError::UnknownAct(_) | ErasureError::UnknownSite(_) => {
            Problem::not_found("there is no such act")
        }
        ErasureError::Unavailable | ErasureError::Store(_) => {
            tracing::error!(error = %error, "erasure not finished");
            Problem::unavailable()
        }
        _ => {
            tracing::error!(error = %error, "erasure failed");
            Problem::internal()
        }
    }
}
