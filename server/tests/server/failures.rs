//! The store fails in the middle: nobody is told a lie, nothing is lost or doubled, and the next one is served.

use std::sync::Arc;

use axum::http::StatusCode;
use raspiska_server::clock::Clock;
use raspiska_shared::receipt::State;
use rusqlite::Connection;

use crate::{
    faulty::{Call, Fault},
    house::House,
    person::Person,
};

#[tokio::test]
async fn after_every_failure_the_same_receipt_gets_one_place() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let first = visitor.contact(&house.site, &[("email", "a@example.org")], "x");
    house.log(&first).await;
    let matrix = [
        // Rolled back: the retry is logged.
        (Call::Append, Fault::Nothing, StatusCode::CREATED),
        // Persisted after all: the retry is told the place that it has.
        (Call::Append, Fault::Everything, StatusCode::OK),
        // Before anything was written.
        (Call::Positions, Fault::Nothing, StatusCode::CREATED),
        (Call::History, Fault::Nothing, StatusCode::CREATED),
        (Call::SubjectKey, Fault::Nothing, StatusCode::CREATED),
    ];
    let mut expected = vec![first.hash];
    for (call, fault, after) in matrix {
        let signed = match call {
            Call::History => visitor.sign(visitor.draft(
                &house.site,
                "contact",
                &[("contact", State::Withdrawn)],
            )),
            _ => visitor.contact(&house.site, &[("email", "b@example.org")], "x"),
        };
        let size = house.checkpoint().await.size;
        house.store.fail(call, fault);
        let failed = house.post(&signed.text).await;
        assert!(house.store.has_failed(), "{call:?} was called");
        assert_eq!(
            (failed.status.as_u16(), failed.kind().as_str()),
            (503, "unavailable"),
            "{call:?} {fault:?}"
        );
        assert!(!failed.header("retry-after").is_empty());
        let retried = house.post(&signed.text).await;
        assert_eq!(
            retried.status,
            after,
            "{call:?} {fault:?}: {}",
            retried.text()
        );
        assert_eq!(
            house.check(&retried, &signed).index,
            size,
            "{call:?} {fault:?}"
        );
        expected.push(signed.hash);
        let logged: Vec<_> = house
            .audit()
            .await
            .into_iter()
            .map(|entry| entry.receipt)
            .collect();
        assert_eq!(logged, expected, "{call:?} {fault:?}");
    }
}

#[tokio::test]
async fn failures_while_recovering_are_recovered_from() {
    let house = House::open().await;
    house
        .log(&Person::new(1).analytics(&house.site, State::Given))
        .await;
    for call in [Call::Head, Call::Tile] {
        let signed = Person::new(2).analytics(&house.site, State::Given);
        house.store.fail(Call::Append, Fault::Nothing);
        assert_eq!(house.post(&signed.text).await.kind(), "unavailable");
        // The next batch loads the edge anew, and that fails too.
        house.store.fail(call, Fault::Nothing);
        assert_eq!(house.post(&signed.text).await.kind(), "unavailable");
        assert!(house.store.has_failed(), "{call:?} was called");
        house.log(&signed).await;
        house.audit().await;
    }
}

#[tokio::test]
async fn a_second_writer_is_noticed_and_followed() {
    let house = House::open().await;
    let other = House::open_in(Arc::clone(&house.data), |_| (), Clock::system())
        .await
        .unwrap();
    house
        .log(&Person::new(1).analytics(&house.site, State::Given))
        .await;
    // The other one still believes in an empty log.
    let signed = Person::new(2).analytics(&house.site, State::Given);
    assert_eq!(other.post(&signed.text).await.kind(), "unavailable");
    assert_eq!(other.log(&signed).await.index, 1);
    assert_eq!(house.audit().await.len(), 2);
}

#[tokio::test]
async fn a_log_that_goes_back_or_was_changed_is_not_written_any_more() {
    let empty_head = |house: &House| {
        let db = Connection::open(house.data.0.join("store.sqlite")).unwrap();
        let read = "SELECT size, root, checkpoint FROM log";
        db.query_row(read, [], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, [u8; 32]>(1)?,
                row.get::<_, String>(2)?,
            ))
        })
        .unwrap()
    };
    // An older head that was signed, and a head that never was.
    for tampered in [false, true] {
        let house = House::open().await;
        let (size, root, checkpoint) = empty_head(&house);
        house
            .log(&Person::new(1).analytics(&house.site, State::Given))
            .await;
        let db = Connection::open(house.data.0.join("store.sqlite")).unwrap();
        if tampered {
            db.execute("UPDATE log SET size = 2", []).unwrap();
        } else {
            db.execute(
                "UPDATE log SET size = ?1, root = ?2, checkpoint = ?3",
                (size, root, checkpoint),
            )
            .unwrap();
        }
        for _ in 0..2 {
            let answer = house
                .post(&Person::new(2).analytics(&house.site, State::Given).text)
                .await;
            assert_eq!(answer.kind(), "unavailable", "tampered: {tampered}");
        }
        let rows: i64 = db
            .query_row("SELECT count(*) FROM entry", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 1);
    }
}
