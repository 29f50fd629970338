//! What one caller may use.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::Request,
};
use hyper::body::Frame;
use raspiska_server::clock::Clock;
use raspiska_shared::receipt::State;

use crate::house::{House, Scratch, receipt_request, send};
use crate::person::Person;

#[tokio::test]
async fn posts_above_the_rate_wait_and_reads_do_not() {
    let data = Arc::new(Scratch::new());
    let change = |config: &mut raspiska_server::config::Config| {
        config.rate = 3;
        config.trust_proxy = true;
    };
    let house = House::open_in(data, change, Clock::system()).await.unwrap();
    let from = |address: &str| {
        let mut request = receipt_request("x".into());
        request
            .headers_mut()
            .insert("x-forwarded-for", address.parse().unwrap());
        request
    };
    for _ in 0..3 {
        assert_eq!(send(&house.router, from("192.0.2.1")).await.kind(), "form");
    }
    let over = send(&house.router, from("192.0.2.1")).await;
    assert_eq!(
        (over.status.as_u16(), over.kind().as_str()),
        (429, "rate-limited")
    );
    assert!(!over.header("retry-after").is_empty());
    assert_eq!(
        over.header("access-control-allow-origin"),
        "*",
        "the page may read why"
    );
    assert_eq!(send(&house.router, from("192.0.2.2")).await.kind(), "form");
    assert_eq!(house.get("/healthz").await.status.as_u16(), 200);
}

/// A body of which nothing ever comes.
struct Silent;

impl HttpBody for Silent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_comes_is_not_waited_for() {
    let house = House::open().await;
    let request =
        Request::post("/v1/sites/jetcrm/receipts").header("content-type", "application/sd-jwt");
    let answer = send(&house.router, request.body(Body::new(Silent)).unwrap()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.kind().as_str()),
        (408, "timeout")
    );
}

#[tokio::test]
async fn a_flood_is_told_to_come_back_and_the_rest_is_logged() {
    let house = House::open().await;
    house.store.hold(true);
    let mut tasks = Vec::new();
    for number in 0..1101 {
        let (router, signed) = (
            house.router.clone(),
            Person::new(number).analytics(&house.site, State::Given),
        );
        tasks.push(tokio::spawn(async move {
            send(&router, receipt_request(signed.text))
                .await
                .status
                .as_u16()
        }));
        if number == 0 {
            // Alone in the append that is held; 1024 find a place in the queue behind it.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    while tasks.iter().filter(|task| task.is_finished()).count() < 76 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    house.store.hold(false);
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(201), count(503)), (1025, 76));
    assert_eq!(house.audit().await.len(), 1025);
}
