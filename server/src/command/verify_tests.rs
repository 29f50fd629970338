use ed25519_dalek::SigningKey;
use raspiska_shared::{
    digest::Digest,
    file::{LogKey, NoticeText, PolicyLink},
    lang::Lang,
    log::{
        checkpoint::Checkpoint, entry::Entry, note::NoteSigner, proof::Proof, tile::Tiles, tree,
    },
    notice::NoticeRef,
    policy::PolicyRef,
    purpose::SubjectCategory,
    receipt::{Actor, Client, Decision, Disclosure, Draft, Event, Method, State, Uuid, sign},
    site::Site,
};

use super::*;

const TEXT: &str = "# Согласие: контактная форма\n\nЯ разрешаю.\n";

/// A file as a person downloads it after sending a form, and the key of the log.
fn file() -> (ReceiptFile, String) {
    file_of(None)
}

/// The same, of a client that says what it was.
fn file_of(client: Option<Client>) -> (ReceiptFile, String) {
    let person = SigningKey::from_bytes(&[7; 32]);
    let notice = Digest::of(TEXT.as_bytes());
    let policy = Digest::of(b"policy");
    let signed = sign(
        Draft {
            jti: Uuid::v7(1_750_000_000_000, [1; 10]),
            iat: 1_750_000_000,
            aud: "jetcrm.ru".to_owned(),
            category: SubjectCategory::SiteUser,
            policy: PolicyRef {
                edition: "2025-01-01".to_owned(),
                sha256: policy,
            },
            notice: NoticeRef {
                id: "contact".to_owned(),
                lang: Lang::Ru,
                sha256: notice,
            },
            decisions: vec![Decision {
                purpose: "contact".parse().unwrap(),
                state: State::Given,
            }],
            event: Event {
                by: Actor::Subject,
                method: Method::Form,
            },
            prev: None,
            of: None,
            withdrawal: None,
            client,
            disclosures: vec![Disclosure::new([3; 16], "name", "\u{1b}[2J\u{7}Name")],
        },
        &person,
    )
    .unwrap();

    let signer = NoteSigner::new("jetcrm.ru/jetcrm", SigningKey::from_bytes(&[9; 32])).unwrap();
    let entry = Entry {
        site: "jetcrm".to_owned(),
        receipt: signed.hash,
        time: 1_750_000_001_234,
    };
    let mut tiles = Tiles::default();
    for other in 0..5_u8 {
        tiles.append(tree::leaf_hash(&[other]));
    }
    let index = tiles.append(entry.leaf());
    tiles.append(tree::leaf_hash(b"later"));
    let read = |node| tiles.node(node).ok_or(());
    let checkpoint = Checkpoint {
        origin: signer.vkey().name().to_owned(),
        size: tiles.size(),
        root: tree::root(tiles.size(), read).unwrap(),
    };
    let proof = Proof {
        entry,
        index,
        hashes: tree::inclusion(index, tiles.size(), read).unwrap(),
        checkpoint: checkpoint.sign(&signer),
    };
    let file = ReceiptFile {
        receipt: signed.text,
        proof: proof.to_text(),
        notice: NoticeText {
            lang: Lang::Ru,
            text: TEXT.to_owned(),
        },
        policy: PolicyLink {
            edition: "2025-01-01".to_owned(),
            url: Site::policy_url("jetcrm.ru", "jetcrm", "2025-01-01"),
            sha256: policy,
        },
        log: LogKey {
            vkey: signer.vkey().to_string(),
        },
    };
    (file, signer.vkey().to_string())
}

#[test]
fn a_file_that_holds_is_told_in_plain_words() {
    let (file, vkey) = file();
    let told = verify(file.to_json().as_bytes(), Some(&vkey)).unwrap();
    for words in [
        "The receipt holds.",
        "contact: given",
        "2025-06-15 15:06:40 UTC",
        "Согласие: контактная форма",
        "edition 2025-01-01",
        "entry 5 of jetcrm.ru/jetcrm",
        "7 entries",
    ] {
        assert!(told.contains(words), "{words:?} is not in\n{told}");
    }
    assert!(!told.contains("--vkey"), "{told}");
}

