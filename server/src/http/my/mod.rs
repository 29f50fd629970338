//! `/my/{site}`: what a person sees and does without the device that signed, by a receipt and its code. Written by the server; works
//! without JavaScript. Receipt and code come in bodies only, and nothing is kept between two requests.

pub(crate) mod cases;
mod page;
mod said;
pub(crate) mod unsubscribe;
mod words;

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html as HtmlBody, IntoResponse as _, Response},
};
use raspiska_shared::{lang::Lang, problem::Kind, purpose::PurposeId, receipt::Method};
use serde::Deserialize;

use super::{
    accept,
    extract::{AtSite, FormBody},
    schema,
};
use crate::{
    app::{App, SiteState},
    problem::Problem,
    rights::{self, Person},
};
use cases::By;
use page::{Content, View};

/// The style sheet, beside those of the policies and of the page that checks files.
pub(super) const STYLE: &str = include_str!("style.css");

/// Fills the form from a link's fragment or a receipt file; the page works without it.
pub(super) const SCRIPT: &str = include_str!("my.js");

/// Its own script and styles, and forms to its own host; nothing inline, nothing of others, no frame around it.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// What a person sends. Codes and texts never reach an address or a log line.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The receipt's hash, or the number of a request.
    #[schema(max_length = 64)]
    receipt: String,
    /// The withdrawal code, or the request's own.
    #[schema(max_length = 64)]
    code: String,
    /// `show`, `withdraw`, `withdraw-advertising`, `request`, `answer` or `card`; none: `show`.
    #[serde(default, rename = "do")]
    act: String,
    /// What is withdrawn.
    #[serde(default)]
    #[schema(max_length = 64)]
    purpose: String,
    /// What is asked for: `access`, `stop`, …
    #[serde(default)]
    #[schema(max_length = 64)]
    kind: String,
    /// In the person's words.
    #[serde(default)]
    #[schema(max_length = 2000)]
    text: String,
    /// The request whose answer is downloaded.
    #[serde(default)]
    #[schema(max_length = 64)]
    number: String,
}

/// Gives the page that asks for a receipt and its code.
#[utoipa::path(get, path = "/my/{site}", tag = "documents",
    params(("site" = String, Path, description = "The site's id"), ("lang" = Option<String>, Query, description = "`ru` or `en`; otherwise by Accept-Language")),
    responses((status = 200, description = "The page", content_type = "text/html"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_my(
    State(app): State<App>,
    AtSite(site): AtSite,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let view = View::new(&app, &site, language(&site, query.as_deref(), &headers));
    answer(StatusCode::OK, &view, &Content::Door(None))
}

/// Shows what somebody gave, takes it back, takes a request in, gives its answer.
///
/// 1. The receipt was logged and the code is its own, else 422: which of the two was wrong is not said. 2. What is asked for is done:
/// a withdrawal is logged before the answer, and nothing left to withdraw is no error.
#[utoipa::path(post, path = "/my/{site}", tag = "documents",
    params(("site" = String, Path, description = "The site's id"), ("lang" = Option<String>, Query, description = "`ru` or `en`; otherwise by Accept-Language")),
    request_body(content = Asked, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "What holds, after what was asked for", content_type = "text/html"),
        (status = 400, description = "Malformed", content_type = "text/html"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 410, description = "The answer was destroyed", content_type = "text/html"),
        (status = 422, description = "No such receipt, or not its code", content_type = "text/html"),
        (status = 503, description = "Not now; send it again", content_type = "text/html")))]
pub(crate) async fn act(
    State(app): State<App>,
    AtSite(site): AtSite,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    FormBody(asked): FormBody<Asked>,
) -> Response {
    let view = View::new(&app, &site, language(&site, query.as_deref(), &headers));
    match done(&app, &site, &view, &asked).await {
        Ok(response) => response,
        Err(problem) => failed(&view, &problem),
    }
}

