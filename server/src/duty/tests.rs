mod events;
mod follow;

use std::collections::{BTreeMap, BTreeSet};

use raspiska_shared::{
    lang::Lang,
    notice::NoticeRef,
    policy::{Policy, PolicyRef},
    purpose::SubjectCategory,
    receipt::{Actor, Decision, Event, Method, Payload, SCHEMA, State as Decided, Uuid},
    term::Anchor,
};

use super::{
    engine::{Found, Logged, Records, find},
    *,
};
use crate::{
    law::Law,
    site::sample::jetcrm,
    store::{Fact, FactKind},
};

const SITE: &str = "jetcrm";

struct Desk {
    law: Law,
    editions: BTreeMap<String, Policy>,
}

impl Desk {
    fn new() -> Self {
        Self {
            law: Law::read(None).unwrap(),
            editions: jetcrm().policies,
        }
    }

    fn book(&self) -> Book<'_> {
        Book {
            site: SITE,
            law: &self.law,
            editions: &self.editions,
        }
    }

    fn find(&self, records: &Records, now: &str) -> Found {
        find(&self.book(), Some(subject(1)), records, at(now))
    }

    /// Of one duty that is there: what, state, due, limit.
    fn one(&self, records: &Records, now: &str) -> (What, State, String, Option<String>) {
        let found = self.find(records, now);
        let [duty] = &found.duties[..] else {
            panic!("{:?}", found.duties);
        };
        let due = duty.due.clone().unwrap().to_string();
        (
            duty.what,
            duty.state,
            due,
            duty.hard_limit.map(|limit| limit.to_string()),
        )
    }
}

fn subject(number: u8) -> SubjectId {
    SubjectId(Digest::of(&[number]))
}

/// A moment on the operator's clock.
fn at(text: &str) -> u64 {
    moment_of(text.parse().unwrap())
}

fn payload(time: u64, method: Method, decisions: &[(&str, Decided)], values: bool) -> Payload {
    let by_operator = matches!(method, Method::Expiry | Method::Erasure | Method::Letter);
    let sha256 = Digest::of(b"text");
    Payload {
        schema: SCHEMA.to_owned(),
        jti: Uuid::v7(time, [1; 10]),
        iat: time / 1000,
        aud: "jetcrm.ru".to_owned(),
        sub: subject(1),
        category: SubjectCategory::SiteUser,
        policy: PolicyRef {
            edition: "2025-01-01".to_owned(),
            sha256,
        },
        notice: NoticeRef {
            id: "contact".to_owned(),
            lang: Lang::Ru,
            sha256,
        },
        decisions: decisions
            .iter()
            .map(|(purpose, state)| Decision {
                purpose: purpose.parse().unwrap(),
                state: *state,
            })
            .collect(),
        event: Event {
            by: if by_operator {
                Actor::Operator
            } else {
                Actor::Subject
            },
            method,
        },
        prev: None,
        of: by_operator.then_some(sha256),
        withdrawal: None,
        client: None,
        sd: if values { vec![sha256] } else { Vec::new() },
        sd_alg: None,
    }
}

fn logged(number: u8, when: &str, method: Method, decisions: &[(&str, Decided)]) -> Logged {
    let kept = method == Method::Form;
    Logged {
        hash: Digest::of(&[0, number]),
        time: at(when),
        payload: payload(at(when), method, decisions, kept),
        kept,
    }
}

fn given(purpose: &str, when: &str) -> Records {
    let form = logged(1, when, Method::Form, &[(purpose, Decided::Given)]);
    Records {
        receipts: vec![form],
        ..Records::default()
    }
}

fn fact(number: u8, when: &str, kind: FactKind) -> Fact {
    Fact {
        id: Uuid::v7(1, [number; 10]),
        time: at(when),
        kind,
        subject: Some(subject(1)),
        receipt: None,
        purpose: None,
        duty: None,
        notice: None,
        by: "officer".to_owned(),
    }
}

const DESTROY: What = What::Task(Task::Destroy);

