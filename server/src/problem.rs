//! The one place where a failure becomes an HTTP answer: RFC 9457 `application/problem+json`.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use raspiska_shared::{
    api::{Current, ProblemBody},
    problem::Kind,
    receipt::ReceiptError,
};

/// Media type of a problem, RFC 9457 section 3.
pub(crate) const PROBLEM_TYPE: &str = "application/problem+json";

/// What an answer says when the request is not served.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// What went wrong; decides the status.
    pub(crate) kind: Kind,
    /// One sentence: what is wrong and what to do. Never what the request contained.
    pub(crate) detail: String,
    /// With 409: what is current.
    pub(crate) current: Option<Box<Current>>,
    /// With 429 and 503: seconds to wait.
    pub(crate) retry_after: Option<u64>,
}

impl Problem {
    /// A problem with its sentence.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            current: None,
            retry_after: None,
        }
    }

    /// Nothing is at this address.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, format!("{what}; check the address"))
    }

    /// The log cannot take or give entries just now. A retry is safe: receipts are idempotent.
    pub(crate) fn unavailable() -> Self {
        let sentence = "the log cannot be written or read just now; send the same receipt again after Retry-After seconds";
        Self::new(Kind::Unavailable, sentence).after(2)
    }

    /// Our fault; the reason is in our log, not in the answer.
    pub(crate) fn internal() -> Self {
        Self::new(
            Kind::Internal,
            "the server failed; it is not the request's fault, try again later",
        )
    }

    /// With `Retry-After`.
    pub(crate) fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// With what is in force now.
    pub(crate) fn with_current(mut self, current: Current) -> Self {
        self.current = Some(Box::new(current));
        self
    }
}

impl From<&ReceiptError> for Problem {
    fn from(error: &ReceiptError) -> Self {
        Self::new(error.kind(), error.to_string())
    }
}

/// What an answer was about, for the metrics: left in the answer's extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused(pub(crate) Kind);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = ProblemBody {
            kind: self.kind.urn(),
            title: self.kind.title().to_owned(),
            status: status.as_u16(),
            detail: self.detail,
            current: self.current.map(|current| *current),
        };
        // Strings and numbers always serialise.
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = Response::new(Body::from(json));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.kind == Kind::Unauthorized {
            // RFC 9110 section 15.5.2.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(Refused(self.kind));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_answers_with_its_status_and_media_type() {
        for kind in Kind::ALL {
            let response = Problem::new(*kind, "x").into_response();
            assert_eq!(response.status().as_u16(), kind.status());
            assert_eq!(response.headers()[header::CONTENT_TYPE], PROBLEM_TYPE);
        }
    }

    #[test]
    fn busy_answers_say_when_to_come_back() {
        let response = Problem::unavailable().into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "2");
    }
}
