//! Connections: accepted, bounded, and let go in peace. What is wrong with HTTP itself ends here or in hyper below.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Request, Response, Version, header},
    response::IntoResponse as _,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use raspiska_shared::problem::Kind;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_io_timeout::TimeoutStream;
use tower::Service as _;

use crate::{
    http::limit::{TIMEOUT, TimeLimit},
    problem::Problem,
};

/// Most connections at a time: below the usual limit of 1024 open files, so that the store always finds some.
const CONNECTIONS: usize = 800;
/// Longest time for a request's head, which is also the longest that an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time in which a caller takes nothing of an answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest head of a request, in bytes.
const HEAD_LEN: usize = 16 * 1024;
/// How long open requests may go on after the end was asked for: a little more than a request may take.
const FAREWELL: Duration = Duration::from_secs(11);
/// Pause after accepting failed, as when there are no files left.
const BREATH: Duration = Duration::from_millis(100);

/// What callers may use up. [`Bounds::default`] is what a server runs with; tests wait for less.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Most connections at a time.
    pub connections: usize,
    /// Longest time for a request's head, and the longest that an idle connection is kept.
    pub head: Duration,
    /// Longest time from a request's head to the answer's.
    pub request: Duration,
    /// Longest time in which a caller takes nothing of an answer.
    pub write: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            head: HEAD_TIMEOUT,
            request: TIMEOUT,
            write: WRITE_TIMEOUT,
        }
    }
}

/// Serves until `stop`, then finishes the requests that have begun.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(bounds.connections));
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        let (stream, peer, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(error = %error, "connection not accepted");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let router = router.clone();
        let mut stream = TimeoutStream::new(stream);
        // Whoever asks and never reads would keep a place for ever.
        stream.set_write_timeout(Some(bounds.write));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.head)
            .max_buf_size(HEAD_LEN)
            .serve_connection(
                TokioIo::new(Box::pin(stream)),
                service_fn(move |request| answer(router.clone(), peer, bounds, request)),
            );
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // What goes wrong here is the caller's connection; there is nobody left to tell.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("connections that did not end were cut");
    }
}

type Place = tokio::sync::OwnedSemaphorePermit;

/// A place first: whoever finds none waits in the kernel's queue and costs nothing.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, Place)> {
    let place = Arc::clone(places)
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // Answers are small and written at once; waiting for more would only delay them.
    stream.set_nodelay(true)?;
    Ok((stream, peer, place))
}

async fn answer(
    mut router: Router,
    peer: SocketAddr,
    bounds: Bounds,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    if !has_host(&request) {
        let sentence = "an HTTP/1.1 request has one Host; say which host it is for";
        return Ok(Problem::new(Kind::BadRequest, sentence).into_response());
    }
    let chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    request.extensions_mut().insert(ConnectInfo(peer));
    request.extensions_mut().insert(TimeLimit(bounds.request));
    let mut response = router.call(request).await?;
    if chunked {
        // Beside it there may have been a Content-Length that somebody in between believed: whatever follows on this
        // connection may be smuggled. RFC 9112 section 6.1.
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    Ok(response)
}

/// RFC 9112 section 3.2: none or several are refused. Which one it is decides nothing here.
fn has_host(request: &Request<Body>) -> bool {
    request.version() != Version::HTTP_11
        || request.headers().get_all(header::HOST).iter().count() == 1
}
