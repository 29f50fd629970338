//! The commands on documents, as an operator or a person runs them.

use std::{
    io::{self, Write as _},
    path::Path,
    process::{Command, Output, Stdio},
};

fn raspiska(arguments: &[&str], input: &[u8]) -> io::Result<Output> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_raspiska"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that does not read its input closes it; that is no failure of the test.
        let _ = stdin.write_all(input);
    }
    child.wait_with_output()
}

#[test]
fn the_demo_site_passes_its_check() {
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/sites/jetcrm");
    let output = raspiska(&["policy", "check", site], b"").unwrap();
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains("fits together") && told.contains("2025-01-01, in force"),
        "{told}"
    );
}

#[test]
fn what_is_no_site_fails_with_the_file_that_is_missing() {
    let output = raspiska(&["policy", "check", env!("CARGO_MANIFEST_DIR")], b"").unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("site.toml")
    );
}

#[test]
fn what_is_no_receipt_file_is_refused_with_its_kind() {
    for (input, kind) in [
        (&b"{}"[..], "(file)"),
        (b"", "(file)"),
        (&[b' '; 1024 * 1024 + 1], "(too-large)"),
    ] {
        let output = raspiska(&["verify", "-"], input).unwrap();
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(kind), "{told}");
    }
    let missing = raspiska(&["verify", "/nowhere/x.receipt.json"], b"").unwrap();
    assert_eq!(missing.status.code(), Some(1));
}

/// The operator's own text, where it is at hand: all of it has to arrive.
#[test]
fn the_operators_text_is_imported_whole() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/policy/jetcrm-2025-01-01.txt");
    if !file.exists() {
        return;
    }
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("imported");
    let _ = std::fs::remove_dir_all(&out);
    let output = raspiska(
        &[
            "policy",
            "import",
            &file.to_string_lossy(),
            "--out",
            &out.to_string_lossy(),
        ],
        b"",
    )
    .unwrap();
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains("8 sections") && told.contains("in force since 2025-01-01"),
        "{told}"
    );
    assert!(out.join("2025-01-01/ru.md").exists());
}
