//! The server as its operator runs it: a process, watched from outside.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// A folder that goes when the bench ends.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "bench-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(&path).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the process's beginning until it listens.
    pub(crate) started_in: Duration,
}

/// What a process has used so far.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) processor: Duration,
    pub(crate) at: Instant,
}

impl Server {
    pub(crate) fn start(binary: &Path, data: &Path) -> Self {
        let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/sites/jetcrm");
        let began = Instant::now();
        let mut child = Command::new(binary)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--rate",
                "0",
                "--log-format",
                "json",
                "--data",
            ])
            .arg(data)
            .arg("--site")
            .arg(site)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .find_map(|line| {
                let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
                (line["message"] == "listening")
                    .then(|| line["address"].as_str().unwrap().parse().unwrap())
            })
            .expect("the server listens");
        let started_in = began.elapsed();
        // As a service manager does: takes what is logged.
        thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address,
            started_in,
        }
    }

    /// Ends it in peace; gives how many entries its log has.
    pub(crate) fn stop(mut self) -> u64 {
        let checkpoint = get(self.address, "/log/jetcrm/checkpoint");
        let checkpoint = String::from_utf8(checkpoint).unwrap();
        let size = checkpoint.lines().nth(1).unwrap().parse().unwrap();
        Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(self.child.wait().unwrap().success());
        size
    }

    pub(crate) fn usage(&self) -> Usage {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // proc(5): utime and stime are the 14th and 15th field, in ticks of 10 ms; the second field may have spaces.
        let fields = stat.rsplit_once(") ").unwrap().1.split(' ');
        let ticks: u64 = fields
            .skip(11)
            .take(2)
            .map(|field| field.parse::<u64>().unwrap())
            .sum();
        Usage {
            processor: Duration::from_millis(ticks * 10),
            at: Instant::now(),
        }
    }

    /// Resident memory, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// The mean durable transaction, by the server's own metrics.
    pub(crate) fn mean_commit(&self) -> Duration {
        let metrics = String::from_utf8(get(self.address, "/metrics")).unwrap();
        let number = |name: &str| {
            let mut lines = metrics.lines().filter(|line| line.starts_with(name));
            lines
                .find_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok())
                .unwrap_or_default()
        };
        let name = "raspiska_commit_duration_seconds";
        Duration::from_secs_f64(
            number(&format!("{name}_sum")) / number(&format!("{name}_count")).max(1.0),
        )
    }
}

/// The body of an answer.
pub(crate) fn get(address: SocketAddr, path: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    answer.split_off(end + 4)
}

pub(crate) fn millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

/// Bytes of all files of a data directory whose server has ended.
pub(crate) fn size(data: &Path) -> f64 {
    let files = fs::read_dir(data)
        .unwrap()
        .map(|file| file.unwrap().metadata().unwrap().len());
    files.sum::<u64>() as f64
}

/// Checks a whole store; gives receipts a second.
pub(crate) fn fsck(binary: &Path, data: &Path) -> f64 {
    let began = Instant::now();
    let output = Command::new(binary)
        .args(["fsck", "--json", "--data"])
        .arg(data)
        .output()
        .unwrap();
    let took = began.elapsed();
    assert!(output.status.success(), "fsck: {output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    let account: serde_json::Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    let entries = account["logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|log| log["size"].as_f64().unwrap());
    entries.sum::<f64>() / took.as_secs_f64()
}
