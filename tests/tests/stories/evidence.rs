//! An evidence pack on a machine that has never heard of us: bare Python, bare Node, and nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use raspiska_shared::receipt::{Method, State};
use raspiska_tests::author::{Author, disclosure, withdrawal_code};
use raspiska_tests::judge::{Input, Judge, node, python};
use raspiska_tests::place::{self, Folder, SITE};
use raspiska_tests::{World, must};
use serde_json::json;

const EMAIL: &str = "evidence@example.org";

/// A person sends the contact form and takes it back by code. The unpacked pack of the form's receipt.
async fn unpacked(world: &World, folder: &Path) -> PathBuf {
    let author = Author::reads(&world.server).await;
    let mut draft = author.drafts("contact", Method::Form, &[("contact", State::Given)]);
    let (code, committed) = withdrawal_code();
    draft.withdrawal = Some(committed);
    draft.disclosures = vec![
        disclosure("name", "Проверка Пакета"),
        disclosure("email", EMAIL),
    ];
    let signed = author.signs(draft);
    let answer = world.server.post_receipt(&signed.text).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let body = json!({ "receipt": signed.hash, "code": code }).to_string();
    let path = format!("/v1/sites/{SITE}/withdrawals");
    let request = world.server.request("POST", &path);
    let answer = request.body("application/json", body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());

    let (archive, pack) = (folder.join("pack.zip"), folder.join("pack"));
    let (data, site) = (world.server.data(), place::site());
    let exported = world.server.says(&[
        "export",
        &signed.hash.to_string(),
        "--with-values",
        "--data",
        &data.to_string_lossy(),
        "--site",
        &site.to_string_lossy(),
        "--out",
        &archive.to_string_lossy(),
    ]);
    assert_eq!(exported, "");
    // Other people's programs read the archive.
    let mut unzip = python();
    unzip.args(["-m", "zipfile", "-e"]).arg(&archive).arg(&pack);
    let unzip = must("Python", unzip.output());
    assert!(unzip.status.success(), "{}", words(&unzip));
    pack
}

/// Isolated: no packages, nothing of the environment; from another folder, as an expert would.
fn bare_python(pack: &Path) -> Command {
    let mut command = python();
    command.args(["-I", "-S"]).arg(pack.join("confirm.py"));
    command
}

fn bare_node(pack: &Path) -> Command {
    let mut command = node();
    command.arg(pack.join("confirm.mjs"));
    command
}

