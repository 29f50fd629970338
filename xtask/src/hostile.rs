//! The release server against strangers: whatever its own description allows and forbids, and a million tiny requests.

use crate::checks::is_ci;
use crate::command::{run, run_told};
use crate::companions::schemathesis;
use crate::failure::{Failure, at};
use crate::report::Tally;
use crate::{assets, e2e, place};
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Each operation gets this many requests of each phase; with some forty operations a run takes a minute.
const EXAMPLES: &str = "100";

/// The same requests each time where nothing may be left out; elsewhere chance may find more.
const SEED: &str = "1";

/// Whom the description's requests are sent as, where somebody has to be let in; the second confirms what the first asks for.
const OFFICER: &str = "officer";
const AUDITOR: &str = "auditor";
const PASSWORD: &str = "of no use anywhere else";

/// How many tiny requests the flood has, on how many connections.
const REQUESTS: usize = 1_000_000;
const CONNECTIONS: usize = 8;
/// How many are written before the answers are read: enough to keep a server busy, little enough for the sockets' buffers.
const AT_ONCE: usize = 100;

/// By how much the server's memory may grow between the flood's first tenth and its end, in KiB. What remains of a request
/// would weigh a hundred bytes at least, that is 88 MiB.
const GROWTH: u64 = 32 * 1024;

/// Runs all of it.
pub(crate) fn strangers() -> Result<Tally, Failure> {
    assets::build()?;
    e2e::build_server()?;
    let mut tally = Tally::default();
    match schemathesis() {
        Ok(program) => {
            for pages in [None, Some("www/demo")] {
                described(&program, pages)?;
                tally.add(Tally::held());
            }
        }
        Err(failure) if is_ci() => return Err(failure),
        Err(failure) => tally.add(Tally::skipped(format!("schemathesis: {failure}"))),
    }
    flood()?;
    tally.add(Tally::held());
    Ok(tally)
}

/// Nothing that the description allows is answered in a way that it does not describe, and nothing at all by a failure.
fn described(program: &Path, pages: Option<&str>) -> Result<(), Failure> {
    let server = Server::start(&with_evidence()?, pages)?;
    server.employs(OFFICER, "An Officer")?;
    server.employs(AUDITOR, "An Auditor")?;
    let url = format!("http://{}", server.address);
    let rules = place::root().join("tests/api");
    let mut command = Command::new(program);
    command
        // It leaves files where it runs.
        .current_dir(place::tools())
        .env("PYTHONPATH", &rules)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("RASPISKA_URL", &url)
        .env("RASPISKA_LOGIN", OFFICER)
        .env("RASPISKA_SECOND_LOGIN", AUDITOR)
        .env("RASPISKA_PASSWORD", PASSWORD)
        .arg("--config-file")
        .arg(rules.join("schemathesis.toml"))
        .args(["run", &format!("{url}/openapi.json")])
        .args(["--max-examples", EXAMPLES, "--continue-on-failure"]);
    if is_ci() {
        command.args(["--seed", SEED, "--no-color"]);
    }
    run(&mut command)?;
    server.reached()
}

/// The demo site, which keeps evidence of nothing, as one that does: what two people open could not be reached otherwise.
fn with_evidence() -> Result<PathBuf, Failure> {
    const RULE: &str = "\n[[evidence]]\npurpose = \"contact\"\ndays = 365\nnorm = \"a test\"\n";
    let copy = place::target().join("hostile-site");
    if copy.exists() {
        fs::remove_dir_all(&copy).map_err(at(&copy))?;
    }
    copy_folder(&place::root().join("www/sites/jetcrm"), &copy)?;
    let settings = copy.join("site.toml");
    let text = fs::read_to_string(&settings).map_err(at(&settings))?;
    fs::write(&settings, text + RULE).map_err(at(&settings))?;
    Ok(copy)
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(at(to))?;
    for entry in fs::read_dir(from).map_err(at(from))? {
        let path = entry.map_err(at(from))?.path();
        let copy = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &copy)?;
        } else {
            fs::copy(&path, &copy).map_err(at(&path))?;
        }
    }
    Ok(())
}

/// Requests that cost a caller nothing leave nothing behind.
fn flood() -> Result<(), Failure> {
    let server = Server::start(&place::root().join("www/sites/jetcrm"), None)?;
    println!("  {REQUESTS} requests on {CONNECTIONS} connections");
    server.flooded(REQUESTS / 10)?;
    let before = server.resident();
    server.flooded(REQUESTS - REQUESTS / 10)?;
    let (Some(before), Some(after)) = (before, server.resident()) else {
        return Ok(());
    };
    println!("  resident memory: {before} KiB, then {after} KiB");
    if after > before + GROWTH {
        return Err(Failure::Grew {
            before,
            after,
            allowed: GROWTH,
        });
    }
    Ok(())
}

/// A release server with a store of its own, as long as this is kept.
struct Server {
    process: Child,
    address: String,
    data: PathBuf,
}

