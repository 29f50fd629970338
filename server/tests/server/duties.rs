//! Duties of a running server: the end of a consent's term is stated once, whatever sleeps, fails or goes wrong with the clock.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use raspiska_server::{
    clock::Clock,
    store::{Sqlite, Store as _},
};
use raspiska_shared::{api::Logged, digest::Digest, receipt::State};

use crate::{
    faulty::{Call, Fault},
    house::{House, SITE, Scratch, demo_site, raspiska},
    person::Person,
};

const DAY: u64 = 24 * 60 * 60 * 1000;

/// A server whose clock can be set; it begins with the real time.
async fn with_clock() -> (House, Arc<AtomicU64>) {
    let now = Arc::new(AtomicU64::new(Clock::system().millis()));
    let house = House::open_in(Arc::new(Scratch::new()), |_| (), clock(&now)).await;
    (house.unwrap(), now)
}

fn clock(now: &Arc<AtomicU64>) -> Clock {
    let now = Arc::clone(now);
    Clock::new(move || now.load(Ordering::SeqCst))
}

async fn restart(house: House, now: &Arc<AtomicU64>) -> House {
    let data = house.close();
    House::open_in(data, |_| (), clock(now)).await.unwrap()
}

/// What holds by a receipt.
async fn status(house: &House, receipt: Digest) -> State {
    let answer = house
        .get(&format!("/v1/sites/jetcrm/receipts/{receipt}"))
        .await;
    let logged: Logged = serde_json::from_slice(&answer.body).unwrap();
    *logged.status.values().next().unwrap()
}

async fn attend(house: &House) {
    let app = house.app.clone();
    tokio::task::spawn_blocking(move || app.attend_to_duties())
        .await
        .unwrap();
}

#[tokio::test]
async fn the_end_of_a_term_is_stated_once() {
    let (mut house, now) = with_clock().await;
    let began = now.load(Ordering::SeqCst);
    let form = Person::new(1).contact(&house.site, &[("email", "a@example.org")], "code");
    house.log(&form).await;
    // Of a choice about cookies nobody is told that a year is over.
    let cookies = Person::new(2).analytics(&house.site, State::Given);
    house.log(&cookies).await;
    attend(&house).await;
    assert_eq!(house.audit().await.len(), 2);

    now.store(began + 367 * DAY, Ordering::SeqCst);
    attend(&house).await;
    assert_eq!(house.audit().await.len(), 3);
    assert_eq!(status(&house, form.hash).await, State::Withdrawn);
    assert_eq!(status(&house, cookies.hash).await, State::Given);

    // Again, after the clock was set back, after a start, half a year later.
    attend(&house).await;
    now.store(began, Ordering::SeqCst);
    attend(&house).await;
    for days in [0, 368, 500] {
        now.store(began + days * DAY, Ordering::SeqCst);
        house = restart(house, &now).await;
        attend(&house).await;
    }
    assert_eq!(house.audit().await.len(), 3);
    let row = house
        .store
        .history(SITE, &row_of(&house, form.hash))
        .unwrap();
    assert_eq!(row.len(), 2);
    let overdue = r#"raspiska_duties{site="jetcrm",state="overdue"} 1"#;
    assert!(house.get("/metrics").await.text().contains(overdue));
}

fn row_of(house: &House, receipt: Digest) -> raspiska_shared::party::SubjectId {
    house.store.row(SITE, &receipt).unwrap().unwrap().subject
}

#[tokio::test]
async fn a_store_that_fails_delays_the_statement_and_does_not_repeat_it() {
    // A read that failed has no effect to have had.
    let reads = [
        Call::Facts,
        Call::FactsOf,
        Call::History,
        Call::Row,
        Call::Rows,
        Call::Sealed,
    ];
    let reads = reads.map(|call| (call, Fault::Nothing));
    let appends = [Fault::Nothing, Fault::Everything].map(|fault| (Call::Append, fault));
    for (call, fault) in reads.into_iter().chain(appends) {
        let (house, now) = with_clock().await;
        let form = Person::new(1).contact(&house.site, &[("email", "a@example.org")], "code");
        house.log(&form).await;
        now.fetch_add(400 * DAY, Ordering::SeqCst);
        house.store.fail(call, fault);
        attend(&house).await;
        assert!(house.store.has_failed(), "{call:?}");
        // What failed may have happened; the next look finds out.
        attend(&house).await;
        attend(&house).await;
        assert_eq!(house.audit().await.len(), 2, "{call:?} {fault:?}");
        assert_eq!(status(&house, form.hash).await, State::Withdrawn);
    }
}

