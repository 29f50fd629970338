//! What the office states: withdrawals on paper, blocks, refusals.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use raspiska_server::store::Store as _;
use raspiska_shared::receipt::{Disclosure, State};
use serde_json::{Value, json};

use super::{VALUE, contact, office};
use crate::faulty::{Call, Fault};
use crate::house::SITE;
use crate::person::Person;

#[tokio::test]
async fn a_letter_withdraws_in_the_operators_name() {
    let (house, _) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    let token = house.log_in("officer").await;
    for (body, kind) in [
        (json!({"by": "pigeon"}), "bad-request"),
        (
            json!({"by": "letter", "purposes": ["contact", "contact"]}),
            "bad-request",
        ),
        (
            json!({"by": "letter", "purposes": ["contact", "advertising"]}),
            "withdrawal",
        ),
        (json!({"by": "letter", "purposes": []}), "withdrawal"),
    ] {
        assert_eq!(
            house.tell(&token, &receipt, body.clone()).await.kind(),
            kind,
            "{body}"
        );
    }
    let unknown = contact(&house, 2);
    assert_eq!(
        house
            .tell(&token, &unknown, json!({"by": "call"}))
            .await
            .kind(),
        "not-found"
    );

    let told = house.tell(&token, &receipt, json!({"by": "letter"})).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.text());
    let statement = told.json()["receipt"].as_str().unwrap().parse().unwrap();
    let row = house.store.row(SITE, &statement).unwrap().unwrap();
    let payload =
        raspiska_shared::receipt::Receipt::open(format!("{}~", row.token).as_bytes()).unwrap();
    let event = serde_json::to_value(&payload.payload().event).unwrap();
    assert_eq!(event, json!({"by": "operator", "method": "letter"}));
    assert_eq!(
        house.values(&token, &receipt, "contact").await.kind(),
        "not-given"
    );
    assert_eq!(
        house
            .tell(&token, &receipt, json!({"by": "call"}))
            .await
            .kind(),
        "withdrawal"
    );
}

const DAY: u64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn blocked_data_are_not_read() {
    let (house, _) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    let token = house.log_in("officer").await;
    let state = async |kind: &str, more: Value| {
        let mut body = json!({"kind": kind, "receipt": receipt.hash.to_string()});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let answer = house.ask("POST", "/sites/jetcrm/facts", &token, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    };
    state("blocked", json!({"purpose": "advertising"})).await;
    assert_eq!(
        house.values(&token, &receipt, "contact").await.status,
        StatusCode::OK
    );
    state("blocked", json!({})).await;
    let answer = house.values(&token, &receipt, "contact").await;
    assert!(
        answer.kind() == "not-given" && answer.text().contains("blocked"),
        "{}",
        answer.text()
    );
    state("unblocked", json!({})).await;
    assert_eq!(
        house.values(&token, &receipt, "contact").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn what_is_stated_has_what_its_kind_needs() {
    let (house, now) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    let (own, other) = (
        receipt.hash.to_string(),
        contact(&house, 2).hash.to_string(),
    );
    let later = now.load(Ordering::Relaxed) + 1;
    let (officer, hr) = (house.log_in("officer").await, house.log_in("hr").await);
    let cases = [
        (&officer, json!({"kind": "nothing"}), "bad-request"),
        (
            &officer,
            json!({"kind": "done", "duty": "x"}),
            "bad-request",
        ),
        (
            &officer,
            json!({"kind": "purpose_reached", "receipt": own, "purpose": "a b"}),
            "bad-request",
        ),
        (
            &officer,
            json!({"kind": "purpose_reached", "receipt": other}),
            "not-found",
        ),
        (&officer, json!({"kind": "purpose_reached"}), "fact"),
        (
            &officer,
            json!({"kind": "purpose_reached", "receipt": own, "time": later}),
            "fact",
        ),
        (&officer, json!({"kind": "unblocked"}), "fact"),
        (&officer, json!({"kind": "done"}), "fact"),
        (&officer, json!({"kind": "extended", "duty": own}), "fact"),
        (
            &officer,
            json!({"kind": "consent_withdrawn", "receipt": own}),
            "fact",
        ),
        (
            &hr,
            json!({"kind": "purpose_reached", "receipt": own}),
            "forbidden",
        ),
        (
            &hr,
            json!({"kind": "applicant_refused", "receipt": own}),
            "forbidden",
        ),
    ];
    for (token, body, kind) in cases {
        let answer = house
            .ask("POST", "/sites/jetcrm/facts", token, body.clone())
            .await;
        assert_eq!(answer.kind(), kind, "{body}");
    }
    for fault in [Fault::Nothing, Fault::Everything] {
        house.store.fail(Call::AddFact, fault);
        let body = json!({"kind": "purpose_reached", "receipt": own});
        let answer = house
            .ask("POST", "/sites/jetcrm/facts", &officer, body)
            .await;
        assert_eq!(answer.kind(), "unavailable");
    }
}

#[tokio::test]
async fn a_refused_applicant_is_due_for_destruction() {
    let (house, now) = office().await;
    let person = Person::new(1);
    let contact = person.contact(&house.site, &[("email", VALUE)], "x");
    let form = raspiska_shared::receipt::Receipt::open(contact.text.as_bytes()).unwrap();
    let mut draft = person.draft(&house.site, "candidate", &[("candidate", State::Given)]);
    draft.event = form.payload().event.clone();
    draft.disclosures = form.disclosures().to_vec();
    let age = Disclosure::new([9; 16], "age", "18 лет или больше");
    draft.disclosures.push(age);
    let application = person.sign(draft);
    house.log(&application).await;
    let duties = async |login: &str| {
        let token = house.log_in(login).await;
        let answer = house
            .ask("GET", "/sites/jetcrm/duties", &token, Value::Null)
            .await;
        let destroy = |duty: &&Value| duty["what"] == "destroy";
        answer.json()["duties"]
            .as_array()
            .unwrap()
            .iter()
            .filter(destroy)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(duties("officer").await, [] as [Value; 0]);

    let token = house.log_in("hr").await;
    let body = json!({"kind": "applicant_refused", "receipt": application.hash.to_string()});
    let answer = house.ask("POST", "/sites/jetcrm/facts", &token, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    for login in ["officer", "hr"] {
        let due = duties(login).await;
        assert_eq!(due.len(), 1, "{login}: {due:?}");
        assert_eq!(due[0]["receipt"], application.hash.to_string());
        assert!(due[0]["norm"].as_str().unwrap().contains("21"), "{due:?}");
        assert_eq!(due[0]["state"], "coming");
    }
    assert_eq!(duties("marketing").await, [] as [Value; 0]);
    now.fetch_add(45 * DAY, Ordering::Relaxed);
    assert_eq!(duties("auditor").await[0]["state"], "overdue");
}
