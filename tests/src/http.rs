//! A small HTTP/1.1 client for loopback: what curl would be in a story by hand, and WebDriver's transport.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use raspiska_shared::problem::Kind;
use serde_json::Value;
use thirtyfour::error::{WebDriverError, WebDriverResult};
use thirtyfour::session::http::{Body, HttpClient};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::must;

/// The start of a browser on a busy machine is the longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// An HTTP answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Its headers as they came.
    pub headers: Vec<(String, String)>,
    /// The body, without transfer coding.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The media type, without parameters; empty if there is none.
    #[must_use]
    pub fn media_type(&self) -> &str {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!(
                "JSON expected ({error}), {} came: {}",
                self.status,
                self.text()
            )
        })
    }

    /// The answer is a problem of this kind, in full. RFC 9457.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn is_problem(&self, kind: Kind) {
        assert_eq!(
            self.media_type(),
            "application/problem+json",
            "{}",
            self.text()
        );
        let problem = self.json();
        assert_eq!(problem["type"], kind.urn(), "{problem}");
        assert_eq!(problem["status"], self.status);
        assert_eq!(self.status, kind.status());
        assert_eq!(problem["title"], kind.title());
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.len() > 10, "a sentence says what to do: {problem}");
    }
}

/// A request on its way to be sent.
#[derive(Clone, Debug)]
pub struct Request {
    address: String,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// A request to `host:port`.
    #[must_use]
    pub fn new(address: &str, method: &str, path: &str) -> Self {
        Self {
            address: address.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a body of this media type.
    #[must_use]
    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }

    /// With a body whose media type is among the headers.
    pub(crate) fn with(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// The answer.
    ///
    /// # Panics
    /// When there is none.
    pub async fn send(self) -> Answer {
        let what = format!("{} {}", self.method, self.path);
        must(&what, self.attempt().await)
    }

    /// The answer, or why there is none.
    ///
    /// # Errors
    /// What the connection says, or that it took too long.
    pub async fn attempt(self) -> io::Result<Answer> {
        timeout(PATIENCE, self.exchange())
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn exchange(self) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(&self.address).await?;
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.method,
            self.path,
            self.address,
            self.body.len()
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).await?;
        // A server that refuses a large body may answer and close before it has read everything.
        let _ = stream.write_all(&self.body).await;
        read(&mut stream, self.method == "HEAD").await
    }
}

async fn read(stream: &mut TcpStream, head_only: bool) -> io::Result<Answer> {
    let mut received = Vec::new();
    let end = loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut received).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(&received[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|status| status.parse().ok())
        .ok_or(io::ErrorKind::InvalidData)?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    let mut answer = Answer {
        status,
        headers,
        body: received.split_off(end + 4),
    };
    if head_only || matches!(status, 204 | 304) {
        return Ok(answer);
    }
    let length: Option<usize> = answer
        .header("content-length")
        .and_then(|length| length.parse().ok());
    while length.is_none_or(|length| answer.body.len() < length) {
        if stream.read_buf(&mut answer.body).await? == 0 {
            break;
        }
    }
    if answer
        .header("transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    {
        answer.body = unchunk(&answer.body).ok_or(io::ErrorKind::InvalidData)?;
    }
    Ok(answer)
}

/// RFC 9112 section 7.1, without trailers.
fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let line = std::str::from_utf8(&rest[..end]).ok()?;
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

/// WebDriver over this client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire;

#[async_trait::async_trait]
impl HttpClient for Wire {
    async fn send(
        &self,
        request: http::Request<Body<'_>>,
    ) -> WebDriverResult<http::Response<Bytes>> {
        let failed = |error: String| WebDriverError::RequestFailed(error);
        let uri = request.uri();
        let address = uri.authority().map(ToString::to_string).unwrap_or_default();
        let mut wire = Request::new(&address, request.method().as_str(), uri.path());
        if let Body::Json(json) = request.body() {
            wire = wire.body("application/json", json.to_string());
        }
        let answer = wire
            .attempt()
            .await
            .map_err(|error| failed(error.to_string()))?;
        http::Response::builder()
            .status(answer.status)
            .body(answer.body.into())
            .map_err(|error| failed(error.to_string()))
    }

    async fn new(&self) -> Arc<dyn HttpClient> {
        Arc::new(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::unchunk;

    #[test]
    fn chunks_are_joined() {
        assert_eq!(
            unchunk(b"4;x=y\r\nWiki\r\n3\r\nped\r\n0\r\n\r\n").as_deref(),
            Some(&b"Wikiped"[..])
        );
        assert_eq!(unchunk(b"4\r\nWi"), None);
    }
}
