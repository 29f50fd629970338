//! What people wrote: read for a purpose, by role, and never without a note.

use axum::http::StatusCode;
use raspiska_server::store::Offices as _;
use raspiska_shared::receipt::{Disclosure, State};
use serde_json::{Value, json};

use super::{PASSWORD, VALUE, contact, look, office};
use crate::faulty::{Call, Fault};
use crate::house::SITE;
use crate::person::Person;

#[tokio::test]
async fn values_are_read_for_a_purpose_that_is_given() {
    let (house, _) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    let token = house.log_in("officer").await;

    let read = house.values(&token, &receipt, "contact").await;
    assert_eq!(read.json(), json!({"values": {"email": VALUE}}));
    assert_eq!(read.header("cache-control"), "no-store");
    assert_eq!(
        house.values(&token, &receipt, "advertising").await.kind(),
        "purpose"
    );
    assert_eq!(
        house.values(&token, &receipt, "analytics/").await.kind(),
        "bad-request"
    );
    let unknown = contact(&house, 2);
    assert_eq!(
        house.values(&token, &unknown, "contact").await.kind(),
        "not-found"
    );
    let path = format!("/sites/jetcrm/receipts/{}/values", receipt.hash);
    for reason in ["", "two\nlines", &"x".repeat(201)] {
        let body = json!({"purpose": "contact", "reason": reason});
        assert_eq!(
            house.ask("POST", &path, &token, body).await.kind(),
            "bad-request"
        );
    }

    // The person withdraws: from the next entry of the log on nothing is read.
    let person = Person::new(1);
    let withdrawn =
        person.sign(person.draft(&house.site, "contact", &[("contact", State::Withdrawn)]));
    house.log(&withdrawn).await;
    assert_eq!(
        house.values(&token, &receipt, "contact").await.kind(),
        "not-given"
    );
    assert_eq!(
        house.looks(),
        [
            look("officer", "contact", "values read"),
            look("officer", "advertising", "refused"),
            look("officer", "contact", "refused"),
        ]
    );
    let noted = house.store.accesses(0, 1).unwrap();
    let (_, first) = noted.first().unwrap();
    assert_eq!(
        (first.receipt, &*first.site, &*first.reason),
        (receipt.hash, SITE, "a test reads")
    );
}

#[tokio::test]
async fn what_was_destroyed_is_gone() {
    let (house, _) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    house.erase(&[receipt.hash]).unwrap();
    let token = house.log_in("officer").await;
    assert_eq!(
        house.values(&token, &receipt, "contact").await.kind(),
        "gone"
    );
}

#[tokio::test]
async fn each_role_sees_its_own() {
    let (house, _) = office().await;
    let visitor = contact(&house, 1);
    house.log(&visitor).await;
    let (applicant, reader) = (Person::new(2), Person::new(3));
    let send = async |person: &Person, notice: &str, purpose: &str| {
        let mut draft = person.draft(&house.site, notice, &[(purpose, State::Given)]);
        let contact = person.contact(&house.site, &[("email", VALUE)], "x");
        let form = raspiska_shared::receipt::Receipt::open(contact.text.as_bytes()).unwrap();
        draft.event = form.payload().event.clone();
        draft.disclosures = form.disclosures().to_vec();
        if notice == "candidate" {
            let age = Disclosure::new([9; 16], "age", "18 лет или больше");
            draft.disclosures.push(age);
        }
        let signed = person.sign(draft);
        house.log(&signed).await;
        signed
    };
    let application = send(&applicant, "candidate", "candidate").await;
    let subscription = send(&reader, "advertising", "advertising").await;

    let all = ["contact", "candidate", "advertising"];
    let cases: [(&str, &[&str], [bool; 3]); 4] = [
        ("officer", &all, [true, true, true]),
        ("auditor", &all, [false, false, false]),
        ("hr", &["candidate"], [false, true, false]),
        ("marketing", &["advertising"], [false, false, true]),
    ];
    for (login, listed, reads) in cases {
        let token = house.log_in(login).await;
        assert_eq!(house.listed(&token).await, listed, "{login}");
        for ((receipt, purpose), may) in [&visitor, &application, &subscription]
            .into_iter()
            .zip(all)
            .zip(reads)
        {
            let answer = house.values(&token, receipt, purpose).await;
            match may {
                true => assert_eq!(answer.json()["values"]["email"], VALUE, "{login} {purpose}"),
                false => assert_eq!(answer.kind(), "forbidden", "{login} {purpose}"),
            }
        }
        let log = house.ask("GET", "/access", &token, Value::Null).await;
        let told = house
            .tell(
                &token,
                &visitor,
                json!({"by": "call", "purposes": ["nothing"]}),
            )
            .await;
        match login {
            "officer" => assert_eq!((log.status, &*told.kind()), (StatusCode::OK, "withdrawal")),
            "auditor" => assert_eq!((log.status, &*told.kind()), (StatusCode::OK, "forbidden")),
            _ => assert_eq!((&*log.kind(), &*told.kind()), ("forbidden", "forbidden")),
        }
    }
}

