use super::*;
use crate::bundle::tests::site;
use raspiska_shared::{
    log::{checkpoint::Checkpoint, entry::Entry, note::NoteSigner},
    receipt::Receipt,
};

const ALICE: [u8; 32] = [1; 32];

fn occasion() -> Occasion<'static> {
    Occasion {
        lang: Lang::Ru,
        at: 1_767_225_600,
        day: "2026-01-01",
        page: "https://shop.example/contacts",
    }
}

fn item(method: &str, decisions: &[(&str, State)]) -> Item {
    let site = site();
    let notice = site.notice("contact", Lang::Ru, "2026-01-01").unwrap();
    let named = [notice.id(), notice.lang(), notice.sha256()];
    Item::new(
        "1",
        method,
        "site_user",
        named,
        decisions,
        &site,
        &occasion(),
    )
}

fn seal(item: &mut Item, prev: Option<Digest>) -> Result<(), Kind> {
    let key = SigningKey::from_bytes(&ALICE);
    let mut drawn = 0;
    let mut random = |buffer: &mut [u8]| {
        drawn += 1;
        buffer.fill(drawn);
    };
    item.seal(
        "shop.example",
        Hand {
            key: &key,
            prev,
            now: 1_767_225_600_123,
            random: &mut random,
        },
    )
}

fn opened(item: &Item) -> Receipt {
    Receipt::open(item.text("receipt").as_bytes()).unwrap()
}

/// A log with this one receipt.
fn logged(hash: &str) -> (String, String) {
    let signer = NoteSigner::new("log.example/shop", SigningKey::from_bytes(&[9; 32])).unwrap();
    let entry = Entry {
        site: String::from("shop"),
        receipt: hash.parse().unwrap(),
        time: 1_767_225_601_000,
    };
    let checkpoint = Checkpoint {
        origin: String::from("log.example/shop"),
        size: 1,
        root: entry.leaf(),
    };
    let proof = Proof {
        entry,
        index: 0,
        hashes: Vec::new(),
        checkpoint: checkpoint.sign(&signer),
    };
    let body = strings(&[("receipt", hash), ("proof", &proof.to_text())]).write();
    (body, signer.vkey().to_string())
}

#[test]
fn what_is_signed_is_what_was_decided() {
    let mut item = item("form", &[("contact", State::Given)]);
    let fields = vec![Json::List(vec![
        Json::from_text("name"),
        Json::from_text("Ольга «О»\n"),
    ])];
    item.0.set("fields", Json::List(fields));
    seal(&mut item, Some(Digest::of(b"before"))).unwrap();
    let receipt = opened(&item);
    let payload = receipt.payload();
    assert_eq!(receipt.hash().to_string(), item.text("hash"));
    assert_eq!(payload.aud, "shop.example");
    assert_eq!(payload.iat, 1_767_225_600);
    assert_eq!(payload.prev, Some(Digest::of(b"before")));
    assert_eq!(
        payload.event,
        Event {
            by: Actor::Subject,
            method: Method::Form
        }
    );
    assert_eq!(
        payload.client.as_ref().unwrap().page.as_deref(),
        Some("https://shop.example/contacts")
    );
    assert_eq!(receipt.disclosures()[0].value(), "Ольга «О»\n");
    let code = payload.withdrawal.unwrap().code_sha256;
    assert_eq!(code, Digest::of(item.text("code").as_bytes()));
}

#[test]
fn what_the_loader_noted_is_signed() {
    let mut item = item("choices", &[("contact", State::Given)]);
    let account = Digest::of(b"salted").to_string();
    item.0.set("gate", Json::from_text("held media 12\n"));
    item.0.set("account", Json::from_text(&account));
    seal(&mut item, None).unwrap();
    let receipt = opened(&item);
    let client = receipt.payload().client.as_ref().unwrap();
    assert_eq!(client.gate.as_ref().unwrap().as_str(), "held media 12\n");
    assert_eq!(client.account.unwrap().to_string(), account);
}

#[test]
fn a_broken_note_is_left_out_and_the_decision_is_signed() {
    let mut item = item("choices", &[("contact", State::Given)]);
    item.0.set("gate", Json::from_text("held media soon\n"));
    item.0.set("account", Json::from_text("Olga"));
    seal(&mut item, None).unwrap();
    let receipt = opened(&item);
    let client = receipt.payload().client.as_ref().unwrap();
    assert_eq!((&client.gate, client.account), (&None, None));
}

#[test]
fn once_signed_the_data_stand_in_the_receipt_alone() {
    let mut item = item("form", &[("contact", State::Given)]);
    item.0.set(
        "fields",
        Json::List(vec![Json::List(vec![
            Json::from_text("name"),
            Json::from_text("Ольга"),
        ])]),
    );
    seal(&mut item, None).unwrap();
    assert_eq!(*item.0.get("fields"), Json::Null);
    assert!(!item.0.write().contains("Ольга"));
}

