//! strace as the hand that makes system calls fail: <https://strace.io>, "Tampering".

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use raspiska_tests::{must, wait};

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It fails with EIO: the disk is broken.
    Eio,
    /// It fails with ENOSPC: the disk is full.
    Enospc,
    /// The process is killed instead.
    Kill,
}

/// The system calls of the server that fail.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// Only calls about these files; of a file that is not there yet, by this name.
    pub(crate) files: Vec<PathBuf>,
    /// The call, what becomes of it, and which: strace's `when`, counted for each thread.
    pub(crate) calls: Vec<(&'static str, Effect, String)>,
}

impl Fault {
    /// One call fails once.
    pub(crate) fn once(files: &[PathBuf], call: &'static str, effect: Effect, when: u64) -> Self {
        Self {
            files: files.to_vec(),
            calls: vec![(call, effect, when.to_string())],
        }
    }

    /// What the server is started under, so that it happens. The server stays our child.
    pub(crate) fn under(&self, trace: &Path) -> Vec<String> {
        let own = ["strace".to_owned(), "-D".to_owned()];
        own.into_iter().chain(self.arguments(trace)).collect()
    }

    fn arguments(&self, trace: &Path) -> Vec<String> {
        let names: Vec<&str> = self.calls.iter().map(|(call, ..)| *call).collect();
        let mut words = vec!["-f".to_owned(), "-q".to_owned(), "-o".to_owned()];
        words.push(trace.display().to_string());
        words.push(format!("--trace={}", names.join(",")));
        words.push("--signal=none".to_owned());
        for (call, effect, when) in &self.calls {
            let effect = match effect {
                Effect::Eio => "error=EIO",
                Effect::Enospc => "error=ENOSPC",
                Effect::Kill => "signal=KILL",
            };
            words.push(format!("--inject={call}:{effect}:when={when}"));
        }
        for file in &self.files {
            words.push(format!("--trace-path={}", file.display()));
        }
        words
    }
}

/// Looks at calls and lets them be: which there are.
pub(crate) fn watch(files: &[PathBuf], calls: &[&str], trace: &Path) -> Vec<String> {
    let mut words: Vec<String> = ["strace", "-D", "-f", "-q", "--signal=none", "-o"]
        .map(str::to_owned)
        .to_vec();
    words.push(trace.display().to_string());
    words.push(format!("--trace={}", calls.join(",")));
    words.extend(
        files
            .iter()
            .map(|file| format!("--trace-path={}", file.display())),
    );
    words
}

/// How often the first thread of a traced server made a call; the first line is its.
pub(crate) fn count(trace: &Path, call: &str) -> u64 {
    let text = read(trace);
    let first = text.split_whitespace().next().unwrap_or_default();
    let calls = text.lines().filter(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some(first) && words.next().is_some_and(|word| is_call(word, call))
    });
    calls.count() as u64
}

/// How often a call was made to fail.
pub(crate) fn fired(trace: &Path, call: &str) -> u64 {
    let text = read(trace);
    let injected = text.lines().filter(|line| {
        // `… fsync resumed>) = -1 EIO (Input/output error) (INJECTED)`
        line.ends_with("(INJECTED)")
            && line
                .split_whitespace()
                .any(|word| word == call || is_call(word, call))
    });
    injected.count() as u64
}

fn is_call(word: &str, call: &str) -> bool {
    word.strip_prefix(call)
        .is_some_and(|rest| rest.starts_with('('))
}

/// What strace has written; it writes each line before the server goes on.
pub(crate) fn read(trace: &Path) -> String {
    fs::read(trace).map_or_else(
        |_| String::new(),
        |bytes| String::from_utf8_lossy(&bytes).into_owned(),
    )
}

/// A tracer of a server that runs already; dropped, it lets go of it.
#[derive(Debug)]
pub(crate) struct Tracer(Child);

impl Tracer {
    /// Takes hold of every thread.
    pub(crate) async fn attach(server: u32, fault: &Fault, trace: &Path) -> Self {
        let mut strace = Command::new("strace");
        strace
            .args(fault.arguments(trace))
            .args(["-p", &server.to_string()])
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        let tracer = Self(must("strace", strace.spawn()));
        wait::until("strace holds the server", async || {
            is_held(server).then_some(())
        })
        .await;
        tracer
    }

    /// Lets go of the server, which runs on.
    pub(crate) fn let_go(&mut self) {
        // SIGTERM lets strace detach; SIGKILL would take stopped threads with it. It may be gone with the server already.
        let id = self.0.id().to_string();
        let _ = Command::new("sh")
            .args(["-c", "kill -TERM \"$0\"", &id])
            .status();
        let _ = self.0.wait();
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            self.let_go();
        }
    }
}

fn is_held(server: u32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{server}/task")) else {
        return false;
    };
    threads.flatten().all(|thread| {
        fs::read_to_string(thread.path().join("status")).is_ok_and(|status| {
            let tracer = status
                .lines()
                .find_map(|line| line.strip_prefix("TracerPid:"));
            tracer.is_some_and(|tracer| tracer.trim() != "0")
        })
    })
}
