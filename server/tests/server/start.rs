//! Starting and ending: refusal when in doubt, an end in peace.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use raspiska_server::{app::StartError, clock::Clock};
use raspiska_shared::receipt::State;

use crate::house::{House, Scratch, demo_site};
use crate::person::Person;

async fn start_error(data: &Arc<Scratch>) -> StartError {
    let started = House::open_in(Arc::clone(data), |_| (), Clock::system()).await;
    started.err().expect("it must not start")
}

#[tokio::test]
async fn keys_and_store_belong_together() {
    let house = House::open().await;
    let other = House::open().await;
    house
        .log(&Person::new(1).analytics(&house.site, State::Given))
        .await;
    let (data, other) = (house.close(), other.close());
    let path = |name: &str| data.0.join(name);

    for name in ["log-jetcrm.key", "operator-jetcrm.key", "vault.key"] {
        let own = fs::read(path(name)).unwrap();
        assert_eq!(own.len(), 65);

        fs::copy(other.0.join(name), path(name)).unwrap();
        let error = start_error(&data).await;
        let expected = match name {
            "log-jetcrm.key" => matches!(error, StartError::OtherLog { .. }),
            "vault.key" => matches!(error, StartError::OtherVault),
            _ => matches!(error, StartError::OtherOperator { .. }),
        };
        assert!(expected, "{name}: {error}");

        fs::write(path(name), "not a key").unwrap();
        assert!(
            start_error(&data).await.to_string().contains("not a key"),
            "{name}"
        );
        fs::remove_file(path(name)).unwrap();
        assert!(
            start_error(&data)
                .await
                .to_string()
                .contains("this key is missing"),
            "{name}"
        );
        assert!(!path(name).exists(), "nothing was made in its place");

        // What an interrupted first start leaves is mended.
        write_private(&path(&format!("{name}.new")), &own);
        let again = House::open_in(Arc::clone(&data), |_| (), Clock::system())
            .await
            .unwrap();
        assert_eq!(again.audit().await.len(), 1, "{name}");
        again.close();
        assert!(path(name).exists() && !path(&format!("{name}.new")).exists());
    }

    for file in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
        let _ = fs::remove_file(path(file));
    }
    let error = start_error(&data).await.to_string();
    assert!(error.contains("the store knows nothing of it"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn keys_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let data = House::open().await.close();
    let key = data.0.join("log-jetcrm.key");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let error = start_error(&data).await.to_string();
    assert!(error.contains("others may read this key"), "{error}");
}

#[tokio::test]
async fn a_store_of_another_version_is_left_alone() {
    let data = House::open().await.close();
    let db = rusqlite::Connection::open(data.0.join("store.sqlite")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let error = start_error(&data).await.to_string();
    assert!(error.contains("schema 99"), "{error}");
}

fn write_private(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .unwrap();
    file.write_all(bytes).unwrap();
}

/// The command as a process.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: String,
}

pub(crate) fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raspiska"));
    command
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--log-format",
            "json",
            "--data",
        ])
        .arg(data)
        .arg("--site")
        .arg(demo_site())
        .stderr(Stdio::piped());
    command
}

impl Process {
    pub(crate) fn start(data: &Path) -> Self {
        Self::spawn(command(data))
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stderr = child.stderr.as_mut().unwrap();
        let mut line = String::new();
        BufReader::with_capacity(1, stderr)
            .read_line(&mut line)
            .unwrap();
        let json: serde_json::Value = serde_json::from_str(&line).expect(&line);
        Self {
            child,
            address: json["address"].as_str().unwrap().to_owned(),
        }
    }

    pub(crate) fn exchange(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    /// Asks it to end; its exit code and all that it wrote.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        let mut written = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut written)
            .unwrap();
        (self.child.wait().unwrap().code(), written)
    }
}

#[test]
fn one_server_a_directory_and_an_end_in_peace() {
    let scratch = Scratch::new();
    let data = scratch.0.join("data");
    let first = Process::start(&data);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        for file in ["store.sqlite", "store.sqlite-wal", "lock"] {
            assert_eq!(mode(&data.join(file)), 0o600, "{file}");
        }
    }

    let second = command(&data).output().unwrap();
    let sentence = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(
        sentence.contains("another server uses this data directory"),
        "{sentence}"
    );

    let answer = first
        .exchange("GET /log/jetcrm/vkey?secret=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let vkey = answer.lines().last().unwrap().to_owned();
    let refused = first
        .exchange("GET /log/nobody/vkey?secret=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(refused.starts_with("HTTP/1.1 404 "), "{refused}");
    let long = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
        "y".repeat(32 * 1024)
    );
    let answer = first.exchange(&long);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431 "),
        "{answer}"
    );
    let (code, written) = first.end();
    assert_eq!(code, Some(0), "{written}");
    assert_eq!(
        written.matches(r#""route":"/log/{site}/vkey""#).count(),
        1,
        "the refused request alone: {written}"
    );
    assert!(
        !written.contains("secret") && !written.contains("127.0.0.1"),
        "{written}"
    );
    assert!(written.contains("stopped"), "{written}");

    let third = Process::start(&data);
    let answer =
        third.exchange("GET /log/jetcrm/vkey HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert_eq!(answer.lines().last(), Some(vkey.as_str()));
    assert_eq!(third.end().0, Some(0));
}