fn words(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

fn says(mut command: Command, arguments: &[&str]) -> (bool, String) {
    let output = must("a verifier", command.args(arguments).output());
    (output.status.success(), words(&output))
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in must("the pack", fs::read_dir(folder)) {
        let path = must("a file", entry).path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files
}

async fn confirms(verifier: fn(&Path) -> Command) {
    World::tell(async |world| {
        let folder = Folder::new("evidence");
        let pack = unpacked(world, folder.path()).await;
        let vkey = world.server.get("/log/jetcrm/vkey").await.text();
        let inside = pack.to_string_lossy().into_owned();
        let (holds, told) = says(verifier(&pack), &[&inside]);
        assert!(holds, "{told}");
        for said in [EMAIL, "contact: given", "contact: withdrawn", vkey.trim()] {
            assert!(told.contains(said), "{said} is not in:\n{told}");
        }
        let (holds, told) = says(verifier(&pack), &[&inside, "--vkey", vkey.trim()]);
        assert!(holds, "{told}");
        let (holds, told) = says(verifier(&pack), &[&inside, "--vkey", "another"]);
        assert!(!holds && told.contains("(vkey)"), "{told}");

        // The verifiers are copied aside: a changed one is noticed by the one that was not.
        let aside = Folder::new("verifier");
        for name in ["confirm.py", "ed25519.py", "confirm.mjs"] {
            let copied = fs::copy(pack.join(name), aside.path().join(name));
            must("a verifier", copied);
        }
        for file in files(&pack) {
            let before = must("a file of the pack", fs::read(&file));
            for at in [0, before.len() / 2, before.len() - 1] {
                let mut changed = before.clone();
                changed[at] ^= 1;
                must("a file of the pack", fs::write(&file, changed));
                let (holds, told) = says(verifier(aside.path()), &[&inside]);
                assert!(
                    !holds && told.contains("Does not hold (pack)"),
                    "byte {at} of {} is loose: {told}",
                    file.display()
                );
            }
            must("a file of the pack", fs::write(&file, before));
        }

        // Whoever writes a new manifest still has no new signature.
        for (name, from, to, kind) in [
            ("notice.ru.md", "персональных", "Персональных", "pack"),
            ("policy.ru.md", "персональных", "Персональных", "pack"),
            ("receipt.tlog-proof", "index 0", "index 1", "pack"),
            ("keys.json", "\"operator\": \"", "\"operator\": \"x", "pack"),
            (
                "receipt.json",
                "персональных",
                "Персональных",
                "notice-text",
            ),
            (
                "later/00000000000000000001.json",
                "персональных",
                "Персональных",
                "notice-text",
            ),
        ] {
            let file = pack.join(name);
            let before = must("a file of the pack", fs::read_to_string(&file));
            assert!(before.contains(from), "{name} has no {from}");
            must("a file", fs::write(&file, before.replacen(from, to, 1)));
            let manifest = pack.join("manifest.sha256");
            let listed = must("the manifest", fs::read(&manifest));
            renew(&pack);
            let (holds, told) = says(verifier(&pack), &[&inside]);
            let expected = format!("Does not hold ({kind})");
            assert!(!holds && told.contains(&expected), "{name}: {told}");
            must("a file", fs::write(&file, before));
            must("the manifest", fs::write(&manifest, listed));
        }
        let (holds, told) = says(verifier(&pack), &[&inside]);
        assert!(holds, "{told}");
    })
    .await;
}

/// Writes the manifest anew, with the program that everybody has.
fn renew(pack: &Path) {
    let script =
        "cut -c67- manifest.sha256 | xargs sha256sum > renewed && mv renewed manifest.sha256";
    let mut shell = Command::new("sh");
    let status = shell.current_dir(pack).args(["-c", script]).status();
    assert!(must("sha256sum", status).success());
}

#[tokio::test]
async fn a_pack_is_confirmed_by_bare_python() {
    confirms(bare_python).await;
}

#[tokio::test]
async fn a_pack_is_confirmed_by_bare_node() {
    confirms(bare_node).await;
}

#[tokio::test]
async fn the_manifest_is_one_that_sha256sum_reads_and_python_unpacks() {
    World::tell(async |world| {
        let folder = Folder::new("manifest");
        let pack = unpacked(world, folder.path()).await;
        let mut sha256sum = Command::new("sha256sum");
        sha256sum.current_dir(&pack);
        let (holds, told) = says(sha256sum, &["--strict", "-c", "manifest.sha256"]);
        assert!(holds, "{told}");
        assert_eq!(told.lines().count() + 1, files(&pack).len());
    })
    .await;
}

/// A file of a running server, in every byte.
async fn judged_by(judge: Judge) {
    World::tell(async |world| {
        let folder = Folder::new("judged");
        let pack = unpacked(world, folder.path()).await;
        let file = must("the receipt file", fs::read(pack.join("receipt.json")));
        let flips: Vec<(usize, u8)> = (0..file.len()).map(|at| (at, 1 << (at % 8))).collect();
        let inputs = [
            Input::new("file", &file),
            Input::new("file", &file).flipped(&flips),
        ];
        let kinds = judge.kinds(&inputs);
        assert_eq!(kinds.len(), 1 + flips.len());
        assert_eq!(kinds[0], "ok");
        for ((at, _), kind) in flips.iter().zip(&kinds[1..]) {
            assert_ne!(kind, "ok", "byte {at} of {} is loose", file.len());
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_of_a_running_server_is_judged_by_python() {
    judged_by(Judge::Python).await;
}

#[tokio::test]
async fn a_file_of_a_running_server_is_judged_by_node() {
    judged_by(Judge::NodeWithJose).await;
}
