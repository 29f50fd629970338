//! Whatever does not fit together ends the start with a sentence that says what is wrong and what to do.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use rusqlite::Connection;

use crate::{
    house::{House, Scratch, demo_site},
    refusals::copy,
    start::command,
};

/// What the server says when it does not start.
fn refusal(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

#[tokio::test]
async fn a_log_under_another_name() {
    let data = House::open().await.close();
    let site = Scratch::new();
    copy(&demo_site(), &site.0);
    let config = fs::read_to_string(demo_site().join("site.toml")).unwrap();
    let config = config.replace("log_host = \"jetcrm.ru\"", "log_host = \"example.org\"");
    fs::write(site.0.join("site.toml"), config).unwrap();
    let mut serve = Command::new(env!("CARGO_BIN_EXE_raspiska"));
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]);
    serve.arg(&data.0).arg("--site").arg(&site.0);
    let said = refusal(serve);
    assert!(
        said.contains("the store's log is jetcrm.ru/jetcrm+"),
        "{said}"
    );
    assert!(
        said.contains("the keys and site.toml say example.org/jetcrm+"),
        "{said}"
    );
    assert!(
        said.contains("point --data at the right directory"),
        "{said}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_store_of_ours() {
    // A text file, and databases of others.
    let makes = [
        ("another program's file", None),
        (
            "another program's file",
            Some("CREATE TABLE t (x); PRAGMA user_version = 1"),
        ),
        (
            "schema 2, this program writes 1",
            Some("CREATE TABLE t (x); PRAGMA user_version = 2; PRAGMA application_id = 0x72617370"),
        ),
    ];
    for (sentence, make) in makes {
        let data = Scratch::new();
        let path = data.0.join("store.sqlite");
        match make {
            None => fs::write(&path, "something else altogether, and no database").unwrap(),
            Some(sql) => Connection::open(&path).unwrap().execute_batch(sql).unwrap(),
        }
        let before = fs::read(&path).unwrap();
        let said = refusal(command(&data.0));
        assert!(
            said.contains(sentence) && said.contains("store.sqlite"),
            "{said}"
        );
        assert!(!data.0.join("vault.key").exists(), "no keys were made");
        let after = fs::read(&path).unwrap();
        if before.starts_with(b"SQLite") {
            // Opening it notes the mode of its journal, two bytes of the header; the tables are as they were.
            assert_eq!(after.len(), before.len());
            assert_eq!(after[100..], before[100..]);
        } else {
            assert_eq!(after, before);
        }
    }
}

#[test]
fn pages_that_are_not_there() {
    let data = Scratch::new();
    let mut serve = command(&data.0);
    serve.args(["--pages", "/nowhere/at/all"]);
    let said = refusal(serve);
    assert!(
        said.contains("/nowhere/at/all: there is no such folder"),
        "{said}"
    );
    assert!(!data.0.join("vault.key").exists());
}

#[test]
fn an_address_that_is_taken() {
    let data = Scratch::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut serve = command(&data.0);
    serve.args(["--operation-listen", &address]);
    let said = refusal(serve);
    assert!(
        said.contains(&format!("{address} cannot be listened on")),
        "{said}"
    );
}

/// Runs a shell in name spaces of its own, where a mount is nobody else's; false: this machine has none.
#[cfg(target_os = "linux")]
fn alone(script: &str, data: &Path) -> Option<String> {
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-ec",
            script,
            "sh",
        ]);
        command
            .arg(data)
            .arg(env!("CARGO_BIN_EXE_raspiska"))
            .arg(demo_site());
        command.stdin(Stdio::null()).output()
    };
    let able = unshare("mount -t tmpfs -o size=64k none \"$1\"");
    if !able.is_ok_and(|output| output.status.success()) {
        assert!(
            std::env::var_os("CI").is_none(),
            "this needs user and mount name spaces"
        );
        return None;
    }
    let output = unshare(script).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    Some(said)
}

#[cfg(target_os = "linux")]
const SERVE: &str = "exec \"$2\" serve --listen 127.0.0.1:0 --data \"$1\" --site \"$3\"";

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full() {
    // Room for the first pages and keys, not for the tables.
    for size in ["64k", "4k"] {
        let data = Scratch::new();
        let script = format!("mount -t tmpfs -o size={size} none \"$1\"; {SERVE}");
        let Some(said) = alone(&script, &data.0) else {
            return;
        };
        assert!(
            said.contains("the disk of the store is full; free some space"),
            "{said}"
        );
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_store_that_cannot_be_written() {
    let data = House::open().await.close();
    let whole = "mount --bind \"$1\" \"$1\"; mount -o remount,ro,bind \"$1\"";
    let file = "mount --bind \"$1/store.sqlite\" \"$1/store.sqlite\"; mount -o remount,ro,bind \"$1/store.sqlite\"";
    for (mount, name) in [(whole, "lock"), (file, "store.sqlite")] {
        let Some(said) = alone(&format!("{mount}; {SERVE}"), &data.0) else {
            return;
        };
        assert!(
            said.contains(name) && said.contains("mount it writable"),
            "{said}"
        );
        // The check says the same before anybody has stopped a server for it.
        let said = alone(&format!("{mount}; {SERVE} --check"), &data.0).unwrap();
        assert!(said.contains("mount it writable"), "{said}");
    }
}
