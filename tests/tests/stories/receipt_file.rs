//! What a person downloads: a file that anyone can check, and in which no byte is loose.

use std::fs;
use std::process::Output;

use raspiska_shared::problem::Kind;
use raspiska_tests::ledger::of;
use raspiska_tests::{Visitor, World, must, wait};

/// Flips in one file: spread over all of it.
const FLIPS: usize = 200;

fn words(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// Downloads the receipt of a consent to the contact form, the richest that there is.
pub(super) async fn downloaded(world: &World) -> Vec<u8> {
    let visitor = world.visitor().await;
    visitor.opens("/contacts.html").await;
    visitor
        .fills(
            "contact",
            &[
                ("name", "Проверка Файла"),
                ("email", "fail@example.com"),
                ("message", "Хочу расписку."),
            ],
        )
        .await;
    visitor.agrees("contact", "contact").await;
    visitor.sends("contact").await;
    visitor.is_thanked("contact").await;
    visitor.holds(2).await;
    of_this_visitor(&visitor).await
}

/// Downloads the visitor's receipt of the contact form, from the page that is open.
pub(super) async fn of_this_visitor(visitor: &Visitor) -> Vec<u8> {
    let receipts = visitor.receipts().await;
    let held = of(&receipts, "contact");
    visitor.opens_dialog("consents").await;
    visitor.opens_receipts("contact").await;
    visitor.downloads_receipt("contact", held.index).await;
    let folder = visitor.downloads();
    wait::until("the download is there", async || {
        let path = fs::read_dir(&folder)
            .ok()?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| path.to_string_lossy().ends_with(".receipt.json"))?;
        fs::read(path).ok().filter(|bytes| !bytes.is_empty())
    })
    .await
}

#[tokio::test]
async fn a_downloaded_receipt_holds_offline() {
    World::tell(async |world| {
        let file = downloaded(world).await;
        let vkey = world.server.get("/log/jetcrm/vkey").await.text();
        world.server.stop().await;
        let path = world.server.data().join("mine.receipt.json");
        must("the file", fs::write(&path, &file));
        let path = path.to_string_lossy();
        let alone = world.server.runs_command(&["verify", &path]);
        assert!(alone.status.success(), "{}", words(&alone));
        assert!(
            words(&alone).contains("fail@example.com"),
            "{}",
            words(&alone)
        );
        let trusted = world
            .server
            .runs_command(&["verify", &path, "--vkey", vkey.trim()]);
        assert!(trusted.status.success(), "{}", words(&trusted));
    })
    .await;
}

#[tokio::test]
async fn each_flipped_byte_is_named_as_a_failure() {
    World::tell(async |world| {
        let file = downloaded(world).await;
        let path = world.server.data().join("flipped.receipt.json");
        let step = (file.len() / FLIPS).max(1);
        for (turn, at) in (0..file.len()).step_by(step).enumerate() {
            let mut flipped = file.clone();
            flipped[at] ^= 1 << (turn % 8);
            must("the file", fs::write(&path, &flipped));
            let answer = world
                .server
                .runs_command(&["verify", &path.to_string_lossy()]);
            let words = words(&answer);
            assert!(
                !answer.status.success(),
                "byte {at} of {} is loose:\n{words}",
                file.len()
            );
            let kind = words
                .split_once('(')
                .and_then(|(_, rest)| rest.split_once(')'))
                .and_then(|(slug, _)| Kind::from_slug(slug));
            assert!(
                kind.is_some(),
                "byte {at}: the failure has no kind: {words}"
            );
        }
    })
    .await;
}