#[tokio::test]
async fn the_command_tells_what_is_due_and_nothing_personal() {
    let (house, _) = with_clock().await;
    let form = Person::new(1).contact(&house.site, &[("email", "a@example.org")], "code");
    house.log(&form).await;
    house
        .log(&Person::new(2).analytics(&house.site, State::Given))
        .await;
    let site = demo_site();
    let tell = |on: &str, more: &[&str]| {
        let (data, site) = (house.data.0.to_str().unwrap(), site.to_str().unwrap());
        let fixed = ["duties", "--data", data, "--site", site, "--on", on];
        let (code, out, err) = raspiska(&[&fixed, more].concat());
        assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
        assert!(!out.contains("example.org"));
        out
    };
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    assert!(tell(&today, &[]).contains("Nothing is due"));
    assert_eq!(tell(&today, &["--json"]), "");

    let given = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(3)));
    let ends = given.date().saturating_add(jiff::Span::new().years(1));
    let told = tell(&ends.to_string(), &["--json"]);
    let duty: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(duty["what"], "consent_expires");
    assert_eq!(duty["state"], "due_today");
    assert_eq!(duty["due"], ends.to_string());

    let after = ends.saturating_add(jiff::Span::new().days(40));
    let due = ends.saturating_add(jiff::Span::new().days(30));
    let told = tell(&after.to_string(), &["--destroy", "--json"]);
    let duty: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(duty["what"], "destroy");
    assert_eq!(duty["state"], "overdue");
    assert_eq!(duty["days_left"], -10);
    assert_eq!(duty["due"], due.to_string());
    assert_eq!(duty["receipt"], form.hash.to_string());
    let read = tell(&after.to_string(), &[]);
    assert!(
        read.contains("[overdue]") && read.contains("-10 days"),
        "{read}"
    );

    // By the law alone, nobody knows when a consent ends.
    let data = house.data.0.to_str().unwrap();
    let (code, out, _) = raspiska(&["duties", "--data", data, "--on", &after.to_string()]);
    assert_eq!(code, Some(0));
    assert!(out.contains("Nothing is due"), "{out}");
    assert_eq!(house.audit().await.len(), 2, "looking changes nothing");
    drop(Sqlite::open_read_only(&house.data.0.join("store.sqlite")).unwrap());
}

#[test]
fn the_command_tells_every_norm() {
    let site = demo_site();
    let site = site.to_str().unwrap();
    let fixed = ["norms", "--from", "2026-01-31"];
    let (code, out, err) = raspiska(&fixed);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.contains("152-FZ, art. 21(5.1) [S]: stop processing on demand"));
    assert!(out.contains("10 wd since processing_stop_requested: by 2026-02-13; with 5 wd more"));
    let (code, out, _) = raspiska(&[&fixed[..], &["--site", site]].concat());
    assert_eq!(code, Some(0));
    let backups = "in backups by 2026-07-31, counted from the end, which binds; counted from the deletion it would be 2026-09-02";
    assert!(out.contains(backups), "{out}");
    let (code, out, _) = raspiska(&["norms", "--from", "2026-12-25", "--json"]);
    assert_eq!(code, Some(0));
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    let answer = &told["norms"][1];
    assert_eq!(answer["id"], "152-fz-14-answer");
    assert!(
        answer["due"].is_null(),
        "the calendar of 2027 is not known: {answer}"
    );
    let (_, out, _) = raspiska(&["norms", "--from", "2026-12-25"]);
    assert!(out.contains("not known: the calendar of 2027 is not known"));
    let (code, _, err) = raspiska(&["norms", "--site", "/nowhere"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("/nowhere"), "{err}");
}
