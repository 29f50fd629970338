//! Withdrawing: with the device's key, and with the code alone.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use raspiska_shared::{api::Logged, digest::Digest, log::proof::Proof, receipt::State};

use crate::house::{Answer, House, send};
use crate::person::Person;

async fn withdraw(house: &House, receipt: Digest, code: &str) -> Answer {
    let body = serde_json::json!({"receipt": receipt, "code": code}).to_string();
    let request =
        Request::post("/v1/sites/jetcrm/withdrawals").header("content-type", "application/json");
    send(&house.router, request.body(Body::from(body)).unwrap()).await
}

async fn status(house: &House, receipt: Digest) -> Vec<(String, State)> {
    let answer = house
        .get(&format!("/v1/sites/jetcrm/receipts/{receipt}"))
        .await;
    let logged: Logged = serde_json::from_slice(&answer.body).unwrap();
    logged
        .status
        .into_iter()
        .map(|(purpose, state)| (purpose.to_string(), state))
        .collect()
}

#[tokio::test]
async fn the_device_withdraws_what_it_gave_once() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let given = visitor.analytics(&house.site, State::Given);
    house.log(&given).await;
    house
        .log(&visitor.analytics(&house.site, State::Withdrawn))
        .await;
    assert_eq!(
        status(&house, given.hash).await,
        [("analytics".to_owned(), State::Withdrawn)]
    );
    let again = house
        .post(&visitor.analytics(&house.site, State::Withdrawn).text)
        .await;
    assert_eq!(
        (again.status.as_u16(), again.kind().as_str()),
        (422, "withdrawal")
    );
}

#[tokio::test]
async fn the_code_withdraws_without_the_device() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let form = visitor.contact(&house.site, &[("email", "a@example.org")], "КОД-1234");
    house.log(&form).await;

    let wrong = withdraw(&house, form.hash, "КОД-1235").await;
    assert_eq!(
        (wrong.status.as_u16(), wrong.kind().as_str()),
        (422, "code")
    );
    assert_eq!(
        status(&house, form.hash).await,
        [("contact".to_owned(), State::Given)]
    );

    let answer = withdraw(&house, form.hash, "КОД-1234").await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let logged: Logged = serde_json::from_slice(&answer.body).unwrap();
    assert_ne!(logged.receipt, form.hash, "a statement of its own");
    Proof::parse(&logged.proof)
        .unwrap()
        .verify(&house.vkey, &logged.receipt)
        .unwrap();
    assert_eq!(
        status(&house, form.hash).await,
        [("contact".to_owned(), State::Withdrawn)]
    );
    assert_eq!(
        status(&house, logged.receipt).await,
        [("contact".to_owned(), State::Withdrawn)]
    );

    // The answer was lost: it is given again, and nothing is logged twice.
    let again = withdraw(&house, form.hash, "КОД-1234").await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.text());
    let repeated: Logged = serde_json::from_slice(&again.body).unwrap();
    assert_eq!(
        (repeated.receipt, repeated.index, repeated.time),
        (logged.receipt, logged.index, logged.time)
    );
    assert_eq!(repeated.status, logged.status);
    assert_eq!(withdraw(&house, form.hash, "КОД-1235").await.kind(), "code");
    let by_device = house
        .post(
            &visitor
                .sign(visitor.draft(&house.site, "contact", &[("contact", State::Withdrawn)]))
                .text,
        )
        .await;
    assert_eq!(
        by_device.kind(),
        "withdrawal",
        "the statement counts for the person's device too"
    );
    assert_eq!(house.audit().await.len(), 2);
}

#[tokio::test]
async fn a_receipt_without_a_code_and_a_statement_are_opened_by_none() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let given = visitor.analytics(&house.site, State::Given);
    house.log(&given).await;
    assert_eq!(withdraw(&house, given.hash, "").await.kind(), "code");
    let form = visitor.contact(&house.site, &[], "x");
    house.log(&form).await;
    let statement: Logged =
        serde_json::from_slice(&withdraw(&house, form.hash, "x").await.body).unwrap();
    assert_eq!(
        withdraw(&house, statement.receipt, "x").await.kind(),
        "code"
    );
}

#[tokio::test]
async fn a_code_for_what_the_device_withdrew_is_told_that_all_is_done() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let form = visitor.contact(&house.site, &[], "КОД-1234");
    house.log(&form).await;
    let by_device = visitor.draft(&house.site, "contact", &[("contact", State::Withdrawn)]);
    house.log(&visitor.sign(by_device)).await;
    let answer = withdraw(&house, form.hash, "КОД-1234").await;
    assert_eq!(
        (answer.status.as_u16(), answer.kind().as_str()),
        (422, "withdrawal")
    );
    assert_eq!(house.audit().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_code_sent_many_times_at_once_makes_one_statement() {
    let house = Arc::new(House::open().await);
    let form = Person::new(1).contact(&house.site, &[], "КОД-1234");
    house.log(&form).await;
    // All of them see what is still given before the first of them is logged, behind somebody else's receipt.
    house.store.hold(true);
    let other = Person::new(2).analytics(&house.site, State::Given);
    let before = Arc::clone(&house);
    let before = tokio::spawn(async move { before.log(&other).await.index });
    while !house.store.waits() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let tasks = [(); 3].map(|()| {
        let (house, receipt) = (Arc::clone(&house), form.hash);
        tokio::spawn(async move { withdraw(&house, receipt, "КОД-1234").await })
    });
    let all_wait = r#"raspiska_queue_length{site="jetcrm"} 3"#;
    while !house.get("/metrics").await.text().contains(all_wait) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    house.store.hold(false);
    let mut statuses = Vec::new();
    for task in tasks {
        let answer = task.await.unwrap();
        let logged: Logged = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(logged.index, 2);
        statuses.push(answer.status.as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 201]);
    assert_eq!(before.await.unwrap(), 1);
    assert_eq!(house.audit().await.len(), 3);
}