#[test]
fn what_the_page_did_before_the_decision_is_told() {
    let told = |note: &str| {
        let (file, vkey) = file_of(Some(Client {
            gate: Some(note.parse().unwrap()),
            account: Some(Digest::of(b"account")),
            ..Client::default()
        }));
        verify(file.to_json().as_bytes(), Some(&vkey)).unwrap()
    };
    let held = told("held analytics 1\nheld media 2\nheld analytics 9\n");
    assert!(
        held.contains("analytics, media: waited for the decision"),
        "{held}"
    );
    assert!(held.contains("nothing of theirs ran"), "{held}");
    assert!(held.contains(&Digest::of(b"account").to_string()), "{held}");
    let ran = told("held analytics 1\nlet chat 2\nonce media 3\n");
    for words in [
        "chat: ran before it, as decided earlier",
        "media: let run this once",
    ] {
        assert!(ran.contains(words), "{words:?} is not in\n{ran}");
    }
    assert!(!ran.contains("nothing of theirs"), "{ran}");
}

#[test]
fn a_value_cannot_play_with_the_terminal() {
    let (file, vkey) = file();
    let told = verify(file.to_json().as_bytes(), Some(&vkey)).unwrap();
    assert!(
        !told.contains(|c: char| c.is_control() && c != '\n'),
        "{told:?}"
    );
}

#[test]
fn the_files_own_key_is_used_with_a_warning() {
    let (file, vkey) = file();
    let told = verify(file.to_json().as_bytes(), None).unwrap();
    assert!(
        told.contains("came from the file itself") && told.contains(&vkey),
        "{told}"
    );
}

#[test]
fn another_log_is_not_trusted() {
    let (file, _) = file();
    let other = NoteSigner::new("jetcrm.ru/jetcrm", SigningKey::from_bytes(&[8; 32])).unwrap();
    let error = verify(file.to_json().as_bytes(), Some(&other.vkey().to_string())).unwrap_err();
    assert_eq!(error.kind(), Kind::Vkey);
    assert_eq!(
        verify(b"{}", Some("nonsense")).unwrap_err().kind(),
        Kind::Vkey
    );
}

#[test]
fn what_the_operator_publishes_vouches_for_the_key() {
    let (file, vkey) = file();
    let json = file.to_json();
    let next = NoteSigner::new("jetcrm.ru/jetcrm", SigningKey::from_bytes(&[8; 32])).unwrap();
    let published = |vkey: &str, retired: &str| {
        format!(
            r#"{{"schema":"urn:raspiska:identity:1","logs":[{{"site":"jetcrm","origin":"jetcrm.ru/jetcrm","vkey":"{vkey}","since":1750000009000,"retired":[{retired}]}}],"operators":[]}}"#
        )
    };
    let present = published(&vkey, "");
    let told = verify_published(json.as_bytes(), present.as_bytes()).unwrap();
    assert!(
        told.contains("is the one that the operator publishes"),
        "{told}"
    );

    let retired = |until: u64| {
        let old = format!(r#"{{"vkey":"{vkey}","since":1740000000000,"until":{until}}}"#);
        published(&next.vkey().to_string(), &old)
    };
    let told = verify_published(json.as_bytes(), retired(1_750_000_009_000).as_bytes()).unwrap();
    assert!(told.contains("a retired one"), "{told}");
    for (published, kind) in [
        (retired(1_750_000_001_234), Kind::Vkey),
        (published(&next.vkey().to_string(), ""), Kind::Vkey),
        ("{}".to_owned(), Kind::Identity),
    ] {
        let error = verify_published(json.as_bytes(), published.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), kind, "{published}");
    }
}

#[test]
fn every_flipped_byte_is_noticed_and_named() {
    let (file, vkey) = file();
    let whole = file.to_json().into_bytes();
    let mut kinds = std::collections::BTreeSet::new();
    for at in 0..whole.len() {
        for mask in [0x01, 0x20, 0x80] {
            let mut broken = whole.clone();
            broken[at] ^= mask;
            match verify(&broken, None) {
                Ok(_) => panic!(
                    "byte {at} ({:?}) ^ {mask:#x} went unnoticed",
                    char::from(whole[at])
                ),
                Err(error) => kinds.insert(error.kind()),
            };
            assert!(
                verify(&broken, Some(&vkey)).is_err(),
                "byte {at} ^ {mask:#x}"
            );
        }
    }
    for kind in [
        Kind::File,
        Kind::Signature,
        Kind::NoticeText,
        Kind::PolicyRef,
        Kind::Vkey,
        Kind::NoteSignature,
        Kind::Inclusion,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} not among {kinds:?}");
    }
}
