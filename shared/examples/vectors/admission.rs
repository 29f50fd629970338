//! `admit/`: receipts that hold in themselves, against the documents of `site.json` and a clock.
//!
//! Keys: `now`, the server's clock in UNIX seconds; `day`, the day of `iat` where the operator is; `held`, optional: what the
//! subject's earlier receipts amount to, as `purpose=state`.

use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    problem::Kind,
    purpose::SubjectCategory,
    receipt::{Draft, State, sign},
};

use crate::{
    actors::{
        ADVERTISING, CANDIDATE, CONTACT, CONTACT_NEXT, CONTACT_OLD, DAY, MISTAKE, NOW, SIGNED,
        alice, contact, cookies, decision, notice, policy_old, value, withdrawal,
    },
    vector::Vector,
};

const AHEAD: u64 = 24 * 60 * 60;
const BEHIND: u64 = 30 * 24 * 60 * 60;

pub(crate) fn vectors() -> Vec<Vector> {
    [
        accepted(),
        times(),
        documents(),
        purposes(),
        values(),
        withdrawals(),
    ]
    .concat()
}

fn text(draft: Draft) -> String {
    sign(draft, &alice()).unwrap().text
}

fn at(vector: Vector, now: u64) -> Vector {
    vector.key("now", now).key("day", DAY)
}

fn ok(case: &str, comment: &str, draft: Draft) -> Vector {
    at(
        Vector::ok(&format!("admit/{case}"), comment, text(draft)),
        NOW,
    )
}

fn bad(case: &str, kind: Kind, comment: &str, draft: Draft) -> Vector {
    at(
        Vector::bad(&format!("admit/{case}"), kind, comment, text(draft)),
        NOW,
    )
}

fn accepted() -> Vec<Vector> {
    let candidate = Draft {
        category: SubjectCategory::Candidate,
        notice: notice("candidate", Lang::Ru, CANDIDATE),
        decisions: vec![decision("candidate", State::Given)],
        disclosures: Vec::new(),
        ..contact()
    };
    let advertising = Draft {
        notice: notice("advertising", Lang::Ru, ADVERTISING),
        decisions: vec![decision("advertising", State::Refused)],
        disclosures: Vec::new(),
        ..contact()
    };
    vec![
        ok("contact", "a form", contact()),
        ok("candidate", "a form of another category", candidate),
        ok("refused", "a refusal is a decision", advertising),
        ok("service", "a category and one of its services", cookies()),
    ]
}

fn times() -> Vec<Vector> {
    let form = || text(contact());
    vec![
        at(
            Vector::ok("admit/clock-ahead-limit", "24 hours ahead", form()),
            SIGNED - AHEAD,
        ),
        at(
            Vector::bad(
                "admit/clock-ahead",
                Kind::Clock,
                "24 hours and a second ahead",
                form(),
            ),
            SIGNED - AHEAD - 1,
        ),
        at(
            Vector::ok("admit/clock-behind-limit", "30 days behind", form()),
            SIGNED + BEHIND,
        ),
        at(
            Vector::bad(
                "admit/clock-behind",
                Kind::Clock,
                "30 days and a second behind",
                form(),
            ),
            SIGNED + BEHIND + 1,
        ),
    ]
}

fn documents() -> Vec<Vector> {
    let noticed = |id: &str, lang, text: &str| Draft {
        notice: notice(id, lang, text),
        ..contact()
    };
    let mut other_policy = contact();
    other_policy.policy.sha256 = Digest::of(b"");
    let mut unknown_edition = contact();
    unknown_edition.policy.edition = "2025-01-02".to_owned();
    let mut old_policy = contact();
    old_policy.policy = policy_old();
    let mut elsewhere = contact();
    elsewhere.aud = "other.example".to_owned();
    let withheld = text(contact());
    let withheld = withheld.split_inclusive('~').take(3).collect::<String>();
    vec![
        at(
            Vector::bad(
                "admit/value-withheld",
                Kind::Disclosure,
                "one of the values that were signed is not shown",
                withheld,
            ),
            NOW,
        ),
        bad(
            "audience",
            Kind::Audience,
            "another site's receipt",
            elsewhere,
        ),
        bad(
            "notice-text",
            Kind::NoticeUnknown,
            "a text that was never published",
            noticed("contact", Lang::Ru, "# Другое\n"),
        ),
        bad(
            "notice-id",
            Kind::NoticeUnknown,
            "a published text under the id of another",
            noticed("contact", Lang::Ru, ADVERTISING),
        ),
        bad(
            "notice-lang",
            Kind::NoticeUnknown,
            "a published text under another language",
            noticed("contact", Lang::En, CONTACT),
        ),
        bad(
            "notice-replaced",
            Kind::NoticeNotCurrent,
            "a text that was replaced",
            noticed("contact", Lang::Ru, CONTACT_OLD),
        ),
        bad(
            "notice-next",
            Kind::NoticeNotCurrent,
            "a text that is not yet in force",
            noticed("contact", Lang::Ru, CONTACT_NEXT),
        ),
        bad(
            "policy-text",
            Kind::PolicyUnknown,
            "the digest is not the edition's",
            other_policy,
        ),
        bad(
            "policy-edition",
            Kind::PolicyUnknown,
            "an edition that was never published",
            unknown_edition,
        ),
        bad(
            "policy-replaced",
            Kind::PolicyNotCurrent,
            "an edition that was replaced",
            old_policy,
        ),
    ]
}