#[test]
fn what_was_withdrawn_is_destroyed_within_thirty_days() {
    let desk = Desk::new();
    let mut records = given("contact", "2026-02-01T10:00");
    assert_eq!(desk.find(&records, "2026-02-10T12:00").duties, []);
    let withdrawn = [("contact", Decided::Withdrawn)];
    records
        .receipts
        .push(logged(2, "2026-02-10T23:59", Method::Withdraw, &withdrawn));
    for (now, state) in [
        ("2026-02-11T00:00", State::Coming),
        ("2026-03-04T12:00", State::Coming),
        ("2026-03-05T12:00", State::Near),
        ("2026-03-12T00:00", State::DueToday),
        ("2026-03-12T23:59", State::DueToday),
        ("2026-03-13T00:00", State::Overdue),
        ("2026-12-20T00:00", State::Overdue),
    ] {
        let due = "2026-03-12".to_owned();
        assert_eq!(
            desk.one(&records, now),
            (DESTROY, state, due, None),
            "{now}"
        );
    }
    let duty = &desk.find(&records, "2026-02-11T00:00").duties[0];
    assert_eq!(duty.norm.as_ref().unwrap().as_str(), "152-fz-21-5-destroy");
    assert!(duty.is_destruction());
    assert_eq!(
        (duty.days_left, duty.working_days_left),
        (Some(29), Some(19))
    );

    // To say that it is done does not destroy it; to destroy it does.
    let done = Fact {
        duty: Some(duty.id),
        ..fact(1, "2026-02-12T12:00", FactKind::Done)
    };
    records.facts.push(done);
    assert_eq!(desk.one(&records, "2026-02-13T12:00").1, State::Coming);
    records.receipts[0].kept = false;
    assert_eq!(desk.find(&records, "2026-02-13T12:00").duties, []);
}

#[test]
fn a_purpose_that_is_given_again_keeps_its_values() {
    let desk = Desk::new();
    let mut records = given("contact", "2026-02-01T10:00");
    records.receipts.push(logged(
        2,
        "2026-02-02T10:00",
        Method::Withdraw,
        &[("contact", Decided::Withdrawn)],
    ));
    records.receipts.push(logged(
        3,
        "2026-02-03T10:00",
        Method::Form,
        &[("contact", Decided::Given)],
    ));
    assert_eq!(desk.find(&records, "2026-05-01T12:00").duties, []);
}

#[test]
fn values_go_when_the_last_of_a_receipts_purposes_has_ended() {
    let desk = Desk::new();
    let form = [("contact", Decided::Given), ("advertising", Decided::Given)];
    let mut records = Records {
        receipts: vec![logged(1, "2026-02-01T10:00", Method::Form, &form)],
        ..Records::default()
    };
    records.receipts.push(logged(
        2,
        "2026-02-10T10:00",
        Method::Withdraw,
        &[("contact", Decided::Withdrawn)],
    ));
    assert_eq!(desk.find(&records, "2026-05-01T12:00").duties, []);
    records.receipts.push(logged(
        3,
        "2026-04-10T10:00",
        Method::Withdraw,
        &[("advertising", Decided::Withdrawn)],
    ));
    assert_eq!(desk.one(&records, "2026-05-01T12:00").2, "2026-05-10");
    // Of a form by which nothing was given, there is no ground to keep anything.
    let refused = logged(
        4,
        "2026-04-01T10:00",
        Method::Form,
        &[("contact", Decided::Refused)],
    );
    let records = Records {
        receipts: vec![refused],
        ..Records::default()
    };
    assert_eq!(desk.one(&records, "2026-04-02T12:00").2, "2026-05-01");
}

#[test]
fn a_consent_ends_with_its_term_whether_or_not_anybody_looked() {
    let desk = Desk::new();
    let mut records = given("contact", "2025-02-10T10:00");
    let found = desk.find(&records, "2026-02-01T12:00");
    assert_eq!(
        (found.duties, found.next),
        (vec![], Some(at("2026-02-03T00:00")))
    );
    let near = |now| desk.one(&records, now);
    assert_eq!(
        near("2026-02-03T00:00"),
        (
            What::ConsentExpires,
            State::Near,
            "2026-02-10".to_owned(),
            None
        )
    );
    assert_eq!(near("2026-02-10T23:59").1, State::DueToday);
    assert!(desk.find(&records, "2026-02-10T23:59").expired.is_empty());

    let over = ["2026-02-11T00:00", "2026-03-01T12:00", "2026-12-20T12:00"];
    let duties: Vec<Duty> = over
        .map(|now| {
            let found = desk.find(&records, now);
            let expected =
                BTreeMap::from([(records.receipts[0].hash, vec!["contact".parse().unwrap()])]);
            assert_eq!(found.expired, expected, "{now}");
            found.duties[0].clone()
        })
        .to_vec();
    let ids: BTreeSet<Digest> = duties.iter().map(|duty| duty.id).collect();
    assert_eq!(ids.len(), 1, "the same duty, however late it is seen");
    assert!(
        duties
            .iter()
            .all(|duty| duty.due.as_ref().unwrap().to_string() == "2026-03-12")
    );

    // Stated half a year late, and withdrawn after that: neither gives more time, and it is stated once.
    records.receipts.push(logged(
        2,
        "2026-08-01T10:00",
        Method::Expiry,
        &[("contact", Decided::Withdrawn)],
    ));
    let found = desk.find(&records, "2026-12-20T12:00");
    assert!(found.expired.is_empty());
    assert_eq!(found.duties[0].id, duties[0].id);
    let mut withdrawn = given("contact", "2025-02-10T10:00");
    withdrawn.receipts.push(logged(
        2,
        "2026-08-01T10:00",
        Method::Withdraw,
        &[("contact", Decided::Withdrawn)],
    ));
    assert_eq!(
        desk.find(&withdrawn, "2026-12-20T12:00").duties[0].id,
        duties[0].id
    );
}

