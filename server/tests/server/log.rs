//! Receipts in the log: one place each, for ever.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use raspiska_shared::{log::proof::Proof, receipt::State};
use tokio::task::JoinSet;

use crate::house::{House, receipt_request, send};
use crate::person::Person;

#[tokio::test]
async fn a_receipt_sent_again_keeps_its_place() {
    let house = House::open().await;
    let signed = Person::new(1).analytics(&house.site, State::Given);
    let first = house.log(&signed).await;
    house
        .log(&Person::new(2).analytics(&house.site, State::Refused))
        .await;
    let again = house.post(&signed.text).await;
    assert_eq!(again.status, StatusCode::OK);
    let again = house.check(&again, &signed);
    assert_eq!(
        (again.index, again.time, &again.status),
        (first.index, first.time, &first.status)
    );
    assert_ne!(again.proof, first.proof, "a proof up to the head of now");
    assert_eq!(house.audit().await.len(), 2);
}

#[tokio::test]
async fn two_hundred_at_once_get_two_hundred_places_and_proofs() {
    let house = House::open().await;
    let mut tasks = JoinSet::new();
    for number in 0..200 {
        let signed = Person::new(number).analytics(&house.site, State::Given);
        let router = house.router.clone();
        tasks.spawn(async move {
            (
                send(&router, receipt_request(signed.text.clone())).await,
                signed,
            )
        });
    }
    let mut places = BTreeSet::new();
    let mut receipts = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (answer, signed) = done.unwrap();
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        places.insert(house.check(&answer, &signed).index);
        receipts.push(signed);
    }
    assert_eq!(places, (0..200).collect());

    // Over the first tile's end, with proofs for old and new ones from what is stored.
    for number in 200..260 {
        receipts.push(Person::new(number).analytics(&house.site, State::Given));
        house.log(receipts.last().unwrap()).await;
    }
    assert_eq!(house.audit().await.len(), 260);
    for signed in &receipts {
        let answer = house
            .get(&format!("/v1/sites/jetcrm/receipts/{}", signed.hash))
            .await;
        let logged = house.check(&answer, signed);
        let checkpoint = Proof::parse(&logged.proof)
            .unwrap()
            .verify(&house.vkey, &signed.hash)
            .unwrap();
        assert_eq!(checkpoint.size, 260);
    }
}

#[tokio::test]
async fn a_restart_goes_on_where_the_log_was() {
    let mut house = House::open().await;
    let mut leaves = Vec::new();
    for round in 0..3 {
        for number in 0..3 {
            house
                .log(&Person::new(round * 10 + number).analytics(&house.site, State::Given))
                .await;
        }
        let before = house.checkpoint().await;
        let vkey = house.vkey.clone();
        house = house.restart().await;
        assert_eq!(house.vkey, vkey);
        assert_eq!(house.checkpoint().await, before);
        let entries = house.audit().await;
        assert!(
            entries.starts_with(&leaves),
            "what was logged stays as it was"
        );
        leaves = entries;
    }
    assert_eq!(leaves.len(), 9);
}

#[tokio::test]
async fn what_waits_together_is_decided_in_order() {
    let house = House::open().await;
    let (visitor, stranger) = (Person::new(1), Person::new(2));
    let given = visitor.analytics(&house.site, State::Given);
    let withdrawn = visitor.analytics(&house.site, State::Withdrawn);
    let unfounded = stranger.analytics(&house.site, State::Withdrawn);
    let twice = visitor.analytics(&house.site, State::Withdrawn);

    // The first append is held, so that the others gather to one batch behind it.
    house.store.hold(true);
    let first = Person::new(3).analytics(&house.site, State::Given);
    let mut tasks = Vec::new();
    for signed in [&first, &given, &given, &withdrawn, &unfounded, &twice] {
        let (router, text) = (house.router.clone(), signed.text.clone());
        tasks.push(tokio::spawn(async move {
            send(&router, receipt_request(text)).await
        }));
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    }
    house.store.hold(false);
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    let statuses: Vec<u16> = answers
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    assert_eq!(statuses, [201, 201, 200, 201, 422, 422]);
    assert_eq!(
        house.check(&answers[1], &given).index,
        house.check(&answers[2], &given).index
    );
    assert_eq!(
        (answers[4].kind(), answers[5].kind()),
        ("withdrawal".into(), "withdrawal".into())
    );
    assert_eq!(house.audit().await.len(), 3);
}
