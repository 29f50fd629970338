//! What lies in `deploy` is true: its flags start a server, and its unit is what systemd takes.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops and says where"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const RASPISKA: &str = env!("CARGO_BIN_EXE_raspiska");

fn deploy(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
    fs::read_to_string(folder.join(name)).unwrap()
}

fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).unwrap();
    place
}

/// Runs these arguments as a check, with the demo site and a folder of ours in the place of what a machine would have.
fn check(arguments: &[&str], data: &str, site: &str, name: &str) -> String {
    let own = place(name).join("data");
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/sites/jetcrm");
    assert!(
        arguments.contains(&data) && arguments.contains(&site),
        "{arguments:?}"
    );
    let arguments = arguments.iter().map(|argument| match *argument {
        argument if argument == data => own.clone(),
        argument if argument == site => demo.clone(),
        argument => argument.into(),
    });
    let output = Command::new(RASPISKA)
        .args(arguments)
        .arg("--check")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_units_flags_start_a_server() {
    let unit = deploy("raspiska.service");
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let words: Vec<&str> = start.unwrap().split(' ').collect();
    let (program, arguments) = words.split_first().unwrap();
    assert_eq!(*program, "/usr/local/bin/raspiska");
    let (data, site) = ("/var/lib/raspiska", "/etc/raspiska/sites/example");
    let told = check(arguments, data, site, "unit");
    // What it may listen on is what it is told to listen on.
    for address in ["listen 127.0.0.1:8080", "operation 127.0.0.1:8081"] {
        assert!(told.contains(address), "{told}");
        let port = address.rsplit(':').next().unwrap();
        assert!(unit.contains(&format!("SocketBindAllow=tcp:{port}\n")));
    }
    // The directory that it may write is the one that it is told to write.
    assert!(unit.contains("StateDirectory=raspiska\n"));
}

#[test]
fn the_containers_flags_start_a_server() {
    let container = deploy("Containerfile");
    let json = |word: &str| -> Vec<String> {
        let line = container.lines().find_map(|line| line.strip_prefix(word));
        serde_json::from_str(line.unwrap()).unwrap()
    };
    assert_eq!(json("ENTRYPOINT "), ["/usr/local/bin/raspiska"]);
    let arguments = json("CMD ");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let told = check(&arguments, "/data", "/site", "container");
    let exposed = container
        .lines()
        .find_map(|line| line.strip_prefix("EXPOSE "));
    for port in exposed.unwrap().split(' ') {
        assert!(told.contains(&format!("0.0.0.0:{port}\n")), "{told}");
    }
    assert!(container.contains("VOLUME /data\n") && container.contains("USER 65532:65532\n"));
}

/// Where systemd's own tool is at hand, it reads the unit.
#[test]
fn systemd_takes_the_unit_and_finds_it_hardened() {
    let analyze = |arguments: &[&str], unit: &Path| -> Option<Output> {
        let mut command = Command::new("systemd-analyze");
        command
            .args(arguments)
            .arg("--no-pager")
            .arg(unit)
            .output()
            .ok()
    };
    let unit = place("systemd").join("raspiska.service");
    let text = deploy("raspiska.service").replace("/usr/local/bin/raspiska", RASPISKA);
    fs::write(&unit, text).unwrap();
    let Some(verified) = analyze(&["verify", "--man=no"], &unit) else {
        return;
    };
    assert!(verified.status.success(), "{verified:?}");
    assert!(verified.stderr.is_empty(), "{verified:?}");
    // Tenths of systemd's exposure level, of 100: an unprotected service has 96.
    let security = analyze(&["security", "--offline=true", "--threshold=15"], &unit).unwrap();
    assert!(security.status.success(), "{security:?}");
}
