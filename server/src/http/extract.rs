//! What handlers ask for: a site that exists, a hash that is one, a body of the right type and size.

use std::sync::Arc;

use axum::{
    body::{Body, HttpBody as _},
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, header, request::Parts},
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use raspiska_shared::{
    api::RECEIPT_TYPE,
    digest::{Digest, DigestError},
    log::tile::{TilePath, TilePathError},
    problem::Kind,
    receipt::MAX_LEN,
};
use serde::de::DeserializeOwned;

use crate::{
    app::{App, SiteState},
    counts,
    problem::Problem,
};

/// Longest JSON body: a hash and a code.
const MAX_JSON: usize = 4 * 1024;
/// Longest JSON body with a thousand hashes of 43 characters, quoted and apart.
pub(crate) const MAX_HASHES_JSON: usize = 64 * 1024;

/// Longest JSON body with what a person wrote: two texts of 2000 characters of four bytes, and what goes with them.
pub(crate) const MAX_LONG_JSON: usize = 2 * 2000 * 4 + 4 * 1024;

/// Longest form: 2000 characters of four bytes, each written as three, and what goes with them.
const MAX_FORM: usize = 2000 * 4 * 3 + 4 * 1024;

/// `{site}` in the path.
pub(crate) struct AtSite(pub(crate) Arc<SiteState>);

impl FromRequestParts<App> for AtSite {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let id = parameter(parts, app, "site").await?;
        let site = app
            .site(&id)
            .ok_or_else(|| Problem::not_found("there is no such site"))?;
        Ok(Self(Arc::clone(site)))
    }
}

/// `{edition}` in the path.
pub(crate) struct Edition(pub(crate) String);

impl FromRequestParts<App> for Edition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        parameter(parts, app, "edition").await.map(Self)
    }
}

/// `{file}` in the path.
pub(crate) struct FileName(pub(crate) String);

impl FromRequestParts<App> for FileName {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        parameter(parts, app, "file").await.map(Self)
    }
}

/// `{field}` in the path.
pub(crate) struct FieldName(pub(crate) String);

impl FromRequestParts<App> for FieldName {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        parameter(parts, app, "field").await.map(Self)
    }
}

/// `{token}` in the path.
pub(crate) struct Token(pub(crate) String);

impl FromRequestParts<App> for Token {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        parameter(parts, app, "token").await.map(Self)
    }
}

/// `{number}` of a request in the path.
pub(crate) struct Number(pub(crate) String);

impl FromRequestParts<App> for Number {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        parameter(parts, app, "number").await.map(Self)
    }
}

/// `{hash}` in the path.
pub(crate) struct ReceiptHash(pub(crate) Digest);

impl FromRequestParts<App> for ReceiptHash {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let text = parameter(parts, app, "hash").await?;
        let hash = text.parse();
        hash.map(Self).map_err(|error: DigestError| {
            Problem::new(
                Kind::BadRequest,
                format!("the receipt's hash is malformed: {error}"),
            )
        })
    }
}

/// `{act}` in the path.
pub(crate) struct ActNumber(pub(crate) String);

impl FromRequestParts<App> for ActNumber {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        parameter(parts, app, "act").await.map(Self)
    }
}

/// `{path}` of a tile.
pub(crate) struct AtTile(pub(crate) TilePath);

impl FromRequestParts<App> for AtTile {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = parameter(parts, app, "path").await?;
        let path = format!("tile/{path}").parse();
        // A path that no log has is an address with nothing at it.
        path.map(Self)
            .map_err(|error: TilePathError| Problem::not_found(&error.to_string()))
    }
}

async fn parameter(parts: &mut Parts, app: &App, name: &str) -> Result<String, Problem> {
    let parameters = RawPathParams::from_request_parts(parts, app)
        .await
        .map_err(|_| {
            Problem::new(
                Kind::BadRequest,
                "the path is not UTF-8; percent-encode it anew",
            )
        })?;
    let found = parameters
        .iter()
        .find(|(own, _)| *own == name)
        .map(|(_, value)| value.to_owned());
    found.ok_or_else(Problem::internal)
}

/// The bytes of a receipt: `application/sd-jwt`, at most 32 KiB.
pub(crate) struct ReceiptBody(pub(crate) Bytes);

impl FromRequest<App> for ReceiptBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        expect_type(request.headers(), RECEIPT_TYPE)?;
        body(request.into_body(), MAX_LEN).await.map(Self)
    }
}

/// The lines of a page's counts: `text/plain`.
pub(crate) struct CountsBody(pub(crate) Bytes);

impl FromRequest<App> for CountsBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        expect_type(request.headers(), "text/plain")?;
        body(request.into_body(), counts::MAX_BODY).await.map(Self)
    }
}

/// A small JSON body of type `T`.
pub(crate) struct JsonBody<T, const MAX: usize = MAX_JSON>(pub(crate) T);

impl<T: DeserializeOwned, const MAX: usize> FromRequest<App> for JsonBody<T, MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        expect_type(request.headers(), "application/json")?;
        let bytes = body(request.into_body(), MAX).await?;
        // The position only: what stands there may be somebody's code.
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let sentence = format!(
                "the JSON is malformed or not of the expected shape near byte {}",
                error.column()
            );
            Problem::new(Kind::BadRequest, sentence)
        })
    }
}

/// What a form of a page sends.
pub(crate) struct FormBody<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for FormBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        expect_type(request.headers(), "application/x-www-form-urlencoded")?;
        let bytes = body(request.into_body(), MAX_FORM).await?;
        // Nothing of what stands there is repeated: it may be somebody's code.
        serde_urlencoded::from_bytes(&bytes).map(Self).map_err(|_| {
            let sentence = "the form is malformed or not one of this page; load the page again";
            Problem::new(Kind::BadRequest, sentence)
        })
    }
}

/// Refuses a body of another type, or one that would have to be unpacked.
pub(crate) fn expect_type(headers: &HeaderMap, expected: &str) -> Result<(), Problem> {
    let encoding = headers.get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| encoding != "identity") {
        // RFC 9110 section 15.5.16. What is unpacked may be longer than any limit.
        return Err(Problem::new(
            Kind::MediaType,
            "send the body as it is, without Content-Encoding",
        ));
    }
    let sent = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(expected) {
        Ok(())
    } else {
        Err(Problem::new(
            Kind::MediaType,
            format!("send the body as Content-Type: {expected}"),
        ))
    }
}

/// The bytes of a body, at most so many.
pub(crate) async fn body(body: Body, limit: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        Problem::new(
            Kind::TooLarge,
            format!("the body is longer than {limit} bytes; send a shorter one"),
        )
    };
    // Told beforehand, also to whoever waits for 100 before sending. RFC 9110 section 10.1.1.
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(Problem::new(
            Kind::BadRequest,
            "the body broke off; send it again",
        )),
    }
}
