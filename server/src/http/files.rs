//! Files that follow a receipt, from the browser of whoever signed it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
};

use super::{
    extract::{self, AtSite, FieldName, ReceiptHash},
    schema,
};
use crate::{
    app::App,
    files::{self, FileError},
    problem::Problem,
    store::Added,
};

/// The route, also for whoever has to know it before the handler runs: see [`super::limit`].
pub(crate) const PATH: &str = "/v1/sites/{site}/receipts/{hash}/files/{field}";

/// Takes the file that a logged receipt tells of.
///
/// 1. The site exists, else 404. 2. `application/octet-stream`, else 415. 3. The receipt was logged and has a file in this field,
/// else 404; its values are there, else 410; something that it gave is still given, else 403 `not-given`. 4. Not more bytes than
/// the field takes, else 413. 5. They are those that were signed, else 422 `file-digest`, and what the end of the name says, else 415
/// `file-type`. 6. Sealed and kept, durably: 201; they were here before: 200.
#[utoipa::path(put, path = "/v1/sites/{site}/receipts/{hash}/files/{field}", tag = "receipts",
    params(("site" = String, Path, description = "The site's id"), ("hash" = String, Path, description = "The receipt's hash"), ("field" = String, Path, description = "The form's field")),
    request_body(content = String, content_type = "application/octet-stream", description = "The file's bytes"),
    responses((status = 201, description = "Kept"), (status = 200, description = "Kept before"),
        (status = 400, description = "Malformed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Nothing that the receipt gave is given any more", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such site or receipt, or no file in this field", body = schema::Problem, content_type = "application/problem+json"),
        (status = 408, description = "Sent too slowly", body = schema::Problem, content_type = "application/problem+json"),
        (status = 410, description = "The receipt's values were destroyed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = schema::Problem, content_type = "application/problem+json"),
        (status = 415, description = "Not application/octet-stream, or not a file of the type that its name says", body = schema::Problem, content_type = "application/problem+json"),
        (status = 422, description = "Not the file that was signed", body = schema::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now; send the same bytes again", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn put_file(
    State(app): State<App>,
    AtSite(site): AtSite,
    ReceiptHash(receipt): ReceiptHash,
    FieldName(field): FieldName,
    request: Request,
) -> Result<StatusCode, Problem> {
    // (2)
    extract::expect_type(request.headers(), "application/octet-stream")?;
    // (3)
    let (looking, at) = (app.clone(), Arc::clone(&site));
    let expected = blocking(move || files::expect(&looking, &at, &receipt, &field)).await?;
    // Whoever finds no place comes again: a queue of large bodies would only grow.
    let _place = app
        .uploads()
        .try_acquire()
        .map_err(|_| Problem::unavailable())?;
    // (4)
    let limit = usize::try_from(expected.max_bytes).unwrap_or(usize::MAX);
    let bytes = extract::body(request.into_body(), limit).await?;
    // (5), (6)
    let keeping = app.clone();
    let added = blocking(move || files::keep(&keeping, &site, &expected, &bytes)).await?;
    Ok(match added {
        Added::Known => StatusCode::OK,
        _ => StatusCode::CREATED,
    })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Problem::internal())?.map_err(refused)
}

fn refused(error: FileError) -> Problem {
    match &error {
        FileError::Store(_) => {
            tracing::error!(error = %error, "file not kept");
            Problem::unavailable()
        }
        FileError::Vault(_) => {
            tracing::error!(error = %error, "file not sealed");
            Problem::internal()
        }
        _ => Problem::new(error.kind(), error.to_string()),
    }
}
