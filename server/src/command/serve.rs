//! `raspiska serve`: from the flags to the last answer.

use std::{
    io::{self, IsTerminal as _},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, runtime, sync::oneshot, time};
use tracing::level_filters::LevelFilter;

use super::check;
use crate::{
    app::{App, StartError},
    clock::Clock,
    config::{Config, LogFormat, LogLevel},
    data::{DataDir, DataError},
    erasure, listen,
    router::{operation_router, router},
    store::{Sqlite, StoreError},
    systemd,
};

/// How often counts are folded and quiet callers forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(30);

/// The flags of `raspiska serve`.
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    #[command(flatten)]
    config: Config,
    /// Say whether a start would succeed, and change nothing; a server may be running on the same data
    #[arg(long)]
    check: bool,
}

/// Why the server ended, or never began.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServeError {
    /// The data directory.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The address.
    #[error("{address} cannot be listened on: {source}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    /// Threads or signals.
    #[error("the system refuses what a server needs: {0}")]
    System(#[from] io::Error),
    /// Sites, keys, logs.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The store.
    #[error("{}: {source}", .path.display())]
    Store { path: PathBuf, source: StoreError },
}

impl Serve {
    pub(super) fn run(&self) -> Result<(), ServeError> {
        if self.check {
            check::check(&self.config, &mut io::stdout().lock())
        } else {
            run(&self.config)
        }
    }
}

/// Serves until SIGINT or SIGTERM; then finishes what has begun.
fn run(config: &Config) -> Result<(), ServeError> {
    write_logs(config);
    let data = DataDir::hold(&config.data)?;
    let path = data.store();
    let store = Sqlite::open(&path).map_err(|source| ServeError::Store { path, source })?;
    let store = Arc::new(store);
    let app = App::start(config, store, Clock::system())?;
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(serve(config, app.clone()));
    // No more requests: what they have handed in is logged, then the threads end. The lock on the data goes last.
    app.stop();
    drop(data);
    tracing::info!("stopped");
    served
}

async fn serve(config: &Config, app: App) -> Result<(), ServeError> {
    // Before listening: a signal from here on is an orderly end.
    let stop = stop()?;
    let listener = bind(config.listen).await?;
    let operation = match config.operation_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    tracing::info!(address = %listener.local_addr()?, "listening");
    let (end_operation, ended) = oneshot::channel::<()>();
    let operation = match operation {
        Some(listener) => {
            tracing::info!(address = %listener.local_addr()?, "listening for operation");
            let router = operation_router(app.clone());
            let ended = async { drop(ended.await) };
            Some(tokio::spawn(listen::serve(
                listener,
                router,
                listen::Bounds::default(),
                ended,
            )))
        }
        None => None,
    };
    let housekeeping = tokio::spawn(keep_house(app.clone()));
    systemd::notify(systemd::READY);
    let stopping = app.clone();
    let stop = async move {
        stop.await;
        systemd::notify(systemd::STOPPING);
        stopping.begin_stop();
    };
    listen::serve(listener, router(app), listen::Bounds::default(), stop).await;
    // Until here whoever asks is told that the server is stopping.
    drop(end_operation);
    if let Some(operation) = operation {
        operation.await.map_err(io::Error::other)?;
    }
    housekeeping.abort();
    Ok(())
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|source| ServeError::Listen { address, source })
}

async fn keep_house(app: App) {
    let mut ticks = time::interval(HOUSEKEEPING);
    loop {
        ticks.tick().await;
        app.forget();
        app.metrics().fold();
        // Somebody may have read the files for long, just when something was to be gone from them.
        let settling = app.clone();
        let settled = tokio::task::spawn_blocking(move || erasure::settle(&settling)).await;
        // No answer at all is a server that ends.
        if let Ok(Err(error)) = settled {
            tracing::error!(error = %error, "an erasure is not carried out yet");
        }
    }
}

#[cfg(unix)]
fn stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
    })
}

#[cfg(not(unix))]
fn stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn write_logs(config: &Config) {
    let level = match config.log_level {
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Warn => LevelFilter::WARN,
    };
    let lines = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(level)
        .with_target(false)
        // A line that cannot be written is lost. To say so on standard error, which is what failed, would be a panic in
        // whatever thread had something to say: a full disk under the log lines would end the log.
        .log_internal_errors(false);
    match config.log_format {
        LogFormat::Json => lines.json().flatten_event(true).init(),
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).init(),
    }
}
