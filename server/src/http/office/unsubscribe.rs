//! Links for letters, with which whoever gets one takes back what the letter rests on.

use std::sync::Arc;

use axum::{Json, extract::State};
use raspiska_shared::{problem::Kind, purpose::PurposeId, receipt};

use super::{Colleague, bodies, guard::forbidden};
use crate::{
    app::App,
    http::{
        self,
        extract::{AtSite, JsonBody, ReceiptHash},
        receipts, schema,
    },
    problem::Problem,
    rights::{Ticket, Tickets},
    standing,
};

/// Gives the link for letters that rest on a purpose of a receipt, and the two headers by which mail programs show it (RFC 2369,
/// RFC 8058).
///
/// 1. The role works with the purpose, else 403. 2. The receipt was logged, else 404. 3. It gave the purpose, else 422 `purpose`.
#[utoipa::path(post, path = "/v1/office/sites/{site}/receipts/{hash}/unsubscribe", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("hash" = String, Path, description = "The receipt's hash")),
    request_body(content = bodies::LinkFor, content_type = "application/json"),
    responses((status = 200, description = "The link", body = bodies::Link),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or receipt", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The receipt gave something else", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn unsubscribe_link(
    State(app): State<App>,
    Colleague(who): Colleague,
    AtSite(at): AtSite,
    ReceiptHash(hash): ReceiptHash,
    JsonBody(asked): JsonBody<bodies::LinkFor>,
) -> Result<Json<bodies::Link>, Problem> {
    let site = &at.loaded.site;
    let purpose: PurposeId = asked.purpose.parse().map_err(|error| {
        Problem::new(
            Kind::BadRequest,
            format!("the purpose is malformed: {error}"),
        )
    })?;
    // (1)
    let mut purposes = site.purposes.iter();
    let known = purposes.find(|own| own.id == purpose);
    if !who.role.reads_values() || known.is_some_and(|own| !who.role.sees(own)) {
        let sentence = "this role does not write to people for this purpose";
        return Err(forbidden(sentence));
    }
    // (2)
    let (store, id) = (Arc::clone(app.store()), site.site.clone());
    let row = http::read(move || store.row(&id, &hash)).await?;
    let row = row.ok_or_else(receipts::unknown)?;
    // (3)
    let payload = http::read(move || standing::payload(&row)).await?;
    let mut decisions = payload.decisions.iter();
    if !decisions.any(|own| own.purpose == purpose && own.state == receipt::State::Given) {
        let sentence = "this receipt did not give that purpose; name one that it gave";
        return Err(Problem::new(Kind::Purpose, sentence));
    }
    let tickets = Tickets {
        vault: app.vault(),
        site: &site.site,
    };
    let token = tickets.issue(&Ticket {
        receipt: hash,
        purpose,
    });
    let token = token.map_err(|error| {
        tracing::error!(error = %error, "link not sealed");
        Problem::internal()
    })?;
    // Where the site's other documents are.
    let url = format!("https://{}/u/{}/{token}", site.audience, site.site);
    Ok(Json(bodies::Link {
        list_unsubscribe: format!("<{url}>"),
        list_unsubscribe_post: "List-Unsubscribe=One-Click",
        url,
    }))
}
