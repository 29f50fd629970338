//! `http/receipt*`: receipts that are sent to a server, and why it refuses them.

use raspiska_shared::{digest::Digest, problem::Kind, receipt::Draft};

use crate::{
    actors::{self, NOW, alice, bob, value},
    forge::Parts,
    requests::{RECEIPTS, bad, choices, form, here, ok, post, request, signed},
    vector::Vector,
};

/// 30 December 2024: before the first edition.
const BEFORE: u64 = 1_735_560_000;

pub(crate) fn vectors() -> Vec<Vector> {
    [taken(), refused()].concat()
}

fn taken() -> Vec<Vector> {
    let json = "application/json";
    vec![
        ok("receipt", 201, "a contact form", post(&signed(form())))
            .key("answer-content-type", json),
        ok(
            "receipt-again",
            200,
            "the same receipt again",
            post(&signed(form())),
        )
        .key("after", "receipt")
        .key("answer-content-type", json),
        ok("receipt-type", 201, "the media type in another spelling", {
            let typed = [("content-type", "Application/SD-JWT; charset=utf-8")];
            request("POST", RECEIPTS, &typed, &signed(form()))
        }),
        ok(
            "receipt-choices",
            201,
            "a choice about cookies",
            post(&signed(choices())),
        )
        .key("answer-access-control-allow-origin", "*"),
    ]
}

fn refused() -> Vec<Vector> {
    let receipt = signed(form());
    let parts = || Parts::of(form(), &alice());
    let draft = |case, kind, comment, change: &dyn Fn(&mut Draft)| {
        let mut draft = form();
        change(&mut draft);
        bad(case, kind, comment, post(&signed(draft)))
    };
    vec![
        bad(
            "receipt-media-type",
            Kind::MediaType,
            "a receipt under another media type",
            {
                let typed = [("content-type", "application/json")];
                request("POST", RECEIPTS, &typed, &receipt)
            },
        )
        .key("answer-access-control-allow-origin", "*"),
        bad("receipt-empty", Kind::Form, "nothing", post("")),
        bad(
            "receipt-line-end",
            Kind::Form,
            "a line feed behind it",
            post(&format!("{receipt}\n")),
        ),
        bad(
            "receipt-too-large",
            Kind::TooLarge,
            "32 769 bytes",
            post(&"x".repeat(32_769)),
        ),
        bad(
            "receipt-header",
            Kind::Header,
            "a header that names no algorithm",
            post(
                &parts()
                    .header("\"alg\":\"EdDSA\"", "\"alg\":\"none\"")
                    .sign(&alice()),
            ),
        ),
        bad(
            "receipt-signature",
            Kind::Signature,
            "signed by another key",
            post(&parts().sign(&bob())),
        ),
        bad(
            "receipt-payload",
            Kind::Payload,
            "another schema",
            post(&parts().payload("receipt:1", "receipt:2").sign(&alice())),
        ),
        bad(
            "receipt-subject",
            Kind::Subject,
            "another's pseudonym",
            post(&parts().payload("\"sub\":\"U", "\"sub\":\"V").sign(&alice())),
        ),
        bad(
            "receipt-operator",
            Kind::Subject,
            "a statement of the operator, sent from outside",
            post(&signed(here(actors::statement(Digest::of(b""))))),
        ),
        bad(
            "receipt-disclosure",
            Kind::Disclosure,
            "a value is withheld",
            post(&receipt[..receipt.trim_end_matches('~').rfind('~').unwrap() + 1]),
        ),
        draft(
            "receipt-field",
            Kind::Disclosure,
            "a value that no form asks for",
            &|draft| {
                draft
                    .disclosures
                    .push(value(0xa4, "passport", "0000 000000"));
            },
        ),
        draft(
            "receipt-audience",
            Kind::Audience,
            "for another site",
            &|draft| {
                draft.aud = "acme.example".to_owned();
            },
        ),
        draft(
            "receipt-clock",
            Kind::Clock,
            "signed two days from now",
            &|draft| {
                draft.iat = NOW + 2 * 86_400;
            },
        ),
        draft(
            "receipt-notice",
            Kind::NoticeUnknown,
            "a text that was never published",
            &|draft| {
                draft.notice.sha256 = Digest::of(b"");
            },
        ),
        draft(
            "receipt-policy",
            Kind::PolicyUnknown,
            "an edition that was never published",
            &|draft| {
                draft.policy.edition = "1999-01-01".to_owned();
            },
        ),
        draft(
            "receipt-early",
            Kind::NoticeNotCurrent,
            "signed before the notice was in force",
            &|draft| {
                draft.iat = BEFORE;
            },
        )
        .key("now", BEFORE),
        draft(
            "receipt-purpose",
            Kind::Purpose,
            "a purpose of another notice",
            &|draft| {
                draft.decisions[0].purpose = "advertising".parse().unwrap();
            },
        ),
        bad(
            "receipt-withdrawal",
            Kind::Withdrawal,
            "a withdrawal of what was never given",
            post(&signed(Draft {
                notice: form().notice,
                ..here(actors::withdrawal())
            })),
        ),
    ]
}
