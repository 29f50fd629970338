//! `/u/{site}/{token}`: the link at the bottom of a letter. To look at it changes nothing, as mail scanners look at every link; the
//! button, or a mail program's own (RFC 8058), takes the purpose back at once.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use raspiska_shared::receipt::Method;

use super::{
    super::{
        extract::{AtSite, Token},
        read, schema,
    },
    Content, View, answer, failed, language,
};
use crate::{
    app::{App, SiteState},
    problem::Problem,
    rights::{self, Person, Ticket, Tickets},
};

/// Gives the page behind a link, with one button. Nothing is changed.
#[utoipa::path(get, path = "/u/{site}/{token}", tag = "documents",
    params(("site" = String, Path, description = "The site's id"), ("token" = String, Path, description = "What the link is about, sealed"), ("lang" = Option<String>, Query, description = "`ru` or `en`; otherwise by Accept-Language")),
    responses((status = 200, description = "The page", content_type = "text/html"),
        (status = 404, description = "No such site, or not a link of it", content((String = "text/html"), (schema::Problem = "application/problem+json")))))]
pub(crate) async fn read_link(
    State(app): State<App>,
    AtSite(site): AtSite,
    Token(token): Token,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let view = View::new(&app, &site, language(&site, query.as_deref(), &headers));
    match ticket(&app, &site, &token) {
        Some(ticket) => answer(
            StatusCode::OK,
            &view,
            &Content::Unsubscribe(&ticket.purpose),
        ),
        None => answer(StatusCode::NOT_FOUND, &view, &Content::NoLink),
    }
}

/// Takes back what the link is about: by the button, or by a mail program with `List-Unsubscribe=One-Click` (RFC 8058 section 3.2).
/// The body is not needed. It is logged before the answer; once more is no error.
#[utoipa::path(post, path = "/u/{site}/{token}", tag = "documents",
    params(("site" = String, Path, description = "The site's id"), ("token" = String, Path, description = "What the link is about, sealed"), ("lang" = Option<String>, Query, description = "`ru` or `en`; otherwise by Accept-Language")),
    responses((status = 200, description = "Taken back, now or before", content_type = "text/html"),
        (status = 404, description = "No such site, or not a link of it", content((String = "text/html"), (schema::Problem = "application/problem+json"))),
        (status = 503, description = "Not now; send it again", content_type = "text/html")))]
pub(crate) async fn use_link(
    State(app): State<App>,
    AtSite(site): AtSite,
    Token(token): Token,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let view = View::new(&app, &site, language(&site, query.as_deref(), &headers));
    let Some(ticket) = ticket(&app, &site, &token) else {
        return answer(StatusCode::NOT_FOUND, &view, &Content::NoLink);
    };
    match take_back(&app, &site, &ticket).await {
        Ok(true) => answer(
            StatusCode::OK,
            &view,
            &Content::Unsubscribed(&ticket.purpose),
        ),
        Ok(false) => answer(StatusCode::NOT_FOUND, &view, &Content::NoLink),
        Err(problem) => failed(&view, &problem),
    }
}

fn ticket(app: &App, site: &SiteState, token: &str) -> Option<Ticket> {
    let tickets = Tickets {
        vault: app.vault(),
        site: &site.loaded.site.site,
    };
    tickets.read(token)
}

/// False if the receipt is not there: the log was replaced.
async fn take_back(app: &App, site: &Arc<SiteState>, ticket: &Ticket) -> Result<bool, Problem> {
    let (store, at, receipt) = (Arc::clone(app.store()), Arc::clone(site), ticket.receipt);
    let person = read(move || {
        let id = &at.loaded.site.site;
        let row = store.row(id, &receipt)?;
        row.map(|row| Person::of(&*store, id, &row)).transpose()
    });
    let Some(person) = person.await? else {
        return Ok(false);
    };
    // The link is in the hands of whoever got the letter: a code, though not the receipt's own.
    rights::withdraw(app, site, &person, |id| *id == ticket.purpose, Method::Code).await?;
    Ok(true)
}
