//! `file/`: what a person keeps. Key: `trusted`, optional: the log key that the verifier expects.

use raspiska_shared::{
    file::{LogKey, NoticeText, PolicyLink, ReceiptFile},
    lang::Lang,
    problem::Kind,
    receipt::sign,
    site::Site,
};

use crate::{
    actors::{CONTACT, CONTACT_OLD, alice, contact, log, other_log, policy},
    forge::swap,
    logs,
    vector::Vector,
};

pub(crate) fn good() -> ReceiptFile {
    ReceiptFile {
        receipt: sign(contact(), &alice()).unwrap().text,
        proof: logs::proof(2, 5).to_text(),
        notice: NoticeText {
            lang: Lang::Ru,
            text: CONTACT.to_owned(),
        },
        policy: PolicyLink {
            edition: policy().edition,
            url: Site::policy_url("acme.example", "acme", &policy().edition),
            sha256: policy().sha256,
        },
        log: LogKey {
            vkey: log().vkey().to_string(),
        },
    }
}

fn with(change: impl Fn(&mut ReceiptFile)) -> String {
    let mut file = good();
    change(&mut file);
    file.to_json()
}

pub(crate) fn vectors() -> Vec<Vector> {
    let json = good().to_json();
    let erased = with(|file| {
        let token = file.receipt.find('~').unwrap() + 1;
        file.receipt.truncate(token);
    });
    let ok = |case: &str, comment: &str, body: String| {
        Vector::ok(&format!("file/{case}"), comment, body)
    };
    let bad = |case: &str, kind: Kind, comment: &str, body: String| {
        Vector::bad(&format!("file/{case}"), kind, comment, body)
    };
    let form = |case: &str, comment: &str, body: String| bad(case, Kind::File, comment, body);
    let accepted = [
        ok("contact", "everything fits", json.clone()),
        ok(
            "trusted",
            "everything fits, and the log's key is the expected one",
            json.clone(),
        )
        .key("trusted", log().vkey()),
        ok("values-erased", "a file without the values", erased),
    ];
    let forms = [
        form(
            "white-space",
            "a space that the format does not have",
            swap(&json, "{\"receipt\":", "{\"receipt\": "),
        ),
        form("line-end", "a line feed at the end", format!("{json}\n")),
        form(
            "escape",
            "a slash that is escaped",
            swap(
                &json,
                "https://acme.example/policy",
                "https:\\/\\/acme.example/policy",
            ),
        ),
        form(
            "member-unknown",
            "one member more",
            swap(&json, "{\"receipt\":", "{\"x\":1,\"receipt\":"),
        ),
        form(
            "member-twice",
            "a member stands twice",
            swap(&json, "{\"receipt\":", "{\"receipt\":\"\",\"receipt\":"),
        ),
        form(
            "member-missing",
            "no log",
            json[..json.find(",\"log\"").unwrap()].to_owned() + "}",
        ),
        form(
            "order",
            "members in another order",
            swap(
                &swap(&json, "\"lang\":\"ru\",", ""),
                "\"text\":\"# Согласие на обработку персональных данных\\n\\nЯ разрешаю ООО «Акме» ответить мне.\\n\"",
                "\"text\":\"# Согласие на обработку персональных данных\\n\\nЯ разрешаю ООО «Акме» ответить мне.\\n\",\"lang\":\"ru\"",
            ),
        ),
        form(
            "member-elsewhere",
            "a member that stands in another object",
            swap(&json, ",\"log\":{", ",\"lang\":\"ru\",\"log\":{"),
        ),
        form(
            "half-character",
            "half of a character, which UTF-8 cannot spell",
            swap(&json, "\"text\":\"", "\"text\":\"\\ud800"),
        ),
        form(
            "lang-unknown",
            "a language that no notice has",
            swap(&json, "\"lang\":\"ru\"", "\"lang\":\"de\""),
        ),
        form(
            "policy-digest-malformed",
            "a digest in another spelling",
            swap(
                &json,
                &format!("\"sha256\":\"{}\"", policy().sha256),
                &format!("\"sha256\":\"{}=\"", policy().sha256),
            ),
        ),
        form(
            "truncated",
            "the end is missing",
            json[..json.len() - 1].to_owned(),
        ),
    ];
    let contents = [
        bad(
            "receipt-changed",
            Kind::Disclosure,
            "a value that was changed",
            with(|file| {
                let value = contact().disclosures[1].encoded().to_owned();
                file.receipt = swap(
                    &file.receipt,
                    &value,
                    crate::actors::value(0xa2, "email", "eve@acme.example").encoded(),
                );
            }),
        ),
        bad(
            "receipt-unsigned",
            Kind::Signature,
            "a receipt under another's signature",
            with(|file| {
                let other = sign(contact(), &crate::actors::bob()).unwrap().text;
                let signature = |text: &str| {
                    text.split('~')
                        .next()
                        .unwrap()
                        .rsplit('.')
                        .next()
                        .unwrap()
                        .to_owned()
                };
                file.receipt = swap(&file.receipt, &signature(&file.receipt), &signature(&other));
            }),
        ),
        bad(
            "notice-text",
            Kind::NoticeText,
            "another text than was signed",
            with(|file| file.notice.text = CONTACT_OLD.to_owned()),
        ),
        bad(
            "notice-lang",
            Kind::NoticeText,
            "another language than was signed",
            with(|file| file.notice.lang = Lang::En),
        ),
        bad(
            "policy-edition",
            Kind::PolicyRef,
            "another edition than was signed",
            with(|file| file.policy.edition = "2024-01-01".to_owned()),
        ),
        bad(
            "policy-digest",
            Kind::PolicyRef,
            "another digest than was signed",
            with(|file| file.policy.sha256 = logs::receipt()),
        ),
        bad(
            "policy-url",
            Kind::PolicyRef,
            "another address than follows from what was signed",
            with(|file| file.policy.url.push('/')),
        ),
        bad(
            "vkey-malformed",
            Kind::Vkey,
            "a malformed key",
            with(|file| file.log.vkey.truncate(60)),
        ),
        bad(
            "vkey-other",
            Kind::NoteSignature,
            "a good key of another log",
            with(|file| file.log.vkey = other_log().vkey().to_string()),
        ),
        bad(
            "vkey-untrusted",
            Kind::Vkey,
            "everything fits, but another key was expected",
            json,
        )
        .key("trusted", other_log().vkey()),
        bad(
            "proof-malformed",
            Kind::Proof,
            "an empty proof",
            with(|file| file.proof.clear()),
        ),
        bad(
            "proof-of-other",
            Kind::Entry,
            "the proof of another receipt",
            with(|file| file.proof = logs::proof(1, 5).to_text()),
        ),
        bad(
            "proof-changed",
            Kind::Inclusion,
            "the proof of another time",
            with(|file| {
                let mut proof = logs::proof(2, 5);
                proof.entry.time += 1;
                file.proof = proof.to_text();
            }),
        ),
    ];
    accepted.into_iter().chain(forms).chain(contents).collect()
}
