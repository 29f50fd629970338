//! Connections: accepted, bounded, and let go in peace.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower::Service as _;

/// Most connections at a time: below the usual limit of 1024 open files, so that the store always finds some.
const CONNECTIONS: usize = 800;
/// Longest time for a request's head, which is also the longest that an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest head of a request, in bytes.
const HEAD_LEN: usize = 16 * 1024;
/// How long open requests may go on after the end was asked for: a little more than a request may take.
const FAREWELL: Duration = Duration::from_secs(11);
/// Pause after accepting failed, as when there are no files left.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until `stop`, then finishes the requests that have begun.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
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
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(HEAD_LEN)
            .serve_connection(
                TokioIo::new(stream),
                service_fn(move |request| answer(router.clone(), peer, request)),
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
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.call(request).await
}
