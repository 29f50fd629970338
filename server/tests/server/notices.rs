//! What other systems are told of and no log says: requests as they are opened, duties as their last day comes near.

use std::sync::Arc;

use axum::http::StatusCode;
use raspiska_server::{
    app::StartError,
    store::{Deliveries as _, OfficeRole, Sqlite, Store as _, StoreError},
};
use raspiska_shared::{digest::Digest, receipt::Signed};
use serde_json::{Value, json};

use crate::{
    faulty::{Call, Fault, Faulty},
    house::{House, SITE, Scratch, raspiska},
    receiver::{Got, Hands, Receiver, Reply, hook, secret, told},
    requests::{NOON, SENDER, WORDS, ticket},
    rights::{VALUE, two_consents},
    watched::until,
};

const DAY: u64 = 24 * 60 * 60;
const NOTICES: &str = r#"["request.opened", "duty.near"]"#;

/// A server at noon of 1 December 2026, whose hook `crm` is told of requests and, three days before, of duties.
struct Desk {
    house: House,
    receiver: Receiver,
    hands: Hands,
    secret: String,
    contact: Signed,
}

impl Desk {
    async fn open() -> Self {
        Self::with(NOTICES).await
    }

    async fn with(events: &str) -> Self {
        let (receiver, data, hands) = (Receiver::new(), Arc::new(Scratch::new()), Hands::new());
        let secret = secret(&data, "crm", &[]);
        let house = told(data, &config(&receiver, events), hands.clock()).await;
        let (contact, _) = two_consents(&house, 1).await;
        hands.set(NOON);
        house.employs(OfficeRole::Officer);
        Self {
            house,
            receiver,
            hands,
            secret,
            contact,
        }
    }

    /// The next server over the same folder, with these hooks.
    async fn restarted(self, hooks: &str) -> Self {
        let house = told(self.house.close(), hooks, self.hands.clock()).await;
        Self { house, ..self }
    }

    async fn again(self) -> Self {
        let hooks = config(&self.receiver, NOTICES);
        self.restarted(&hooks).await
    }

    /// Somebody asks on the page. Gives the request's number.
    async fn asks(&self, kind: &str) -> String {
        ticket(&self.house.asks(&self.contact.hash, kind).await).0
    }

    async fn attends(&self) {
        let app = self.house.app.clone();
        let attended = tokio::task::spawn_blocking(move || app.attend_to_duties());
        attended.await.unwrap();
    }

    async fn got(&self, count: usize) -> Vec<Got> {
        let what = format!("{count} deliveries");
        until(&what, async || self.receiver.got().len() >= count).await;
        self.receiver.got()
    }

    /// Waits until every delivery is settled, and gives all that came.
    async fn quiet(&self, count: usize) -> Vec<Got> {
        self.got(count).await;
        until("nothing waits any more", async || {
            self.house.store.hooks(SITE).unwrap()[0].waiting == 0
        })
        .await;
        self.receiver.got()
    }

    async fn tried(&self, attempts: u32) {
        until("one more attempt", async || {
            let undelivered = self.house.store.undelivered(SITE, "crm").unwrap();
            undelivered
                .first()
                .is_some_and(|one| one.attempts == attempts)
        })
        .await;
    }

    async fn answers(&self, number: &str) {
        let token = self.house.log_in("officer").await;
        let step = json!({"step": "answer", "text": "Готово"});
        let answered = self.house.steps(&token, number, step).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
    }
}

fn config(receiver: &Receiver, events: &str) -> String {
    let config = receiver.config("crm", events);
    if events.contains("duty.near") {
        config + "near_days = 3\n"
    } else {
        config
    }
}

fn types(got: &[Got]) -> Vec<String> {
    let of = |got: &Got| got.json()["type"].as_str().unwrap().to_owned();
    got.iter().map(of).collect()
}

