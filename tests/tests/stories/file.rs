//! A candidate sends a CV along.

use std::path::PathBuf;

use raspiska_shared::digest::Digest;
use raspiska_tests::ledger::of;
use raspiska_tests::office::Colleague;
use raspiska_tests::{Visitor, World, mark, must, wait};
use serde_json::{Value, json};
use thirtyfour::Key;

/// The control in the form, and what stands below it.
const INPUT: &str = "raspiska-form[name=candidate] >>> #cv-file";
const NOTE: &str = "raspiska-form[name=candidate] >>> #cv-file-note";

const FIELDS: [(&str, &str); 4] = [
    ("name", "Проверка Файла"),
    ("email", "rezyume@example.com"),
    ("phone", "+7 000 000-00-01"),
    ("about", "Остальное — в резюме."),
];

/// A PDF of some hundred KiB.
fn pdf() -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend(
        (0_u32..60_000).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()),
    );
    bytes
}

fn note(words: &str) -> String {
    format!("{NOTE}{{{words}}}")
}

fn told(words: &str) -> String {
    format!("raspiska-form[name=candidate] >>> p[role=status]{{{words}}}")
}

/// A file on the visitor's disk.
fn on_disk(visitor: &Visitor, name: &str, bytes: &[u8]) -> PathBuf {
    must("a folder", std::fs::create_dir_all(visitor.downloads()));
    let path = visitor.downloads().join(name);
    must("a file to choose", std::fs::write(&path, bytes));
    path
}

async fn comes(visitor: &Visitor) {
    visitor.opens("/careers.html").await;
    visitor.refuses_all().await;
    visitor.holds(3).await;
    visitor.fills("candidate", &FIELDS).await;
    visitor
        .takes("candidate", "vacancy", "Инженер по данным")
        .await;
    visitor.takes("candidate", "age", "18 лет или больше").await;
    visitor.agrees("candidate", "candidate").await;
    visitor.sees(INPUT).await;
}

/// What the officer reads of the receipt: the bytes, by the command.
fn officer_reads(world: &World, receipt: &str) -> Vec<u8> {
    let officer = Colleague::comes(&world.server, "officer", "Проверка Ответственного");
    let out = world.server.data().with_file_name("cv.out");
    let path = out.to_string_lossy();
    let said = officer.asks(&[
        "file",
        "--purpose",
        "candidate",
        "--reason",
        "a story reads",
        "--out",
        &path,
        "--",
        receipt,
        "cv",
    ]);
    let bytes = must("what the officer got", std::fs::read(&out));
    assert_eq!(said["size"], bytes.len());
    bytes
}

async fn waits(visitor: &Visitor) -> bool {
    visitor
        .evaluates(
            "return localStorage.getItem('raspiska.jetcrm.later') === '1'",
            &[],
        )
        .await
}

async fn is_delivered(visitor: &Visitor) {
    wait::equal("nothing waits any more", false, async || {
        waits(visitor).await
    })
    .await;
    let left: Value = visitor
        .awaits(
            "const done = arguments[arguments.length - 1];
             const asked = indexedDB.open('raspiska.jetcrm.files');
             asked.onsuccess = () => {
               const all = asked.result.transaction('files').objectStore('files').getAll();
               all.onsuccess = () => { asked.result.close(); done(all.result.length); };
             };",
            &[],
        )
        .await;
    assert_eq!(left, json!(0), "and nothing is kept");
}

#[tokio::test]
async fn a_cv_arrives_and_the_officer_reads_the_same_bytes() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        comes(&visitor).await;
        visitor.agrees("candidate", "talent-pool").await;
        let cv = pdf();
        let path = on_disk(&visitor, "Моё  резюме.pdf", &cv);
        visitor.chooses(INPUT, &path).await;
        visitor
            .sees(&note("Приложим: Моё резюме.pdf, 235 КБ."))
            .await;
        visitor.sends("candidate").await;
        visitor.is_thanked("candidate").await;
        visitor.sees(&told("Файл тоже получен.")).await;
        is_delivered(&visitor).await;
        let receipts = visitor.holds(5).await;
        let line = format!("{} {} Моё резюме.pdf", Digest::of(&cv), cv.len());
        for notice in ["candidate", "talent-pool"] {
            let disclosed = of(&receipts, notice).disclosed();
            assert!(
                disclosed.contains(&("cv".to_owned(), line.clone())),
                "{notice}: {disclosed:?}"
            );
        }
        let receipt = of(&receipts, "candidate").hash.to_string();
        assert!(officer_reads(world, &receipt) == cv, "the same bytes");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_go_along_is_said_and_nothing_is_sent() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        comes(&visitor).await;
        visitor
            .sees(&note("PDF, DOCX, ODT, RTF или TXT, до 3 МБ."))
            .await;
        let mut large = pdf();
        large.resize(3 * 1024 * 1024 + 1, b' ');
        for (name, bytes, words) in [
            ("large.pdf", &large[..], "Файл больше 3 МБ"),
            ("cv.pdf", &b"MZ\x90\x00\x03"[..], "Это не PDF, DOCX"),
            ("photo.jpg", &b"\xff\xd8\xff"[..], "Это не PDF, DOCX"),
            ("empty.txt", &b""[..], "Файл пустой"),
        ] {
            let path = on_disk(&visitor, name, bytes);
            visitor.chooses(INPUT, &path).await;
            visitor.sees(&note(words)).await;
            visitor.sends("candidate").await;
            wait::equal(
                "the control has the focus",
                "cv-file".to_owned(),
                async || visitor.focus().await,
            )
            .await;
        }
        visitor
            .presses("raspiska-form[name=candidate] >>> button{Убрать файл}")
            .await;
        visitor.sees(&note("до 3 МБ")).await;
        visitor.sends("candidate").await;
        visitor.is_thanked("candidate").await;
        let receipts = visitor.holds(5).await;
        assert_eq!(of(&receipts, "candidate").disclosed().len(), 6, "no file");
        assert!(!waits(&visitor).await);
    })
    .await;
}

