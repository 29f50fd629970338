//! A file that came with a receipt, for a purpose.

use axum::{
    extract::State,
    http::{HeaderName, header},
    response::{IntoResponse as _, Response},
};

use super::{Colleague, bodies, receipts};
use crate::{
    app::App,
    http::{
        extract::{AtSite, FieldName, JsonBody, ReceiptHash},
        schema,
    },
    office,
    problem::Problem,
};

/// Gives a file that came with a receipt, for one purpose and with a reason; both go to the access log first.
///
/// The same steps as for what was written into the form; then the file has come, else 404.
#[utoipa::path(post, path = "/v1/office/sites/{site}/receipts/{hash}/files/{field}", tag = "office", security(("office" = [])),
    params(("site" = String, Path, description = "The site's id"), ("hash" = String, Path, description = "The receipt's hash"), ("field" = String, Path, description = "The form's field")),
    request_body(content = bodies::Reading, content_type = "application/json"),
    responses((status = 200, description = "Its bytes, as an attachment under the name that the person gave it", body = String, content_type = "application/octet-stream"),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not for this role, or not given any more", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or receipt, or the file has not come", body = schema::Problem, content_type = "application/problem+json"),
        (status = 410, description = "Destroyed, or there were no values", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/json", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The receipt gave something else", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "The store is not there just now", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_file(
    State(app): State<App>,
    Colleague(who): Colleague,
    AtSite(at): AtSite,
    ReceiptHash(receipt): ReceiptHash,
    FieldName(field): FieldName,
    JsonBody(reading): JsonBody<bodies::Reading>,
) -> Result<Response, Problem> {
    let read = receipts::for_a_purpose(app, receipt, &reading, move |app, wanted, now| {
        let (store, site) = (&**app.store(), &at.loaded.site);
        office::read_file(store, app.vault(), site, &who, wanted, &field, now)
    });
    let office::File { name, bytes } = read.await?;
    let headers = [
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, attachment(&name)),
        // Should somebody open it in a browser all the same.
        (
            HeaderName::from_static("content-security-policy"),
            "default-src 'none'; sandbox".to_owned(),
        ),
    ];
    Ok((headers, std::mem::take(&mut *{ bytes })).into_response())
}

/// RFC 6266: an approximate name for old programs, the name itself by RFC 8187.
fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|own| if is_plain(own) { own } else { '_' })
        .collect();
    let mut exact = String::new();
    for byte in name.bytes() {
        match char::from(byte) {
            own if is_plain(own) => exact.push(own),
            _ => exact.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

/// In every grammar that a name goes through.
fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_gets_out_of_its_quotes() {
        assert_eq!(
            attachment("cv.pdf"),
            "attachment; filename=\"cv.pdf\"; filename*=UTF-8''cv.pdf"
        );
        assert_eq!(
            attachment("a\";b='%\r\nю.pdf"),
            "attachment; filename=\"a__b______.pdf\"; filename*=UTF-8''a%22%3Bb%3D%27%25%0D%0A%D1%8E.pdf"
        );
    }
}