#[tokio::test]
async fn a_request_is_told_with_its_deadline_and_none_of_its_words() {
    let desk = Desk::open().await;
    let number = desk.asks("access").await;
    let got = desk.quiet(1).await;
    assert_eq!(got[0].signed_by(&desk.secret), [true]);
    let id = format!("request-opened_{number}");
    assert_eq!(got[0].id, id);
    let row = desk.house.store.row(SITE, &desk.contact.hash);
    // Ten working days after 1 December 2026.
    let expected = json!({
        "type": "request.opened", "timestamp": "2026-12-01T09:00:00Z",
        "data": {
            "site": SITE, "request": number, "kind": "access", "channel": "page",
            "came": "2026-12-01T09:00:00Z", "subject": row.unwrap().unwrap().subject,
            "receipt": desk.contact.hash, "due": "2026-12-15", "norm": "152-fz-14-answer",
        },
    });
    assert_eq!(got[0].json(), expected);
    let acks = hook(&desk.house.data, &["acks", &id]);
    assert!(acks.contains(&id) && acks.contains("with 204"), "{acks}");

    let token = desk.house.log_in("officer").await;
    let letter = json!({"kind": "destroy", "by": "letter", "text": WORDS, "sender": SENDER, "came": "2026-11-30"});
    let path = "/sites/jetcrm/requests";
    let taken = desk.house.ask("POST", path, &token, letter).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text());
    let got = desk.quiet(2).await;
    let data = &got[1].json()["data"];
    assert_eq!(data["request"], taken.json()["number"]);
    assert_eq!(
        (&data["channel"], &data["came"], &data["due"]),
        (
            &json!("letter"),
            &json!("2026-11-29T21:00:00Z"),
            &json!("2026-12-09")
        )
    );
    assert!(data.get("subject").is_none() && data.get("receipt").is_none());
    for one in &got {
        let body = String::from_utf8_lossy(&one.body);
        let code = taken.json()["code"].as_str().unwrap().to_owned();
        for planted in ["555-21-43", "555-88-12", VALUE, &code] {
            assert!(!body.contains(planted), "{planted}");
        }
    }
}

#[tokio::test]
async fn a_request_and_its_event_do_not_come_apart() {
    for (fault, count) in [(Fault::Nothing, 0), (Fault::Everything, 1)] {
        let desk = Desk::open().await;
        desk.house.store.fail_at(Call::OpenRequest, fault, 1, true);
        let ask = [("do", "request"), ("kind", "access"), ("text", WORDS)];
        let page = desk.house.my(&desk.contact.hash, &ask).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        let desk = desk.again().await;
        // One that is surely told comes after it.
        let last = desk.asks("complaint").await;
        let got = desk.quiet(count + 1).await;
        assert_eq!(got.len(), count + 1, "{fault:?}");
        assert_eq!(got[count].json()["data"]["request"], *last, "{fault:?}");
    }
}

