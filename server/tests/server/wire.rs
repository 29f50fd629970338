//! Callers on a real socket, who write what they like.

use std::{net::SocketAddr, time::Duration};

use raspiska_server::listen::{self, Bounds};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use crate::house::House;

/// Long enough for a step on a busy machine, short enough to be waited for.
pub(crate) const SOON: Duration = Duration::from_millis(400);

/// What a test waits at most before it says that nothing came: no result depends on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server on a port of the loopback.
pub(crate) struct Port {
    pub(crate) house: House,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Port {
    /// With the bounds of a real server.
    pub(crate) async fn open() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Bounds)) -> Self {
        let mut bounds = Bounds::default();
        change(&mut bounds);
        let house = House::open().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let router = house.router.clone();
        let served = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            listen::serve(listener, router, bounds, stopped).await;
        });
        Self {
            house,
            address,
            stop,
            served,
        }
    }

    pub(crate) async fn caller(&self) -> Caller {
        Caller(TcpStream::connect(self.address).await.unwrap())
    }

    /// Everything that comes back for these bytes until the server closes.
    pub(crate) async fn says_to(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut caller = self.caller().await;
        caller.writes(bytes).await;
        caller.reads_to_the_end().await
    }

    /// Somebody honest is served as if nothing had been, the log is whole, and the server ends in peace.
    pub(crate) async fn holds(self) {
        let mut honest = self.caller().await;
        honest
            .writes("GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
            .await;
        let answer = honest.reads_to_the_end().await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\nok\n"), "{answer}");
        self.house.audit().await;
        self.stop.send(()).unwrap();
        self.served.await.unwrap();
    }
}

/// Somebody with a connection.
pub(crate) struct Caller(pub(crate) TcpStream);

impl Caller {
    pub(crate) async fn writes(&mut self, bytes: impl AsRef<[u8]>) {
        // A server that has refused already may have closed: what it said is what counts.
        let _ = self.0.write_all(bytes.as_ref()).await;
    }

    /// No more will be written; the answer is still wanted.
    pub(crate) async fn hangs_up(&mut self) {
        let _ = self.0.shutdown().await;
    }

    /// All until the server closes. A reset after the answer is as good as an end.
    pub(crate) async fn reads_to_the_end(&mut self) -> String {
        let mut all = Vec::new();
        let reading = async {
            let mut some = [0; 4096];
            while let Ok(count) = self.0.read(&mut some).await {
                if count == 0 {
                    break;
                }
                all.extend_from_slice(&some[..count]);
            }
        };
        let ended = tokio::time::timeout(PATIENCE, reading).await;
        assert!(ended.is_ok(), "the server neither answers nor closes");
        String::from_utf8_lossy(&all).into_owned()
    }

    /// At least these words have come; gives all that has.
    pub(crate) async fn reads_until(&mut self, words: &str) -> String {
        let mut all = Vec::new();
        let reading = async {
            while !String::from_utf8_lossy(&all).contains(words) {
                let mut some = [0; 4096];
                let count = self.0.read(&mut some).await.unwrap();
                assert!(count > 0, "{}", String::from_utf8_lossy(&all));
                all.extend_from_slice(&some[..count]);
            }
        };
        let ended = tokio::time::timeout(PATIENCE, reading).await;
        assert!(ended.is_ok(), "{words} never came");
        String::from_utf8_lossy(&all).into_owned()
    }
}

/// The status lines in what came back, without the version.
pub(crate) fn statuses(answers: &str) -> Vec<u16> {
    answers
        .match_indices("HTTP/1.1 ")
        .filter_map(|(at, found)| answers.get(at + found.len()..)?.get(..3)?.parse().ok())
        .collect()
}
