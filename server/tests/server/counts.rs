//! What pages tell of: counted by day, written together, and nothing of whoever sent it.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use raspiska_server::{
    clock::Clock,
    store::{CountEvent, Counts, Sqlite, Store as _},
};
use rusqlite::Connection;

use crate::{
    faulty::{Call, Fault},
    house::{Answer, House, SITE, Scratch, raspiska, send},
};

/// 22 November 2026, 23:59:59 at UTC+3.
const LATE: u64 = 1_795_381_199;

async fn tell(house: &House, body: &str) -> Answer {
    let request = Request::post("/v1/sites/jetcrm/counts")
        .header("content-type", "text/plain;charset=UTF-8")
        .header("origin", "https://shop.example")
        .header("cookie", "visitor=4618")
        .header("user-agent", "Browser 4618");
    send(
        &house.router,
        request.body(Body::from(body.to_owned())).unwrap(),
    )
    .await
}

async fn counted(house: &House, body: &str) {
    let answer = tell(house, body).await;
    assert_eq!(
        (answer.status, answer.body.len()),
        (StatusCode::NO_CONTENT, 0),
        "{}",
        answer.text()
    );
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("set-cookie"), "");
}

fn stored(data: &Scratch) -> Counts {
    let store = Sqlite::open_read_only(&data.0.join("store.sqlite")).unwrap();
    store.counts(SITE, "0000-01-01"..="9999-12-31").unwrap()
}

/// How often one was counted, on whichever day.
fn of(counts: &Counts, event: CountEvent, category: &str) -> u64 {
    let own = counts
        .iter()
        .filter(|(own, _)| own.event == event && own.category == category);
    own.map(|(_, n)| n).sum()
}

#[tokio::test]
async fn days_are_counted_where_the_operator_is_and_nothing_else_is_kept() {
    let now = Arc::new(AtomicU64::new(LATE * 1000));
    let clock = {
        let now = Arc::clone(&now);
        Clock::new(move || now.load(Ordering::Relaxed))
    };
    let data = Arc::new(Scratch::new());
    let house = House::open_in(data, |_| (), clock).await.unwrap();
    for _ in 0..3 {
        counted(&house, "shown\n").await;
    }
    counted(&house, "chosen\ngiven media\nrefused analytics\n").await;
    now.fetch_add(1000, Ordering::Relaxed);
    counted(&house, "shown\n").await;
    let metrics = house.get("/metrics").await.text().to_owned();
    let line =
        r#"raspiska_requests_total{method="POST",route="/v1/sites/{site}/counts",status="204"} 5"#;
    assert!(metrics.contains(line), "{metrics}");

    let data = house.close();
    let counts = stored(&data);
    let rows: Vec<_> = counts
        .iter()
        .map(|(own, n)| (&*own.day, own.event.word(), &*own.category, *n))
        .collect();
    assert_eq!(
        rows,
        [
            ("2026-11-22", "shown", "", 3),
            ("2026-11-22", "chosen", "", 1),
            ("2026-11-22", "given", "media", 1),
            ("2026-11-22", "refused", "analytics", 1),
            ("2026-11-23", "shown", "", 1),
        ]
    );
    for file in fs::read_dir(&data.0).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        for trace in ["4618", "shop.example"] {
            let found = bytes
                .windows(trace.len())
                .any(|own| own == trace.as_bytes());
            assert!(!found, "{trace} was kept");
        }
    }
}

#[tokio::test]
async fn a_day_goes_on_after_a_new_start() {
    let mut house = House::open().await;
    for _ in 0..3 {
        counted(&house, "shown\ngiven media\n").await;
        house = house.restart().await;
    }
    let counts = stored(&house.close());
    assert_eq!(of(&counts, CountEvent::Shown, ""), 3);
    assert_eq!(of(&counts, CountEvent::Given, "media"), 3);
}

#[tokio::test]
async fn what_is_no_count_is_refused_and_not_counted() {
    let house = House::open().await;
    let long = "shown\n".repeat(86);
    for (body, status, kind) in [
        ("", 400, "bad-request"),
        ("shown", 400, "bad-request"),
        ("shown\nshown\n", 400, "bad-request"),
        ("shown 1\n", 400, "bad-request"),
        ("given nobody\n", 422, "purpose"),
        (&long, 413, "too-large"),
    ] {
        let answer = tell(&house, body).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.kind()),
            (status, kind),
            "{body:?}"
        );
        assert!(
            !answer.text().contains("nobody"),
            "a sentence repeats nothing"
        );
    }
    let request = |path: &str, media_type: &str| {
        let request = Request::post(path).header("content-type", media_type);
        request.body(Body::from("shown\n")).unwrap()
    };
    let json = request("/v1/sites/jetcrm/counts", "application/json");
    assert_eq!(send(&house.router, json).await.kind(), "media-type");
    let nobody = request("/v1/sites/nobody/counts", "text/plain");
    assert_eq!(send(&house.router, nobody).await.kind(), "not-found");
    let read = house.get("/v1/sites/jetcrm/counts").await;
    assert_eq!(read.kind(), "method");
    assert_eq!(stored(&house.close()), Counts::new());
}