async fn done(
    app: &App,
    site: &Arc<SiteState>,
    view: &View<'_>,
    asked: &Asked,
) -> Result<Response, Problem> {
    // (1)
    let number = asked.receipt.trim().to_uppercase();
    if rights::is_number(&number) {
        let code = tidy(&asked.code);
        return match cases::by_number(app, site, number.clone(), code.clone()).await? {
            Some(read) if asked.act == "answer" => cases::download(&read),
            Some(read) => {
                let by = By {
                    receipt: &number,
                    code: &code,
                };
                Ok(cases::alone(view, &read, &by))
            }
            None => {
                let wrong = Content::Door(Some(&asked.receipt));
                Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, view, &wrong))
            }
        };
    }
    let Some(person) = recognise(app, site, &asked.receipt, &asked.code).await? else {
        let wrong = Content::Door(Some(&asked.receipt));
        return Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, view, &wrong));
    };
    // (2)
    let mut ticketed = None;
    let withdrawn = match asked.act.as_str() {
        "" | "show" => None,
        "withdraw" => {
            let wanted: PurposeId = asked.purpose.parse().map_err(|_| malformed())?;
            let is_wanted = |id: &PurposeId| *id == wanted;
            Some(rights::withdraw(app, site, &person, is_wanted, Method::Code).await?)
        }
        "withdraw-advertising" => {
            let is_meant = |id: &PurposeId| cases::is_advertising(site, id);
            Some(rights::withdraw(app, site, &person, is_meant, Method::Code).await?)
        }
        "request" => {
            let wanted = (&*asked.kind, &*asked.text, view.lang);
            let (number, withdrawn) = cases::ask(app, site, &person, wanted).await?;
            ticketed = Some(number);
            (!withdrawn.is_empty()).then_some(withdrawn)
        }
        "answer" => {
            let requests = cases::of(app, site, person.subject).await?;
            let named = |read: &&cases::Read| cases::number(read) == asked.number;
            let read = requests.iter().find(named).ok_or_else(malformed)?;
            return cases::download(read);
        }
        "card" => {
            let card = Content::Card(person.receipt, &asked.code);
            return Ok(answer(StatusCode::OK, view, &card));
        }
        _ => return Err(malformed()),
    };
    let person = match &withdrawn {
        None => person,
        // What holds after it.
        Some(_) => recognise(app, site, &asked.receipt, &asked.code)
            .await?
            .ok_or_else(Problem::internal)?,
    };
    let requests = cases::of(app, site, person.subject).await?;
    let content = Content::Person {
        person: &person,
        code: &asked.code,
        withdrawn: withdrawn.as_deref(),
        requests: &requests,
        ticketed: ticketed.as_ref(),
    };
    Ok(answer(StatusCode::OK, view, &content))
}

/// Whoever shows this receipt and code.
async fn recognise(
    app: &App,
    site: &Arc<SiteState>,
    receipt: &str,
    code: &str,
) -> Result<Option<Person>, Problem> {
    let code = tidy(code);
    let Ok(receipt) = receipt.trim().parse() else {
        return Ok(None);
    };
    let (store, at) = (Arc::clone(app.store()), Arc::clone(site));
    super::read(move || Person::recognise(&*store, &at.loaded.site.site, &receipt, &code)).await
}

/// A code as it was signed, from however it was typed: `widget/src/code.rs` draws it.
fn tidy(typed: &str) -> String {
    let characters = typed.chars().filter(char::is_ascii_alphanumeric);
    let mut code = String::with_capacity(24);
    for character in characters.take(64) {
        if code.len() % 5 == 4 {
            code.push('-');
        }
        code.push(character.to_ascii_uppercase());
    }
    code
}

fn malformed() -> Problem {
    Problem::new(
        Kind::BadRequest,
        "the form is not one of this page; load the page again",
    )
}

/// The language that the address names, else the one that the browser wants, else the governing one.
fn language(site: &SiteState, query: Option<&str>, headers: &HeaderMap) -> Lang {
    let offered = &site.loaded.site.languages;
    let named = query
        .unwrap_or_default()
        .split('&')
        .find_map(|member| member.strip_prefix("lang="))
        .and_then(Lang::from_tag)
        .filter(|lang| offered.contains(lang));
    named
        .or_else(|| accept::language(headers, offered))
        .or_else(|| offered.first().copied())
        .unwrap_or_default()
}

/// A page that says what went wrong, to a person.
fn failed(view: &View<'_>, problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.kind.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer(status, view, &Content::Failed(problem.kind))
}

fn answer(status: StatusCode, view: &View<'_>, content: &Content<'_>) -> Response {
    let mut response = (status, HtmlBody(page::write(view, content))).into_response();
    let fields = [
        (header::CONTENT_LANGUAGE, view.lang.tag()),
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fields {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}