fn purposes() -> Vec<Vector> {
    let decided = |decisions| Draft {
        decisions,
        ..contact()
    };
    let mut mistake = contact();
    mistake.category = SubjectCategory::CustomerRepresentative;
    mistake.notice = notice("mistake", Lang::Ru, MISTAKE);
    mistake.decisions = vec![decision("customer_contract", State::Given)];
    let mut service = cookies();
    service.decisions = vec![
        decision("analytics", State::Given),
        decision("analytics/pixel", State::Given),
    ];
    let mut only_service = cookies();
    only_service.decisions = vec![decision("analytics/counter", State::Given)];
    let mut category = contact();
    category.category = SubjectCategory::Candidate;
    let purpose = |case: &str, comment: &str, draft| {
        bad(&format!("purpose-{case}"), Kind::Purpose, comment, draft)
    };
    vec![
        purpose(
            "unknown",
            "a purpose that the policy does not have",
            decided(vec![
                decision("contact", State::Given),
                decision("telepathy", State::Given),
            ]),
        ),
        purpose(
            "of-another-notice",
            "the notice does not ask for it",
            decided(vec![
                decision("contact", State::Given),
                decision("advertising", State::Given),
            ]),
        ),
        purpose(
            "contract",
            "it rests on a contract, so nobody is asked",
            mistake,
        ),
        purpose(
            "category",
            "it is about other people than the receipt",
            category,
        ),
        purpose(
            "service-unknown",
            "a service that the site does not have",
            service,
        ),
        purpose(
            "undecided",
            "the notice's required purpose is not decided",
            only_service,
        ),
    ]
}

fn values() -> Vec<Vector> {
    let disclosing = |disclosures| Draft {
        disclosures,
        ..contact()
    };
    vec![
        bad(
            "value-of-no-field",
            Kind::Disclosure,
            "a value that the form does not ask for",
            disclosing(vec![value(0xa1, "passport", "1")]),
        ),
        bad(
            "value-too-long",
            Kind::Disclosure,
            "a value longer than its field allows",
            disclosing(vec![value(0xa1, "message", &"ж".repeat(1001))]),
        ),
        bad(
            "value-without-consent",
            Kind::Disclosure,
            "a value although the consent is refused",
            Draft {
                decisions: vec![decision("contact", State::Refused)],
                ..contact()
            },
        ),
        ok(
            "value-as-long-as-allowed",
            "1000 characters of two bytes each",
            disclosing(vec![value(0xa1, "message", &"ж".repeat(1000))]),
        ),
    ]
}

fn withdrawals() -> Vec<Vector> {
    let old = Draft {
        notice: notice("contact", Lang::Ru, CONTACT_OLD),
        policy: policy_old(),
        ..withdrawal()
    };
    let service = Draft {
        decisions: vec![decision("analytics/counter", State::Withdrawn)],
        event: withdrawal().event,
        ..cookies()
    };
    vec![
        ok("withdrawal", "what was given is withdrawn", withdrawal()).key("held", "contact=given"),
        ok(
            "withdrawal-of-replaced",
            "a withdrawal may refer to a notice and an edition that were replaced",
            old,
        )
        .key("held", "contact=given"),
        ok(
            "withdrawal-of-service",
            "a service follows its category",
            service,
        )
        .key("held", "analytics=given"),
        bad(
            "withdrawal-of-nothing",
            Kind::Withdrawal,
            "nothing was decided before",
            withdrawal(),
        ),
        bad(
            "withdrawal-of-refused",
            Kind::Withdrawal,
            "it was refused",
            withdrawal(),
        )
        .key("held", "contact=refused"),
        bad(
            "withdrawal-twice",
            Kind::Withdrawal,
            "it was withdrawn before",
            withdrawal(),
        )
        .key("held", "contact=withdrawn"),
    ]
}