#[tokio::test]
async fn lists_go_on_where_they_ended() {
    let (house, _) = office().await;
    for number in 0..101 {
        house.log(&contact(&house, number)).await;
    }
    let token = house.log_in("officer").await;
    let page = async |query: &str| {
        let path = format!("/sites/jetcrm/receipts{query}");
        house.ask("GET", &path, &token, Value::Null).await
    };
    let first = page("").await.json();
    assert_eq!(
        (first["receipts"].as_array().unwrap().len(), &first["next"]),
        (100, &json!(100))
    );
    assert!(!first.to_string().contains(VALUE));
    let rest = page("?from=100").await.json();
    assert_eq!(
        (rest["receipts"].as_array().unwrap().len(), &rest["next"]),
        (1, &Value::Null)
    );
    assert_eq!(
        page("?from=9223372036854775807").await.json()["receipts"],
        json!([])
    );
    for query in [
        "?from=-1",
        "?from=9223372036854775808",
        "?from=x",
        "?form=1",
    ] {
        assert_eq!(page(query).await.kind(), "bad-request");
    }
    let log = house
        .ask(
            "GET",
            "/access?after=9223372036854775807",
            &token,
            Value::Null,
        )
        .await;
    assert_eq!(log.json(), json!({"accesses": [], "next": null}));
    assert_eq!(
        house
            .ask("GET", "/access?before=1", &token, Value::Null)
            .await
            .kind(),
        "bad-request"
    );
}

#[tokio::test]
async fn without_a_note_nothing_is_shown() {
    let (house, _) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    let token = house.log_in("officer").await;
    for fault in [Fault::Nothing, Fault::Everything] {
        house.store.fail(Call::NoteAccess, fault);
        assert_eq!(
            house.values(&token, &receipt, "contact").await.kind(),
            "unavailable"
        );
        for call in [Call::Account, Call::Session] {
            house.store.fail(call, fault);
            assert_eq!(
                house.values(&token, &receipt, "contact").await.kind(),
                "unavailable",
                "{call:?}"
            );
        }
        for call in [Call::Account, Call::BeginSession] {
            house.store.fail(call, fault);
            let body = json!({"login": "officer", "password": PASSWORD});
            assert_eq!(
                house.ask("POST", "/session", "", body).await.kind(),
                "unavailable",
                "{call:?}"
            );
        }
        house.store.fail(Call::EndSession, fault);
        let ended = house
            .ask("DELETE", "/session", &house.log_in("hr").await, Value::Null)
            .await;
        assert_eq!(ended.kind(), "unavailable");
        house.store.fail(Call::Accesses, fault);
        assert_eq!(
            house
                .ask("GET", "/access", &token, Value::Null)
                .await
                .kind(),
            "unavailable"
        );
    }
    assert_eq!(
        house.looks(),
        [look("officer", "contact", "values read")],
        "noted, not shown"
    );
}
