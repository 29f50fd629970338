//! A site's own web server in front of ours: it sends pages with the policy that their owner wants, and passes the rest on.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::http::{Answer, Request};
use crate::must;
use crate::server::Server;

/// What a browser may send at the most in one story: a receipt is far smaller.
const LIMIT: usize = 1 << 20;

/// The web server of a host page.
#[derive(Debug)]
pub struct Front {
    port: u16,
    task: JoinHandle<()>,
}

impl Front {
    /// Listens on a free port of loopback; every page gets this `Content-Security-Policy` instead of the server's own.
    pub async fn of(server: &Server, policy: &str) -> Self {
        let listener = must("a port", TcpListener::bind("127.0.0.1:0").await);
        let port = must("its number", listener.local_addr()).port();
        let (behind, policy) = (server.address().to_owned(), policy.to_owned());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (behind, policy) = (behind.clone(), policy.clone());
                // A browser that goes away in the middle of an answer is nothing to speak of.
                tokio::spawn(async move { pass(stream, &behind, &policy).await.ok() });
            }
        });
        Self { port, task }
    }

    /// Its origin under a name that leads to loopback.
    #[must_use]
    pub fn origin(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request, one answer, and the connection is closed.
async fn pass(mut stream: TcpStream, behind: &str, policy: &str) -> io::Result<()> {
    let (head, body) = read(&mut stream).await?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (method, path) = (first.next().unwrap_or("GET"), first.next().unwrap_or("/"));
    let mut request = Request::new(behind, method, path);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let own = ["host", "connection", "content-length"];
        if !own.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            request = request.header(name, value);
        }
    }
    let answer = request.with(body).attempt().await?;
    stream
        .write_all(head_of(&answer, policy).as_bytes())
        .await?;
    stream.write_all(&answer.body).await?;
    stream.shutdown().await
}

async fn read(stream: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut received = Vec::new();
    loop {
        if let Some(end) = received.windows(4).position(|part| part == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).into_owned();
            let length = head
                .split("\r\n")
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, value)| value.parse().ok())
                .unwrap_or(0);
            let body = received.split_off(end + 4);
            if body.len() >= length {
                return Ok((head, body));
            }
            received.extend_from_slice(&body);
        }
        if received.len() > LIMIT || stream.read_buf(&mut received).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn head_of(answer: &Answer, policy: &str) -> String {
    let mut head = format!("HTTP/1.1 {} -\r\n", answer.status);
    for (name, value) in &answer.headers {
        let own = ["connection", "content-length", "transfer-encoding"];
        if own.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            continue;
        }
        let page = name.eq_ignore_ascii_case("content-security-policy");
        let value = if page { policy } else { value };
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!(
        "content-length: {}\r\nconnection: close\r\n\r\n",
        answer.body.len()
    ));
    head
}
