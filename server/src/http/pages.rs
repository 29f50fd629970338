//! The host's own pages, for the demo site and for tests: static files under the strictest policy that the loader and the
//! widget promise to work under.

use std::path::{Path, PathBuf};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use raspiska_shared::problem::Kind;
use tower::ServiceExt as _;
use tower_http::{compression::CompressionLayer, services::ServeDir};

use crate::problem::Problem;

/// No inline script or style, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; \
                      img-src 'self' data:; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'";

/// Serves the pages in `folder`: `/contacts` is `contacts.html`, `/` is `index.html`. What gets smaller by it is compressed: the page
/// comes before everything that it asks for.
pub(crate) fn service(folder: &Path) -> Router {
    Router::new()
        .fallback(read_page)
        .layer(CompressionLayer::new())
        .with_state(folder.to_path_buf())
}

async fn read_page(State(folder): State<PathBuf>, mut request: Request) -> Response {
    if let Some(uri) = with_ending(request.uri()) {
        *request.uri_mut() = uri;
    }
    // Opening a file that cannot be read is an answer of the service, never an error.
    let Ok(mut response) = ServeDir::new(folder).oneshot(request).await;
    match response.status() {
        StatusCode::NOT_FOUND => {
            return Problem::not_found("there is no such page").into_response();
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            let problem = Problem::new(Kind::Method, "pages are read with GET");
            return ([(header::ALLOW, "GET,HEAD")], problem).into_response();
        }
        _ => {}
    }
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let headers = response.headers_mut();
    // Whoever edits a page wants to see it; unchanged ones cost one short answer.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if is_page {
        let utf8 = HeaderValue::from_static("text/html; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, utf8);
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        );
    }
    response.map(Body::new)
}

/// `/contacts?a=b` → `/contacts.html?a=b`; none for a folder, a file with an ending, and what is no address.
fn with_ending(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let last = path.rsplit('/').next()?;
    if last.is_empty() || last.contains('.') {
        return None;
    }
    let query = uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    format!("{path}.html{query}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;
    use std::fs;

    async fn get(folder: &Path, path: &str) -> Response {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        service(folder).oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn text_is_compressed_for_those_who_take_it() {
        let folder = crate::site::sample::Scratch::new("pages-compressed");
        let page = "<p>the same words again</p>".repeat(100);
        fs::write(folder.path().join("index.html"), &page).unwrap();
        fs::write(folder.path().join("photo.png"), &page).unwrap();
        let ask = async |path: &str, encodings: &str| {
            let request = Request::builder()
                .uri(path)
                .header(header::ACCEPT_ENCODING, encodings)
                .body(Body::empty());
            let response = service(folder.path()).oneshot(request.unwrap()).await;
            let (head, body) = response.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            (head.headers, body)
        };

        let (headers, body) = ask("/", "gzip, br").await;
        assert_eq!(headers[header::CONTENT_ENCODING], "br");
        assert_eq!(headers[header::VARY], "accept-encoding");
        assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &body[..], &mut plain).unwrap();
        assert_eq!(plain, page.as_bytes());

        for (path, encodings) in [("/", "gzip, br;q=0"), ("/photo.png", "br")] {
            let (headers, body) = ask(path, encodings).await;
            assert!(!headers.contains_key(header::CONTENT_ENCODING), "{path}");
            assert_eq!(body, page.as_bytes(), "{path}");
        }
    }

    #[tokio::test]
    async fn pages_have_short_addresses_and_a_strict_policy() {
        let folder = crate::site::sample::Scratch::new("pages");
        fs::write(folder.path().join("index.html"), "<p>home").unwrap();
        fs::write(folder.path().join("contacts.html"), "<p>contacts").unwrap();
        fs::write(folder.path().join("demo.js"), "1").unwrap();
        for path in ["/", "/contacts", "/contacts?from=mail", "/contacts.html"] {
            let response = get(folder.path(), path).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(response.headers()[header::CONTENT_SECURITY_POLICY], POLICY);
        }
        let script = get(folder.path(), "/demo.js").await;
        assert_eq!(script.status(), StatusCode::OK);
        assert!(
            !script
                .headers()
                .contains_key(header::CONTENT_SECURITY_POLICY)
        );
        for path in ["/nowhere", "/../pages.rs", "/%2e%2e/%2e%2e/etc/passwd"] {
            assert_eq!(
                get(folder.path(), path).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }
}
