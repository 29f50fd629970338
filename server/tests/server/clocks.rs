//! The same receipt again, receipts in another order, clocks that are wrong.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::http::StatusCode;
use raspiska_server::clock::Clock;
use raspiska_shared::receipt::{Signed, State};

use crate::house::{House, Scratch, receipt_request, send};
use crate::person::Person;

const DAY: u64 = 24 * 60 * 60;
const YEAR: u64 = 365 * DAY;

/// A server whose clock can be set; it begins with the real time.
async fn with_clock() -> (House, Arc<AtomicU64>) {
    let now = Arc::new(AtomicU64::new(Clock::system().millis()));
    let read = Arc::clone(&now);
    let clock = Clock::new(move || read.load(Ordering::SeqCst));
    let data = Arc::new(Scratch::new());
    (House::open_in(data, |_| (), clock).await.unwrap(), now)
}

fn later(clock: &AtomicU64, seconds: u64) {
    clock.fetch_add(seconds * 1000, Ordering::SeqCst);
}

fn earlier(clock: &AtomicU64, seconds: u64) {
    clock.fetch_sub(seconds * 1000, Ordering::SeqCst);
}

async fn again(house: &House, signed: &Signed) -> u64 {
    let answer = house.post(&signed.text).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    house.check(&answer, signed).index
}

#[tokio::test]
async fn the_same_receipt_has_the_same_place_however_late() {
    let (house, clock) = with_clock().await;
    let visitor = Person::new(1);
    let form = visitor.contact(&house.site, &[("email", "a@example.org")], "code");
    let unknown = visitor.analytics(&house.site, State::Given);
    house
        .log(&Person::new(2).analytics(&house.site, State::Given))
        .await;
    let first = house.log(&form).await;
    for days in [0, 31, 365] {
        later(&clock, days * DAY);
        assert_eq!(again(&house, &form).await, first.index, "{days}");
    }
    assert_eq!(house.post(&unknown.text).await.kind(), "clock");
    // Without its values it is not what was sent.
    let token = form.text.split_inclusive('~').next().unwrap();
    assert_eq!(house.post(token).await.kind(), "disclosure");
    assert_eq!(house.audit().await.len(), 2);
}

#[tokio::test]
async fn a_receipt_sent_hundreds_of_times_is_kept_once() {
    let house = House::open().await;
    let form = Person::new(1).contact(&house.site, &[("email", "a@example.org")], "code");
    let (first, others) = (house.log(&form).await, 300);
    let length = || {
        ["store.sqlite", "store.sqlite-wal"]
            .map(|name| fs::metadata(house.data.0.join(name)).map_or(0, |file| file.len()))
    };
    let before = length();
    for _ in 0..others / 50 {
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (router, text) = (house.router.clone(), form.text.clone());
                tokio::spawn(async move { send(&router, receipt_request(text)).await })
            })
            .collect();
        for task in tasks {
            let answer = task.await.unwrap();
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
            assert_eq!(house.check(&answer, &form).index, first.index);
        }
    }
    assert_eq!(length(), before);
    assert_eq!(house.audit().await.len(), 1);
}

#[tokio::test]
async fn receipts_in_another_order_are_told_apart() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let given = visitor.analytics(&house.site, State::Given);
    let chained = |state, before: &Signed| {
        let mut draft = visitor.draft(&house.site, "cookies-analytics", &[("analytics", state)]);
        draft.prev = Some(before.hash);
        visitor.sign(draft)
    };
    let withdrawn = chained(State::Withdrawn, &given);
    let refused = chained(State::Refused, &withdrawn);

    // The withdrawal overtakes what it withdraws: refused, and taken as it is when its time has come.
    let early = house.post(&withdrawn.text).await;
    assert_eq!(
        (early.status.as_u16(), early.kind().as_str()),
        (422, "withdrawal")
    );
    assert_eq!(house.log(&given).await.index, 0);
    assert_eq!(house.log(&withdrawn).await.index, 1);
    assert_eq!(again(&house, &given).await, 0);
    assert_eq!(again(&house, &withdrawn).await, 1);

    // Nothing of `prev` is believed: the log's order is what counts.
    assert_eq!(house.log(&chained(State::Given, &refused)).await.index, 2);
    assert_eq!(house.log(&refused).await.index, 3);
    assert_eq!(house.audit().await.len(), 4);
}

#[tokio::test]
async fn a_device_whose_clock_is_a_year_off_is_told_so() {
    let house = House::open().await;
    let visitor = Person::new(1);
    for off in [|iat: u64| iat + YEAR, |iat| iat - YEAR, |_| 0, |_| u64::MAX] {
        let given = [("analytics", State::Given)];
        let mut draft = visitor.draft(&house.site, "cookies-analytics", &given);
        draft.iat = off(draft.iat);
        let answer = house.post(&visitor.sign(draft).text).await;
        assert_eq!(
            (answer.status.as_u16(), answer.kind().as_str()),
            (422, "clock")
        );
    }
    assert_eq!(house.audit().await.len(), 0);
}

#[tokio::test]
async fn a_server_whose_clock_jumps_keeps_its_log_whole() {
    let (house, clock) = with_clock().await;
    let signs = |number| Person::new(number).analytics(&house.site, State::Given);
    house.log(&signs(0)).await;
    for (number, jump) in [
        (1, later as fn(&AtomicU64, u64)),
        (2, earlier),
        (3, earlier),
        (4, later),
    ] {
        jump(&clock, YEAR);
        let fresh = signs(number);
        let answer = house.post(&fresh.text).await;
        // In step with the person's clock again after an even number of jumps.
        if number % 2 == 0 {
            assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        } else {
            assert_eq!(answer.kind(), "clock", "{number}");
        }
        assert_eq!(house.get("/healthz").await.status, StatusCode::OK);
    }
    // What is logged says the time that the clock showed, and the next server begins where this one ended.
    assert_eq!(house.audit().await.len(), 3);
    let house = house.restart().await;
    house
        .log(&Person::new(5).analytics(&house.site, State::Given))
        .await;
    assert_eq!(house.audit().await.len(), 4);
}
