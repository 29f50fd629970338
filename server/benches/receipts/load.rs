//! The load generator: so many connections, each sending its next receipt when the last one is answered. One thread.

use std::{
    cell::RefCell,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    runtime, task,
};

use crate::author::Made;

/// What one phase gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Phase {
    pub(crate) latencies: Vec<Duration>,
    pub(crate) took: Duration,
    /// The first answer that was no success.
    pub(crate) refusal: Option<String>,
}

impl Phase {
    /// Successful answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    /// The latency that this share of the answers stayed below.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = (sorted.len() as f64 * share) as usize;
        sorted
            .get(at.min(sorted.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    }
}

/// Receipts that are not sent yet.
pub(crate) type Receipts = Rc<RefCell<Vec<Made>>>;

/// Posts receipts, each once, until the time is over or none is left.
pub(crate) fn drive(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    receipts: &Receipts,
) -> Phase {
    let receipts = Rc::clone(receipts);
    let phase = run(address, connections, time, move || {
        receipts
            .borrow_mut()
            .pop()
            .map(|made| request(&made.signed.text))
    });
    // What is refused is fast, and no figure of ours.
    assert_eq!(phase.refusal, None, "the server refused a receipt");
    phase
}

/// Posts the same body again and again.
pub(crate) fn repeat(address: SocketAddr, connections: usize, time: Duration, body: &str) -> Phase {
    let request = request(body);
    run(address, connections, time, move || Some(request.clone()))
}

fn request(body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST /v1/sites/jetcrm/receipts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/sd-jwt\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn run(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    next: impl FnMut() -> Option<Vec<u8>> + 'static,
) -> Phase {
    let runtime = runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    let local = task::LocalSet::new();
    let phase = Rc::new(RefCell::new(Phase::default()));
    let next = Rc::new(RefCell::new(next));
    let began = Instant::now();
    for _ in 0..connections {
        let (phase, next) = (Rc::clone(&phase), Rc::clone(&next));
        local.spawn_local(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let mut answer = Vec::with_capacity(16 * 1024);
            while began.elapsed() < time {
                let request = (next.borrow_mut())();
                let Some(request) = request else { break };
                let sent = Instant::now();
                stream.write_all(&request).await.unwrap();
                read(&mut stream, &mut answer).await;
                let mut phase = phase.borrow_mut();
                if answer.starts_with(b"HTTP/1.1 2") {
                    phase.latencies.push(sent.elapsed());
                } else {
                    let answer = String::from_utf8_lossy(&answer).into_owned();
                    phase.refusal.get_or_insert(answer);
                }
            }
        });
    }
    runtime.block_on(local);
    let mut phase = phase.take();
    phase.took = began.elapsed();
    phase
}

/// Reads one answer whole.
async fn read(stream: &mut TcpStream, answer: &mut Vec<u8>) {
    const LENGTH: &[u8] = b"content-length: ";
    answer.clear();
    loop {
        let count = stream.read_buf(answer).await.unwrap();
        assert!(count > 0, "the server closed a connection");
        let Some(end) = find(answer, b"\r\n\r\n") else {
            continue;
        };
        let length = find(&answer[..end], LENGTH).map_or(0, |at| {
            let digits = answer[at + LENGTH.len()..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit());
            digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))
        });
        if answer.len() >= end + 4 + length {
            return;
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