#[test]
fn a_term_begins_with_the_earlier_of_two_clocks() {
    let desk = Desk::new();
    let mut records = given("contact", "2025-02-10T10:00");
    records.receipts[0].payload.iat = at("2025-01-20T10:00") / 1000;
    assert_eq!(desk.one(&records, "2026-01-19T12:00").2, "2026-01-20");
    records.receipts[0].payload.iat = at("2025-03-20T10:00") / 1000;
    assert_eq!(desk.one(&records, "2026-02-09T12:00").2, "2026-02-10");
}

#[test]
fn a_refused_applicant_stays_in_the_talent_pool() {
    let desk = Desk::new();
    let mut records = given("candidate", "2026-02-01T10:00");
    records.receipts.push(logged(
        2,
        "2026-02-01T10:00",
        Method::Form,
        &[("talent_pool", Decided::Given)],
    ));
    let refused = fact(
        1,
        "2026-02-20T15:00",
        FactKind::Event(Anchor::ApplicantRefused),
    );
    records.facts.push(refused.clone());
    let found = desk.find(&records, "2026-03-01T12:00");
    let [duty] = &found.duties[..] else {
        panic!("{found:?}", found = found.duties)
    };
    assert_eq!(duty.receipt, Some(records.receipts[0].hash));
    assert_eq!(duty.norm.as_ref().unwrap().as_str(), "152-fz-21-4-refused");
    assert_eq!(duty.due.as_ref().unwrap().to_string(), "2026-03-22");
    // Who applies again after that is an applicant again.
    records.receipts.push(logged(
        3,
        "2026-02-25T10:00",
        Method::Form,
        &[("candidate", Decided::Given)],
    ));
    assert_eq!(desk.find(&records, "2026-03-01T12:00").duties, []);
    // Named, it ends what is named, and nothing else.
    records.facts = vec![Fact {
        purpose: Some("talent_pool".parse().unwrap()),
        ..fact(
            2,
            "2026-02-26T15:00",
            FactKind::Event(Anchor::PurposeReached),
        )
    }];
    let found = desk.find(&records, "2026-03-01T12:00");
    assert_eq!(found.duties[0].receipt, Some(records.receipts[1].hash));
}

#[test]
fn what_is_blocked_in_time_has_six_months() {
    let desk = Desk::new();
    let mut records = given("contact", "2026-02-01T10:00");
    records.receipts.push(logged(
        2,
        "2026-02-10T10:00",
        Method::Withdraw,
        &[("contact", Decided::Withdrawn)],
    ));
    let id = desk.find(&records, "2026-03-01T12:00").duties[0].id;
    let block = |when| Fact {
        duty: Some(id),
        ..fact(1, when, FactKind::Event(Anchor::Blocked))
    };
    let limit = Some("2026-09-12".to_owned());
    records.facts = vec![block("2026-03-12T18:00")];
    assert_eq!(
        desk.one(&records, "2026-04-01T12:00"),
        (DESTROY, State::Coming, "2026-03-12".to_owned(), limit)
    );
    assert_eq!(desk.one(&records, "2026-09-13T00:00").1, State::Overdue);
    // Too late, for another duty, or lifted: no more time.
    records.facts = vec![block("2026-03-13T00:00")];
    assert_eq!(desk.one(&records, "2026-04-01T12:00").1, State::Overdue);
    records.facts = vec![Fact {
        duty: Some(Digest::of(b"other")),
        ..block("2026-03-12T18:00")
    }];
    assert_eq!(desk.one(&records, "2026-04-01T12:00").1, State::Overdue);
    let lifted = Fact {
        duty: Some(id),
        ..fact(2, "2026-03-20T18:00", FactKind::Unblocked)
    };
    records.facts = vec![block("2026-03-12T18:00"), lifted];
    assert_eq!(desk.one(&records, "2026-04-01T12:00").1, State::Overdue);
}
