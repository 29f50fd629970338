use super::*;
use raspiska_shared::{
    digest::Digest,
    file::ReceiptFile,
    lang::Lang,
    notice::NoticeRef,
    policy::PolicyRef,
    purpose::SubjectCategory,
    receipt::{Actor, Decision, Event, Method, Payload, SCHEMA, Uuid},
    status::Standing,
};

fn payload(decisions: &[(String, State)], at: u64) -> Payload {
    let digest = Digest::of(b"");
    Payload {
        schema: String::from(SCHEMA),
        jti: Uuid::v7(0, [0; 10]),
        iat: at,
        aud: String::from("x"),
        sub: raspiska_shared::party::SubjectId(digest),
        category: SubjectCategory::SiteUser,
        policy: PolicyRef {
            edition: String::from("x"),
            sha256: digest,
        },
        notice: NoticeRef {
            id: String::from("x"),
            lang: Lang::Ru,
            sha256: digest,
        },
        decisions: decisions
            .iter()
            .map(|(purpose, state)| Decision {
                purpose: purpose.parse().unwrap(),
                state: *state,
            })
            .collect(),
        event: Event {
            by: Actor::Subject,
            method: Method::Choices,
        },
        prev: None,
        of: None,
        withdrawal: None,
        client: None,
        sd: Vec::new(),
        sd_alg: None,
    }
}

/// Every sequence of three decisions about a category and its service, folded here and by the one function that counts.
#[test]
fn the_fold_is_that_of_shared() {
    let states = [State::Given, State::Refused, State::Withdrawn];
    let mut receipts: Vec<Decisions> = Vec::new();
    for state in states {
        receipts.push(vec![(String::from("media"), state)]);
        receipts.push(vec![(String::from("media/video"), state)]);
        for other in states {
            receipts.push(vec![
                (String::from("media/video"), other),
                (String::from("media"), state),
            ]);
        }
    }
    let purposes = ["media", "media/video", "media/other", "ads"];
    for first in &receipts {
        for second in &receipts {
            for third in &receipts {
                let (mut held, mut standing) = (Vec::new(), Standing::default());
                for (at, decisions) in [first, second, third].into_iter().enumerate() {
                    apply(&mut held, at as u64, decisions);
                    standing.apply(&payload(decisions, at as u64), Digest::of(&[at as u8]));
                }
                for purpose in purposes {
                    let own = |id: &str| held.iter().find(|held| held.purpose == id);
                    let ours = own(purpose)
                        .or_else(|| own(top(purpose)))
                        .map(|held| held.state);
                    assert_eq!(
                        ours,
                        standing.state(&purpose.parse().unwrap()),
                        "{first:?} {second:?} {third:?} {purpose}"
                    );
                }
            }
        }
    }
}

/// Not one byte may differ: a verifier refuses a file with white space or other escapes.
#[test]
fn the_file_is_the_one_that_shared_writes_and_reads() {
    let text = "# Согласие\n\n«Да» \"\\\t\r\u{8}\u{c}\u{1}\u{7f}\u{2028}😀\n";
    let payload =
        Base64UrlUnpadded::encode_string(br#"{"aud":"shop.example","iat":7,"decisions":[]}"#);
    let receipt = ["e30.", &payload, ".c2ln~"].concat();
    let sha256 = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
    let mut kept = strings(&[
        ("receipt", &receipt),
        ("proof", "c2sp.org/tlog-proof@v1\n…"),
    ]);
    kept.set(
        "notice",
        strings(&[
            ("id", "contact"),
            ("lang", "ru"),
            ("sha256", sha256),
            ("text", text),
        ]),
    );
    kept.set(
        "policy",
        strings(&[("edition", "2025-01-01"), ("sha256", sha256)]),
    );
    kept.set(
        "log",
        strings(&[("vkey", "log.example/shop+00000000+AAAA")]),
    );
    let file = Kept(kept).file("shop");
    let read = ReceiptFile::parse(file.as_bytes()).unwrap();
    assert_eq!(read.to_json(), file);
    assert_eq!(read.notice.text, text);
    assert_eq!(
        read.policy.url,
        Site::policy_url("shop.example", "shop", "2025-01-01")
    );
}

#[test]
fn damaged_receipts_say_nothing_and_break_nothing() {
    for receipt in [
        "",
        "~",
        "a",
        "a.b.c~",
        "a.e30.c~!!~",
        "\u{444}.\u{444}.\u{444}~\u{444}~",
    ] {
        let kept = Kept(strings(&[("receipt", receipt)]));
        assert_eq!(kept.decisions(), []);
        assert!(
            kept.disclosures().all(|part| part.list().is_empty()),
            "{receipt}"
        );
    }
}

#[test]
fn states_have_the_names_that_receipts_use() {
    for state in [State::Given, State::Refused, State::Withdrawn] {
        assert_eq!(serde_json::to_value(state).unwrap(), state_name(state));
        assert_eq!(state_from(state_name(state)), Some(state));
    }
    assert_eq!(state_from("maybe"), None);
}