#[tokio::test]
async fn a_crash_between_any_two_steps_delivers_under_the_same_id() {
    for call in [
        Call::Unheard,
        Call::ClaimNotices,
        Call::Notice,
        Call::Settle,
    ] {
        for fault in [Fault::Nothing, Fault::Everything] {
            let desk = Desk::open().await;
            desk.house.store.fail_at(call, fault, 1, true);
            let number = desk.asks("access").await;
            until("it fails", async || desk.house.store.has_failed()).await;
            let desk = desk.again().await;
            let got = desk.quiet(1).await;
            let id = format!("request-opened_{number}");
            assert!(got.iter().all(|one| one.id == id), "{call:?} {fault:?}");
            let sent_before = call == Call::Settle && fault == Fault::Nothing;
            assert_eq!(
                got.len(),
                1 + usize::from(sent_before),
                "{call:?} {fault:?}"
            );
            let of = Digest::of(id.as_bytes());
            let acks = desk.house.store.acknowledgements(SITE, &of).unwrap();
            assert_eq!(acks.len(), 1, "{call:?} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_hook_keeps_its_place_while_it_is_away_and_a_new_one_begins_at_the_end() {
    let desk = Desk::open().await;
    let first = desk.asks("access").await;
    desk.quiet(1).await;
    let desk = desk.restarted("").await;
    let second = desk.asks("correct").await;
    let (later, all) = (Receiver::new(), Receiver::new());
    for name in ["later", "all"] {
        secret(&desk.house.data, name, &[]);
    }
    let hooks = config(&desk.receiver, NOTICES)
        + &later.config("later", NOTICES)
        + &all.config("all", NOTICES)
        + "from = \"beginning\"\n";
    let desk = desk.restarted(&hooks).await;
    let third = desk.asks("complaint").await;
    let numbers = |receiver: &Receiver| {
        let got = receiver.got().into_iter();
        let mut of: Vec<String> = got
            .map(|one| one.json()["data"]["request"].as_str().unwrap().to_owned())
            .collect();
        of.sort();
        of
    };
    for (receiver, mut wanted) in [
        (&desk.receiver, vec![&first, &second, &third]),
        (&later, vec![&third]),
        (&all, vec![&first, &second, &third]),
    ] {
        wanted.sort();
        until("all are told", async || {
            numbers(receiver).len() >= wanted.len()
        })
        .await;
        assert_eq!(numbers(receiver).iter().collect::<Vec<_>>(), wanted);
    }
}

#[tokio::test]
async fn a_duty_is_told_once_when_it_is_near() {
    let mut desk = Desk::open().await;
    let number = desk.asks("access").await;
    desk.attends().await;
    desk.hands.forward(10 * DAY);
    desk.attends().await;
    assert_eq!(types(&desk.quiet(1).await), ["request.opened"]);
    // 12 December: three days before the last one.
    desk.hands.forward(DAY);
    desk.attends().await;
    let got = desk.quiet(2).await;
    assert_eq!(types(&got), ["request.opened", "duty.near"]);
    let body = got[1].json();
    assert_eq!(body["timestamp"], "2026-12-12T09:00:00Z");
    let data = &body["data"];
    let row = desk.house.store.row(SITE, &desk.contact.hash);
    let subject = row.unwrap().unwrap().subject;
    let expected = json!({
        "site": SITE, "duty": data["duty"], "what": "answer", "event": "access_requested",
        "since": "2026-12-01T09:00:00Z", "subject": subject, "request": number,
        "due": "2026-12-15", "norm": "152-fz-14-answer",
    });
    assert_eq!(*data, expected);
    assert_eq!(
        got[1].id,
        format!("duty-near_{}", data["duty"].as_str().unwrap())
    );

    // Again; after the clock was set back; after starts; when it is over.
    desk.attends().await;
    for days in [0, 11, 40] {
        desk.hands.set(NOON + days * DAY * 1000);
        desk = desk.again().await;
        desk.attends().await;
    }
    // Another one shows that all before it was looked at.
    desk.hands.set(NOON);
    desk.asks("complaint").await;
    assert_eq!(desk.quiet(3).await.len(), 3);
}

#[tokio::test]
async fn a_server_that_slept_for_a_month_tells_what_is_over() {
    let desk = Desk::open().await;
    desk.asks("access").await;
    // Nobody in particular: the store knows no receipt of whoever wrote.
    let token = desk.house.log_in("officer").await;
    let letter = json!({"kind": "access", "by": "letter", "text": WORDS, "sender": SENDER});
    let path = "/sites/jetcrm/requests";
    desk.house.ask("POST", path, &token, letter).await;
    desk.quiet(2).await;
    desk.hands.forward(30 * DAY);
    let desk = desk.again().await;
    desk.attends().await;
    desk.attends().await;
    let got = desk.quiet(4).await;
    assert_eq!(types(&got)[2..], ["duty.near", "duty.near"]);
    let mut subjects = 0;
    for one in &got[2..] {
        let data = &one.json()["data"];
        assert_eq!(data["due"], "2026-12-15");
        subjects += usize::from(data.get("subject").is_some());
    }
    assert_eq!((got.len(), subjects), (4, 1));
}

#[tokio::test]
async fn a_store_that_fails_tells_of_a_duty_with_the_next_look() {
    for fault in [Fault::Nothing, Fault::Everything] {
        let desk = Desk::open().await;
        desk.asks("access").await;
        desk.hands.forward(13 * DAY);
        desk.house.store.fail(Call::AddNotices, fault);
        desk.attends().await;
        assert!(desk.house.store.has_failed());
        desk.attends().await;
        assert_eq!(types(&desk.quiet(2).await), ["request.opened", "duty.near"]);
    }
}

#[tokio::test]
async fn what_was_done_meanwhile_is_told_no_more() {
    let desk = Desk::with(r#"["duty.near"]"#).await;
    desk.receiver.is(Reply::Status(500));
    let number = desk.asks("access").await;
    desk.hands.forward(13 * DAY);
    desk.attends().await;
    desk.tried(1).await;
    desk.answers(&number).await;
    desk.receiver.is(Reply::Status(200));
    desk.hands.forward(5);
    assert_eq!(desk.quiet(1).await.len(), 1);
    assert!(
        desk.house
            .store
            .undelivered(SITE, "crm")
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_notice_that_was_given_up_is_delivered_when_asked() {
    let desk = Desk::open().await;
    desk.receiver.is(Reply::Status(500));
    let number = desk.asks("access").await;
    for attempts in 1..=12 {
        desk.tried(attempts).await;
        desk.hands.forward(DAY);
    }
    let id = format!("request-opened_{number}");
    let data = &desk.house.data;
    let dead = hook(data, &["dead"]);
    assert!(dead.contains(&id) && dead.contains("status 500"), "{dead}");
    let acks = hook(data, &["acks", &id]);
    assert!(acks.contains("given up: status 500"), "{acks}");
    desk.receiver.is(Reply::Status(200));
    hook(data, &["replay", "crm"]);
    desk.quiet(13).await;
    hook(data, &["replay", "crm", "--event", &id]);
    let got = desk.quiet(14).await;
    assert!(got.iter().all(|one| one.id == id));
    for command in [&["replay", "crm", "--event"][..], &["acks"]] {
        let mut all = [&["hook"], command].concat();
        all.extend(["request-opened_AAAA", "--data", data.0.to_str().unwrap()]);
        let (code, _, said) = raspiska(&all);
        assert_eq!(code, Some(1));
        assert!(said.contains("no event of this log has the id"), "{said}");
    }
}

#[tokio::test]
async fn notices_and_the_log_do_not_wait_for_each_other() {
    let desk = Desk::with(r#"["consent.given", "consent.changed", "consent.withdrawn", "consent.expired", "data.erased", "request.opened"]"#).await;
    desk.quiet(2).await;
    // The withdrawal of the same person hangs; the request that brought it about is told.
    desk.receiver.answers(|got| {
        let is_request = got.json()["type"] == "request.opened";
        Reply::Status(if is_request { 204 } else { 503 })
    });
    let number = desk.asks("destroy").await;
    let of = Digest::of(format!("request-opened_{number}").as_bytes());
    until("the request is acknowledged", async || {
        !desk
            .house
            .store
            .acknowledgements(SITE, &of)
            .unwrap()
            .is_empty()
    })
    .await;
    // And the other way round.
    desk.receiver.answers(|got| {
        let is_request = got.json()["type"] == "request.opened";
        Reply::Status(if is_request { 503 } else { 204 })
    });
    desk.asks("complaint").await;
    desk.hands.forward(DAY);
    until("only the request waits", async || {
        let waiting = desk.house.store.undelivered(SITE, "crm").unwrap();
        waiting.len() == 1 && waiting[0].event.kind.is_notice() && waiting[0].attempts > 0
    })
    .await;
}

#[tokio::test]
async fn a_start_over_notices_that_fail_is_refused() {
    let desk = Desk::open().await;
    let data = desk.house.close();
    let store = Sqlite::open(&data.0.join("store.sqlite")).unwrap();
    let store = Arc::new(Faulty::new(store));
    store.fail(Call::BeginNotices, Fault::Nothing);
    let site = data.0.join("site");
    let change = |config: &mut raspiska_server::config::Config| config.sites = vec![site];
    let started = House::open_over(data, store, change, desk.hands.clock()).await;
    assert!(matches!(
        started.err(),
        Some(StartError::Store(StoreError::Failed(_)))
    ));
}

#[tokio::test]
async fn whoever_asks_for_a_check_has_the_data_blocked_until_it_is_refused() {
    let desk = Desk::open().await;
    let (house, receipt) = (&desk.house, &desk.contact);
    let token = house.log_in("officer").await;
    let read = async |wanted: &str| {
        let answer = house.values(&token, receipt, "contact").await;
        let found = match answer.status {
            StatusCode::OK => "read",
            _ if answer.text().contains("blocked") => "blocked",
            _ => answer.text(),
        };
        assert_eq!(found, wanted);
    };
    let fact = async |body: Value| {
        let mut whole = json!({"receipt": receipt.hash.to_string()});
        let more = body.as_object().unwrap().clone();
        whole.as_object_mut().unwrap().extend(more);
        let answer = house
            .ask("POST", "/sites/jetcrm/facts", &token, whole)
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    };
    let no = json!({"step": "refuse", "text": "Всё верно", "norm": "152-ФЗ, ст. 21 ч. 1"});
    let refuse = async |number: &str| {
        let refused = house.steps(&token, number, no.clone()).await;
        assert_eq!(refused.status, StatusCode::OK, "{}", refused.text());
    };

    read("read").await;
    desk.asks("complaint").await;
    read("read").await;
    // What was not taken in blocks nothing.
    house.store.fail(Call::OpenRequest, Fault::Nothing);
    let ask = [("do", "request"), ("kind", "block"), ("text", WORDS)];
    let page = house.my(&receipt.hash, &ask).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    read("read").await;

    let (first, second) = (desk.asks("block").await, desk.asks("block").await);
    read("blocked").await;
    refuse(&first).await;
    read("blocked").await;
    house.store.fail(Call::AddStep, Fault::Nothing);
    house.steps(&token, &second, no.clone()).await;
    read("blocked").await;
    refuse(&second).await;
    read("read").await;

    // What the check confirmed stays blocked until the office says that it is put right.
    let third = desk.asks("block").await;
    desk.answers(&third).await;
    read("blocked").await;
    fact(json!({"kind": "unblocked"})).await;
    read("read").await;

    // The office's own block is not lifted with a request's.
    let fourth = desk.asks("block").await;
    fact(json!({"kind": "blocked"})).await;
    refuse(&fourth).await;
    read("blocked").await;
    fact(json!({"kind": "unblocked"})).await;
    read("read").await;
}