impl Server {
    fn start(site: &Path, pages: Option<&str>) -> Result<Self, Failure> {
        let data = place::target().join("hostile-data");
        if data.exists() {
            fs::remove_dir_all(&data).map_err(at(&data))?;
        }
        // Free now, and asked for at once.
        let address = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|source| Failure::PortInUse {
                address: "127.0.0.1:0".to_owned(),
                source,
            })?
            .to_string();
        let mut command = Command::new(place::server());
        command
            .current_dir(place::root())
            .args(["serve", "--listen", &address, "--data"])
            .arg(&data)
            .arg("--site")
            .arg(site)
            .args(["--rate", "0"])
            // A line for each of a million requests would only test the disk.
            .args(["--log-level", "error"])
            .stdin(Stdio::null());
        if let Some(pages) = pages {
            command.args(["--pages", pages]);
        }
        let process = command.spawn().map_err(|source| Failure::Start {
            command: "raspiska serve".to_owned(),
            source,
        })?;
        let server = Self {
            process,
            address,
            data,
        };
        server.answers()?;
        Ok(server)
    }

    /// Makes an account, beside the running server.
    fn employs(&self, role: &str, name: &str) -> Result<(), Failure> {
        let mut command = Command::new(place::server());
        command
            .args(["office", "account", "add", role, "--role", role])
            .args(["--name", name, "--data"])
            .arg(&self.data);
        run_told(&mut command, PASSWORD)
    }

    /// Waits until somebody listens.
    fn answers(&self) -> Result<(), Failure> {
        const LIMIT: Duration = Duration::from_secs(60);
        let began = Instant::now();
        while TcpStream::connect(&self.address).is_err() {
            if began.elapsed() > LIMIT {
                return Err(Failure::TooLong {
                    command: "raspiska serve".to_owned(),
                    seconds: LIMIT.as_secs(),
                });
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Each operation that the description has was also served: refusals alone would prove little.
    fn reached(&self) -> Result<(), Failure> {
        let description = place::root().join("server/openapi.json");
        let text = fs::read_to_string(&description).map_err(at(&description))?;
        let json: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| Failure::Malformed {
                path: description,
                message: error.to_string(),
            })?;
        let counts = self
            .counts()
            .map_err(|source| Failure::Unanswered { source })?;
        let paths = json.get("paths").and_then(serde_json::Value::as_object);
        for (path, operations) in paths.into_iter().flatten() {
            for method in operations
                .as_object()
                .into_iter()
                .flat_map(serde_json::Map::keys)
            {
                let method = method.to_uppercase();
                let line = format!(r#"method="{method}",route="{path}",status="20"#);
                if !counts.contains(&line) {
                    return Err(Failure::NotReached {
                        operation: format!("{method} {path}"),
                    });
                }
            }
        }
        Ok(())
    }

    /// What the server has counted, its routes spelt as the description spells them.
    fn counts(&self) -> io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text.replace("{*", "{"))
    }

    /// Takes this many tiny requests and answers each.
    fn flooded(&self, requests: usize) -> Result<(), Failure> {
        let flooded = |source| Failure::Unanswered { source };
        thread::scope(|scope| {
            let callers: Vec<_> = (0..CONNECTIONS)
                .map(|_| scope.spawn(|| call(&self.address, requests / CONNECTIONS)))
                .collect();
            for caller in callers {
                caller
                    .join()
                    .unwrap_or_else(|_| Err(io::Error::other("a caller panicked")))
                    .map_err(flooded)?;
            }
            Ok(())
        })
    }

    /// Its memory in KiB, where the system says it.
    fn resident(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        self.process.kill().ok();
        self.process.wait().ok();
        fs::remove_dir_all(&self.data).ok();
    }
}

/// Reads and writes that are refused, by turns, and at the end of each run one whose answer shows that all were answered:
/// answers come in the order of the requests.
fn call(address: &str, requests: usize) -> io::Result<()> {
    const END: &[u8] = b"\r\n\r\nok\n";
    let refused = "GET /v1/sites/x HTTP/1.1\r\nHost: h\r\n\r\n\
                   POST /v1/sites/jetcrm/receipts HTTP/1.1\r\nHost: h\r\nContent-Type: application/sd-jwt\r\nContent-Length: 1\r\n\r\nx\
                   POST /v1/sites/jetcrm/withdrawals HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let run = refused.repeat(AT_ONCE / 3) + "GET /healthz/live HTTP/1.1\r\nHost: h\r\n\r\n";
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut buffer = vec![0; 64 * 1024];
    for _ in 0..requests / AT_ONCE {
        stream.write_all(run.as_bytes())?;
        let mut tail = Vec::new();
        while !tail.ends_with(END) {
            let count = stream.read(&mut buffer)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let read = buffer.get(..count).unwrap_or_default();
            let kept = tail.len().saturating_sub(END.len());
            tail.drain(..kept);
            tail.extend_from_slice(
                read.get(count.saturating_sub(END.len())..)
                    .unwrap_or_default(),
            );
        }
    }
    Ok(())
}