#[tokio::test]
async fn without_a_connection_the_file_waits_and_goes_with_the_next_page() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        for complaint in [
            "ERR_CONNECTION_REFUSED",
            "ERR_INTERNET_DISCONNECTED",
            "raspiska:",
        ] {
            visitor.expects(complaint);
        }
        comes(&visitor).await;
        let cv = pdf();
        visitor
            .chooses(INPUT, &on_disk(&visitor, "cv.pdf", &cv))
            .await;
        visitor.sees(&note("Приложим")).await;
        visitor.goes_offline(true).await;
        visitor.sends("candidate").await;
        visitor.sees(&told("Файл отправим сразу вслед")).await;
        assert!(waits(&visitor).await);
        visitor.goes_offline(false).await;
        visitor.is_thanked("candidate").await;
        visitor.sees(&told("Файл тоже получен.")).await;
        is_delivered(&visitor).await;
        let receipts = visitor.holds(5).await;
        let receipt = of(&receipts, "candidate").hash.to_string();
        assert!(officer_reads(world, &receipt) == cv, "the same bytes");
    })
    .await;
}

#[tokio::test]
async fn a_page_that_is_left_between_receipt_and_file_is_made_up_for_by_the_next_one() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        visitor.expects("ERR_FAILED");
        visitor.expects("ERR_BLOCKED_BY_CLIENT");
        comes(&visitor).await;
        let cv = pdf();
        visitor
            .chooses(INPUT, &on_disk(&visitor, "cv.pdf", &cv))
            .await;
        visitor.sees(&note("Приложим")).await;
        // Nothing gets through to where files go.
        visitor.devtools("Network.enable", json!({})).await;
        visitor
            .devtools("Network.setBlockedURLs", json!({"urls": ["*/files/*"]}))
            .await;
        visitor.sends("candidate").await;
        visitor.is_thanked("candidate").await;
        visitor.sees(&told("файл ещё отправляется")).await;
        visitor
            .devtools("Network.setBlockedURLs", json!({"urls": []}))
            .await;
        // Another page, which has no form.
        visitor.opens("/index.html").await;
        is_delivered(&visitor).await;
        let receipts = visitor.holds(5).await;
        let receipt = of(&receipts, "candidate").hash.to_string();
        assert!(officer_reads(world, &receipt) == cv, "the same bytes");
    })
    .await;
}

#[tokio::test]
async fn by_keyboard_the_control_comes_after_what_is_written_and_says_what_should_not_be_in_it() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        comes(&visitor).await;
        visitor.focuses(&mark::field("candidate", "about")).await;
        visitor.key(Key::Tab).await;
        assert_eq!(visitor.focus().await, "cv-file");
        let named: Vec<String> = visitor
            .evaluates(
                "const input = find(arguments[0])[0];
                 const root = input.getRootNode();
                 return [input.labels[0].innerText, ...input.getAttribute('aria-describedby').split(' ').map((id) => root.getElementById(id).innerText)]",
                &[json!(INPUT)],
            )
            .await;
        assert!(named[0].starts_with("Резюме файлом"), "{named:?}");
        assert!(named[2].contains("паспорт") && named[2].contains("национальности"), "{named:?}");
        visitor.sees("raspiska-form[name=candidate] >>> #cv-help{паспорт}").await;
    })
    .await;
}

#[tokio::test]
async fn axe_looks_at_a_file_that_cannot_go_along_one_that_is_chosen_and_one_that_has_arrived() {
    World::tell(async |world| {
        let visitor = world.visitor().await;
        comes(&visitor).await;
        let wrong = on_disk(&visitor, "wrong.pdf", b"MZ\x90\x00\x03");
        visitor.chooses(INPUT, &wrong).await;
        visitor.sees(&note("Это не PDF, DOCX")).await;
        visitor
            .finds_it_accessible("a form with a file that cannot go along")
            .await;
        let path = on_disk(&visitor, "cv.pdf", &pdf());
        visitor.chooses(INPUT, &path).await;
        visitor.sees(&note("Приложим")).await;
        visitor
            .finds_it_accessible("a form with a file chosen")
            .await;
        visitor.sends("candidate").await;
        visitor.is_thanked("candidate").await;
        visitor.sees(&told("Файл тоже получен.")).await;
        visitor
            .finds_it_accessible("a form whose file has arrived")
            .await;
        is_delivered(&visitor).await;
        visitor.holds(5).await;
    })
    .await;
}
