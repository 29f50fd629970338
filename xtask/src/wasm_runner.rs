//! Runs one Wasm test binary in headless Chromium: cargo's runner for `--target wasm32-unknown-unknown`.
//!
//! wasm-bindgen makes the glue, a page of ours calls the tests, and the page itself sends what they print
//! back to the small server that it came from. The tests' own harness is `wasm-bindgen-test`; its entry points
//! are pinned with its version.

use crate::browser::{self, HEADLESS};
use crate::failure::{Failure, at};
use crate::place;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;
use wasm_bindgen_cli_support::Bindgen;

/// A page that says nothing for so long has hung.
const SILENCE: Duration = Duration::from_secs(300);

/// How the names of the exported tests begin.
const TEST: &[u8] = b"__wbgt_";

/// What the page says.
enum Said {
    Text(String),
    Done(bool),
}

/// Runs the tests of `binary` whose names contain `filter`.
pub(crate) fn run(binary: &Path, filter: Option<&str>) -> Result<(), Failure> {
    let work = place::tools().join(format!("wasm-test-{}", std::process::id()));
    let site = work.join("site");
    fs::create_dir_all(&site).map_err(at(&site))?;
    let outcome = run_in(&work, &site, binary, filter);
    // A leftover would only cost space.
    fs::remove_dir_all(&work).ok();
    outcome
}

fn run_in(work: &Path, site: &Path, binary: &Path, filter: Option<&str>) -> Result<(), Failure> {
    let failed = |error| Failure::Bindgen(format!("{error:#}"));
    let wasm = fs::read(binary).map_err(at(binary))?;
    // Each of the harness's tests is an export of this name; wasm-bindgen refuses a binary without any.
    if !wasm.windows(TEST.len()).any(|window| window == TEST) {
        println!("no test for the browser");
        return Ok(());
    }
    Bindgen::new()
        .input_bytes("tests", wasm)
        .web(true)
        .map_err(failed)?
        .typescript(false)
        .debug(true)
        .export_wasm(true)
        .emit_start(false)
        .generate(site)
        .map_err(failed)?;
    let page = site.join("index.html");
    fs::write(&page, include_str!("wasm_runner.html")).map_err(at(&page))?;

    let refused = |error: io::Error| Failure::Browser(format!("no local port: {error}"));
    let listener = TcpListener::bind("127.0.0.1:0").map_err(refused)?;
    let port = listener.local_addr().map_err(refused)?.port();
    let (says, said) = mpsc::channel();
    let root = site.to_owned();
    thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            let (says, root) = (says.clone(), root.clone());
            // A connection that breaks is the page's own trouble, which the silence will tell.
            thread::spawn(move || answer(&connection, &root, &says).ok());
        }
    });

    let filter = filter.unwrap_or_default();
    let chromium = browser::ensure()?.chromium;
    let child = Command::new(&chromium)
        .args(HEADLESS)
        .arg(format!(
            "--user-data-dir={}",
            work.join("profile").display()
        ))
        .arg(format!("http://127.0.0.1:{port}/index.html#{filter}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|source| Failure::Start {
            command: chromium.display().to_string(),
            source,
        })?;
    let _ends_with_us = Ended(child);
    loop {
        match said.recv_timeout(SILENCE) {
            Ok(Said::Text(text)) => print!("{text}"),
            Ok(Said::Done(true)) => return Ok(()),
            Ok(Said::Done(false)) => {
                return Err(Failure::Browser(binary.display().to_string()));
            }
            Err(_) => {
                let seconds = SILENCE.as_secs();
                return Err(Failure::Browser(format!(
                    "the page said nothing for {seconds} s"
                )));
            }
        }
    }
}

/// The browser, ended whatever way we leave.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Serves one request: a file, or something that the page says.
fn answer(connection: &TcpStream, root: &Path, says: &Sender<Said>) -> io::Result<()> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header == "\r\n" {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let text = String::from_utf8_lossy(&body).into_owned();

    let mut words = line.split_whitespace();
    let (method, path) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let content = match (method, path) {
        ("POST", "/text") => {
            says.send(Said::Text(text)).ok();
            Some(Vec::new())
        }
        ("POST", "/done") => {
            says.send(Said::Done(text == "true")).ok();
            Some(Vec::new())
        }
        _ => file_in(root, path).and_then(|file| fs::read(file).ok()),
    };
    respond(connection, path, content)
}

/// The file that a path names, if it is inside.
fn file_in(root: &Path, path: &str) -> Option<PathBuf> {
    let relative = Path::new(path.trim_start_matches('/'));
    relative
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)))
        .then(|| root.join(relative))
}

fn respond(mut connection: &TcpStream, path: &str, content: Option<Vec<u8>>) -> io::Result<()> {
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        _ => "text/plain",
    };
    let status = if content.is_some() {
        "200 OK"
    } else {
        "404 Not Found"
    };
    let content = content.unwrap_or_default();
    write!(
        connection,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        content.len()
    )?;
    connection.write_all(&content)
}

#[cfg(test)]
mod tests {
    use super::file_in;
    use std::path::Path;

    #[test]
    fn only_files_inside_are_served() {
        let root = Path::new("/site");
        assert_eq!(file_in(root, "/tests.js"), Some("/site/tests.js".into()));
        assert_eq!(file_in(root, "/../secret"), None);
        assert_eq!(file_in(root, "/a/../../secret"), None);
    }
}