#[tokio::test]
async fn counts_have_the_rate_of_receipts() {
    let change = |config: &mut raspiska_server::config::Config| config.rate = 2;
    let house = House::open_in(Arc::new(Scratch::new()), change, Clock::system())
        .await
        .unwrap();
    counted(&house, "shown\n").await;
    counted(&house, "shown\n").await;
    let over = tell(&house, "shown\n").await;
    assert_eq!(over.kind(), "rate-limited");
    assert_eq!(of(&stored(&house.close()), CountEvent::Shown, ""), 2);
}

/// The matrix of the counts: read or written × nothing happened, everything did × once, or from then on.
#[tokio::test]
async fn a_count_that_could_not_be_written_is_counted_once_or_lost() {
    let mut house = House::open().await;
    let mut shown = 0;
    for call in [Call::Counts, Call::SetCounts] {
        for fault in [Fault::Nothing, Fault::Everything] {
            for lasting in [false, true] {
                let cell = format!("{call:?} {fault:?}, lasting: {lasting}");
                house.store.fail_at(call, fault, 1, lasting);
                // Nobody who looks at a page is told of it.
                counted(&house, "shown\n").await;
                let store = Arc::clone(&house.store);
                let data = house.close();
                assert!(store.has_failed(), "{cell}");
                let lost = lasting && (call, fault) != (Call::SetCounts, Fault::Everything);
                shown += u64::from(!lost);
                let counts = stored(&data);
                assert_eq!(of(&counts, CountEvent::Shown, ""), shown, "{cell}");
                house = House::open_in(data, |_| (), Clock::system()).await.unwrap();
            }
        }
    }
    counted(&house, "shown\n").await;
    let counts = stored(&house.close());
    assert_eq!(of(&counts, CountEvent::Shown, ""), shown + 1);
}

#[tokio::test]
async fn a_store_that_is_older_than_the_counts_gets_them() {
    let data = House::open().await.close();
    let path = data.0.join("store.sqlite");
    let older = Connection::open(&path).unwrap();
    older.execute_batch("DROP TABLE counts").unwrap();
    drop(older);
    assert_eq!(stored(&data), Counts::new());
    let house = House::open_in(data, |_| (), Clock::system()).await.unwrap();
    counted(&house, "shown\n").await;
    assert_eq!(of(&stored(&house.close()), CountEvent::Shown, ""), 1);
}

#[tokio::test]
async fn the_operator_is_told_of_many_and_not_of_few() {
    let house = House::open().await;
    for number in 0..25 {
        let answer = ["given media\n", "refused media\n"][usize::from(number % 5 == 0)];
        counted(&house, &format!("shown\n{answer}")).await;
    }
    let data = house.close();
    let dir = data.0.to_str().unwrap();
    let told = |more: &[&str]| raspiska(&[&["counts", "--data", dir][..], more].concat());
    let (code, table, error) = told(&["--site", SITE]);
    assert_eq!((code, &*error), (Some(0), ""));
    for words in ["media given", "20 (80 %)", "5 (20 %)"] {
        assert!(table.contains(words), "{words:?} is not in\n{table}");
    }
    let (_, few, _) = told(&["--site", SITE, "--least", "30"]);
    assert!(few.contains("shown fewer than 30 times"), "{few}");
    assert!(!few.contains("25") && !few.contains("media"), "{few}");
    let (_, json, _) = told(&["--site", SITE, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let period = &json["periods"][0];
    assert_eq!(
        (&period["shown"], &period["categories"]["media"]["given"]),
        (&25.into(), &20.into())
    );
    let (_, before, _) = told(&["--site", SITE, "--to", "2020-01-01"]);
    assert!(before.contains("Nothing was counted"), "{before}");
    for (wrong, sentence) in [
        (&["--site", "nobody"][..], "no log of that site"),
        (&["--site", SITE, "--least", "9"], "9 is not in 10"),
        (&["--site", SITE, "--from", "yesterday"], "--from"),
        (
            &["--site", SITE, "--from", "2026-11-02", "--to", "2026-11-01"],
            "--from is after --to",
        ),
    ] {
        let (code, out, error) = told(wrong);
        assert_ne!(code, Some(0), "{out}");
        assert!(error.contains(sentence), "{error}");
    }
}
