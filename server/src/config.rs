//! What the server is told when it is started: flags, or environment variables of the same names.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, ValueEnum};

/// The flags of `raspiska serve`.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR", env = "RASPISKA_LISTEN")]
    pub listen: SocketAddr,
    /// Another address for /healthz and /metrics, which the first one then does not have; without: they are on the first.
    #[arg(long, value_name = "ADDR", env = "RASPISKA_OPERATION_LISTEN")]
    pub operation_listen: Option<SocketAddr>,
    /// Directory of the store and its keys; made at the first start. One server at a time.
    #[arg(long, value_name = "DIR", env = "RASPISKA_DATA")]
    pub data: PathBuf,
    /// Directory of a site: site.toml, policy, notices. Once for each site.
    #[arg(
        long = "site",
        value_name = "DIR",
        required = true,
        env = "RASPISKA_SITES",
        value_delimiter = ':'
    )]
    pub sites: Vec<PathBuf>,
    /// Directory of static pages, served at /.
    #[arg(long, value_name = "DIR", env = "RASPISKA_PAGES")]
    pub pages: Option<PathBuf>,
    /// Receipts and withdrawals that one address may send in a minute; 0: any number.
    #[arg(long, value_name = "N", default_value_t = 600, env = "RASPISKA_RATE")]
    pub rate: u32,
    /// Take a caller's address from the last X-Forwarded-For: only behind a proxy that sets it.
    #[arg(long, env = "RASPISKA_TRUST_PROXY")]
    pub trust_proxy: bool,
    /// The form of the log lines on standard error.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text, env = "RASPISKA_LOG_FORMAT")]
    pub log_format: LogFormat,
    /// The least important log lines that are written.
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = LogLevel::Info, env = "RASPISKA_LOG_LEVEL")]
    pub log_level: LogLevel,
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// How important a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// Also each request that went well.
    Debug,
    /// Only what a human has to mend.
    Error,
    /// Also each request that was refused.
    Info,
    /// Also what mends itself.
    Warn,
}
