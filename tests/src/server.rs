//! The real server, as it is delivered, on a free port of loopback; it can be stopped, killed and started again.

use std::cell::RefCell;
use std::fs::{self, OpenOptions};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use crate::http::{Answer, Request};
use crate::place::{SITE, site, told};
use crate::{must, wait};

/// One server with its data, its pages and its port.
#[derive(Debug)]
pub struct Server {
    address: String,
    folder: PathBuf,
    process: RefCell<Option<Child>>,
}

impl Server {
    /// A server that has not started yet; `folder` has its pages in `pages`.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self {
            address: free_address(),
            folder: folder.to_owned(),
            process: RefCell::default(),
        }
    }

    /// `127.0.0.1:port`
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The URL of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Is this an address of it, by its own name or by one of those that are always the same machine (RFC 6761 section 6.3)?
    #[must_use]
    pub fn serves(&self, url: &str) -> bool {
        let host = url
            .strip_prefix("http://")
            .and_then(|rest| rest.split('/').next())
            .unwrap_or_default();
        let port = self.address.split_once(':').map_or("", |(_, port)| port);
        host == self.address || host.ends_with(&format!(".localhost:{port}"))
    }

    /// Starts it, the first time or again with the same data and port, and waits until it answers.
    pub async fn start(&self) {
        self.launch(&[], &[]);
        self.is_up().await;
    }

    /// Starts it with more flags, under another program such as a tracer if one is named, and waits for nothing.
    pub fn launch(&self, under: &[String], flags: &[&str]) {
        let log = must(
            "the server's log",
            OpenOptions::new()
                .create(true)
                .append(true)
                .open(self.log()),
        );
        let mut command = self.command(under);
        command
            .args(["serve", "--listen", &self.address, "--data"])
            .arg(self.data())
            .arg("--site")
            .arg(self.site())
            .arg("--pages")
            .arg(self.folder.join("pages"))
            .args(flags)
            .stdout(must("the server's log", log.try_clone()))
            .stderr(log);
        let process = must("the server starts", command.spawn());
        self.process.replace(Some(process));
    }

    /// Waits until it answers; a server that has ended instead is the end of the story.
    pub async fn is_up(&self) {
        if let Err(status) = self.comes_up().await {
            panic!("the server ended with {status}:\n{}", self.last_words());
        }
    }

    /// Waits until it answers, or has ended: with what.
    pub async fn comes_up(&self) -> Result<(), ExitStatus> {
        wait::until("the server answers GET /healthz, or ends", async || {
            if let Some(status) = self.ended() {
                return Some(Err(status));
            }
            let answer = self.request("GET", "/healthz").attempt().await.ok()?;
            (answer.status == 200).then_some(Ok(()))
        })
        .await
    }

    /// Asks it to stop, and waits until it has; a graceful stop ends with success.
    pub async fn stop(&self) {
        if self.id().is_none() {
            return;
        }
        self.is_asked_to_stop();
        let status = self.ends().await;
        assert!(
            status.success(),
            "a server that is asked to stop ends with success, not {status}:\n{}",
            self.last_words()
        );
    }

    /// Sends it the signal to stop, and waits for nothing.
    pub fn is_asked_to_stop(&self) {
        let id = self.id().expect("a server that was started");
        let signal = Command::new("sh")
            .args(["-c", "kill -TERM \"$0\"", &id.to_string()])
            .status();
        must("a signal to the server", signal);
    }

    /// Waits until it has ended, and says how.
    pub async fn ends(&self) -> ExitStatus {
        let status = wait::until("the server ends", async || self.ended()).await;
        self.process.replace(None);
        status
    }

    /// The number of its process, if it was started and its end not seen yet.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.process.borrow().as_ref().map(Child::id)
    }

    /// Ends it as a power cut would.
    pub fn crash(&self) {
        if let Some(mut process) = self.process.take() {
            must("the server is killed", process.kill());
            must("the server ends", process.wait());
        }
    }

    /// Is it running?
    #[must_use]
    pub fn runs(&self) -> bool {
        self.process.borrow().is_some() && self.ended().is_none()
    }

    fn ended(&self) -> Option<ExitStatus> {
        let mut process = self.process.borrow_mut();
        must("the server's state", process.as_mut()?.try_wait())
    }

    /// Another subcommand of the same program, and what it says.
    pub fn runs_command(&self, arguments: &[&str]) -> Output {
        self.runs_command_under(&[], arguments)
    }

    /// The same, under another program such as a tracer.
    pub fn runs_command_under(&self, under: &[String], arguments: &[&str]) -> Output {
        must("a command", self.command(under).args(arguments).output())
    }

    /// What a subcommand says when it succeeds.
    #[must_use]
    pub fn says(&self, arguments: &[&str]) -> String {
        let output = self.runs_command(arguments);
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{arguments:?}: {words}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        words
    }

    pub(crate) fn command(&self, under: &[String]) -> Command {
        let own = told("RASPISKA_BIN");
        let mut command = match under {
            [] => Command::new(own),
            [program, arguments @ ..] => {
                let mut command = Command::new(program);
                command.args(arguments).arg(own);
                command
            }
        };
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    /// The folder of its data.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The directory of its site: the common one, or the one that this story has changed.
    #[must_use]
    pub fn site(&self) -> PathBuf {
        let own = self.folder.join("site");
        if own.is_dir() { own } else { site() }
    }

    fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Everything that it has logged.
    #[must_use]
    pub fn tells(&self) -> String {
        fs::read(self.log())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// The end of what it has logged: why it did what it did.
    #[must_use]
    pub fn last_words(&self) -> String {
        let told = self.tells();
        let last = told.lines().rev().take(15).collect::<Vec<_>>();
        last.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    /// A request to it.
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> Request {
        Request::new(&self.address, method, path)
    }

    /// What `GET` of a path gives.
    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send().await
    }

    /// What sending a receipt gives.
    pub async fn post_receipt(&self, receipt: &str) -> Answer {
        self.request("POST", &format!("/v1/sites/{SITE}/receipts"))
            .body("application/sd-jwt", receipt)
            .send()
            .await
    }
}

/// An address that nobody listens on. Below the ports that the system gives away by itself (RFC 6335 section 6, Linux from
/// 32768), so that it is still free when the server comes back after a stop.
fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = must("a number", u16::try_from(std::process::id() % 10_000));
    loop {
        let port = 20_000 + (begin + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        let address = format!("127.0.0.1:{port}");
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // The story has failed already; only the process must not stay.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
