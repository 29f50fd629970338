//! Asking other servers: a log that is audited, a witness that cosigns, a receiver of webhooks. Blocks; bounded in time and in bytes.

use std::{
    io::{self, Read as _},
    time::Duration,
};

use ureq::{Agent, http::Response};

/// Longest time for one exchange, from the name's resolution to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of an answer that nobody wants to know.
const MAX_IGNORED: u64 = 4 * 1024;

/// A client of other servers.
#[derive(Clone, Debug)]
pub(crate) struct Remote(Agent);

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The media type, without parameters.
    pub(crate) media_type: String,
    /// The body, whole.
    pub(crate) body: Vec<u8>,
}

/// What a receiver said to a delivery. Its body says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Receipted {
    /// The HTTP status.
    pub(crate) status: u16,
    /// When it wants to be asked again, as it came.
    pub(crate) retry_after: Option<String>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoteError {
    /// The body is longer than what was asked for can be.
    #[error("{url}: the answer has more than {limit} bytes; this is not what was asked for")]
    TooLong {
        /// What was asked.
        url: String,
        /// Most bytes that were expected.
        limit: u64,
    },
    /// No connection, or it broke.
    #[error("{url}: {source}")]
    Unreachable {
        /// What was asked.
        url: String,
        /// Why.
        source: Box<ureq::Error>,
    },
}

impl RemoteError {
    /// What went wrong, without the address.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::TooLong { .. } => "the answer is too long".to_owned(),
            Self::Unreachable { source, .. } => source.to_string(),
        }
    }
}

impl Remote {
    pub(crate) fn new() -> Self {
        Self::with_timeout(TIMEOUT)
    }

    /// One whose exchanges may take so long.
    pub(crate) fn with_timeout(timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            // Whoever is asked answers himself: a redirect could lead anywhere, also back into our own network.
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("raspiska/", env!("CARGO_PKG_VERSION")))
            .build();
        Self(Agent::new_with_config(config))
    }

    /// Reads an address; a status other than 200 is an answer too.
    pub(crate) fn get(&self, url: &str, limit: u64) -> Result<Answer, RemoteError> {
        let called = self.0.get(url).call();
        read(url, limit, called)
    }

    /// Asks for a media type as the owner of a token, RFC 6750; an empty one is not shown.
    pub(crate) fn ask(
        &self,
        method: &str,
        url: &str,
        token: &str,
        accept: &str,
        json: Option<&[u8]>,
        limit: u64,
    ) -> Result<Answer, RemoteError> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(url)
            .header("accept", accept)
            .header("content-type", "application/json");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let called = request
            .body(json.unwrap_or_default())
            .map_err(ureq::Error::from)
            .and_then(|request| self.0.run(request));
        read(url, limit, called)
    }

    /// Sends JSON with these headers. The head of the answer is the answer.
    pub(crate) fn deliver(
        &self,
        url: &str,
        headers: &[(&str, String)],
        json: &[u8],
    ) -> Result<Receipted, RemoteError> {
        let request = self.0.post(url).header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, value)
        });
        let mut response = request
            .send(json)
            .map_err(|source| RemoteError::Unreachable {
                url: url.to_owned(),
                source: Box::new(source),
            })?;
        let retry_after = response.headers().get("retry-after");
        let receipted = Receipted {
            status: response.status().as_u16(),
            retry_after: retry_after.and_then(|value| value.to_str().ok().map(str::to_owned)),
        };
        // Read to its end, if that is near, the connection is good for the next one.
        let body = response.body_mut().as_reader();
        let _ = io::copy(&mut body.take(MAX_IGNORED), &mut io::sink());
        Ok(receipted)
    }

    /// Sends a body to an address.
    pub(crate) fn post(&self, url: &str, body: &[u8], limit: u64) -> Result<Answer, RemoteError> {
        let called = self.0.post(url).send(body);
        read(url, limit, called)
    }
}

fn read(
    url: &str,
    limit: u64,
    called: Result<Response<ureq::Body>, ureq::Error>,
) -> Result<Answer, RemoteError> {
    let unreachable = |source| RemoteError::Unreachable {
        url: url.to_owned(),
        source: Box::new(source),
    };
    let mut response = called.map_err(unreachable)?;
    let mut body = Vec::new();
    response
        .body_mut()
        .as_reader()
        .take(limit + 1)
        .read_to_end(&mut body)
        .map_err(|error| unreachable(error.into()))?;
    if body.len() as u64 > limit {
        return Err(RemoteError::TooLong {
            url: url.to_owned(),
            limit,
        });
    }
    Ok(Answer {
        status: response.status().as_u16(),
        media_type: response.body().mime_type().unwrap_or_default().to_owned(),
        body,
    })
}

#[cfg(test)]
mod tests {
    use std::{io::Write as _, net::TcpListener, thread};

    use super::*;

    /// A server that answers once, with these bytes.
    fn once(answer: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer);
        });
        format!("http://{address}/x")
    }

    #[test]
    fn an_answer_is_read_whole_and_a_redirect_is_not_followed() {
        let url = once(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Type: text/x.tlog.size; charset=utf-8\r\nContent-Length: 2\r\n\r\nhi",
        );
        let answer = Remote::new().get(&url, 2).unwrap();
        assert_eq!((answer.status, &answer.body[..]), (302, &b"hi"[..]));
        assert_eq!(answer.media_type, "text/x.tlog.size");
    }

    #[test]
    fn a_body_beyond_the_limit_is_refused() {
        let url = once(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi!");
        let error = Remote::new().post(&url, b"x", 2).unwrap_err();
        assert!(matches!(error, RemoteError::TooLong { limit: 2, .. }));
    }

    #[test]
    fn nobody_there_is_said_with_the_address() {
        let error = Remote::new().get("http://127.0.0.1:1/x", 2).unwrap_err();
        assert!(
            error.to_string().starts_with("http://127.0.0.1:1/x: "),
            "{error}"
        );
    }
}