#[test]
fn what_storage_gives_back_is_the_same_item() {
    let mut item = item(
        "choices",
        &[
            ("analytics", State::Given),
            ("analytics/one", State::Refused),
        ],
    );
    assert_eq!(Json::parse(&item.0.write()), Some(item.0.clone()));
    seal(&mut item, None).unwrap();
    assert_eq!(Json::parse(&item.0.write()), Some(item.0.clone()));
}

#[test]
fn a_refusal_needs_no_code() {
    let mut item = item("form", &[("news", State::Refused)]);
    seal(&mut item, None).unwrap();
    assert_eq!(item.text("code"), "");
    assert_eq!(opened(&item).payload().withdrawal, None);
}

#[test]
fn a_withdrawal_leaves_out_what_was_never_given() {
    let mut item = item(
        "withdraw",
        &[("media", State::Withdrawn), ("media/video", State::Refused)],
    );
    seal(&mut item, None).unwrap();
    let receipt = opened(&item);
    let decisions = &receipt.payload().decisions;
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].purpose.as_str(), "media");
}

#[test]
fn what_cannot_be_signed_says_why() {
    for (method, decisions) in [
        ("dance", vec![("contact", State::Given)]),
        ("form", vec![("Not A Purpose", State::Given)]),
        ("form", vec![]),
        ("withdraw", vec![("contact", State::Refused)]),
        ("give-all", vec![("contact", State::Refused)]),
    ] {
        let mut item = item(method, &decisions);
        assert_eq!(
            seal(&mut item, None),
            Err(Kind::Payload),
            "{method} {decisions:?}"
        );
        assert_eq!(item.text("receipt"), "");
    }
    let mut nobodys = item("form", &[("contact", State::Given)]);
    nobodys
        .0
        .set("category", Json::from_text("customer_client"));
    assert_eq!(seal(&mut nobodys, None), Err(Kind::Payload));
}

#[test]
fn the_oldest_that_is_not_refused_comes_next() {
    let mut items = vec![item("form", &[]), item("form", &[])];
    items[1].0.set("id", Json::from_text("2"));
    assert_eq!(next(&items).unwrap().text("id"), "1");
    items[0].refuse("clock");
    assert_eq!(next(&items).unwrap().text("id"), "2");
    items[1].refuse("clock");
    assert_eq!(next(&items), None);
}

#[test]
fn a_confirmation_counts_with_a_proof_that_the_log_signed() {
    let mut item = item("form", &[("contact", State::Given)]);
    seal(&mut item, None).unwrap();
    let hash = item.text("hash");
    let (body, vkey) = logged(hash);
    for status in [200, 201] {
        assert!(matches!(
            judge(status, &body, hash, &vkey),
            Verdict::Stored {
                index: 0,
                time: 1_767_225_601_000,
                ..
            }
        ));
    }
    let another = Digest::of(b"another").to_string();
    let (foreign, _) = logged(&another);
    assert_eq!(judge(201, &foreign, hash, &vkey), Verdict::Later);
    let mallory = NoteSigner::new("log.example/shop", SigningKey::from_bytes(&[8; 32])).unwrap();
    assert_eq!(
        judge(201, &body, hash, &mallory.vkey().to_string()),
        Verdict::Later
    );
    for body in ["", "{}", "<html>", r#"{"proof":""}"#] {
        assert_eq!(judge(201, body, hash, &vkey), Verdict::Later, "{body}");
    }
}

#[test]
fn what_refuses_the_receipt_ends_the_attempts_and_nothing_else_does() {
    let body = r#"{"type":"urn:raspiska:problem:clock","status":422}"#;
    for status in [400, 409, 413, 422] {
        assert_eq!(
            judge(status, body, "", ""),
            Verdict::Refused(String::from("clock")),
            "{status}"
        );
    }
    assert_eq!(
        judge(422, "<html>", "", ""),
        Verdict::Refused(String::from("?"))
    );
    for status in [0, 204, 302, 408, 429, 500, 502, 503, 504] {
        assert_eq!(judge(status, body, "", ""), Verdict::Later, "{status}");
    }
}

#[test]
fn what_is_kept_proves_itself_offline() {
    let site = site();
    let notice = site.notice("contact", Lang::Ru, "2026-01-01").unwrap();
    let text_digest = Digest::of(notice.text().as_bytes()).to_string();
    let mut item = item("form", &[("contact", State::Given)]);
    let mut named = item.0.get("notice").clone();
    named.set("sha256", Json::from_text(&text_digest));
    item.0.set("notice", named);
    seal(&mut item, None).unwrap();
    let (body, vkey) = logged(item.text("hash"));
    let Verdict::Stored { index, time, proof } = judge(201, &body, item.text("hash"), &vkey) else {
        panic!("not stored")
    };
    let source = crate::bundle::tests::SITE
        .replace("VKEY", &vkey)
        .replace(notice.sha256(), &text_digest);
    let kept = item.keep(
        &Bundle::read(&source, Lang::Ru).unwrap(),
        index,
        time,
        proof,
    );
    let file = raspiska_shared::file::ReceiptFile::parse(kept.file("shop").as_bytes()).unwrap();
    let report = file.verify(None).unwrap();
    assert_eq!(report.time, 1_767_225_601_000);
    assert_eq!(kept.text("code"), item.text("code"));
}
