//! The operator's other systems: each event arrives, signed, at least once, those of one subject in their order.

use std::{fs, os::unix::fs::PermissionsExt as _, sync::Arc};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use raspiska_server::{
    app::StartError,
    clock::Clock,
    store::{Deliveries as _, EventKind, Sqlite, Store as _, StoreError, Waiting},
};
use raspiska_shared::{
    party::SubjectId,
    receipt::{Signed, State},
};

use crate::{
    faulty::{Call, Fault},
    house::{House, SITE, Scratch, raspiska, send},
    person::Person,
    receiver::{ALL, Got, Hands, Receiver, Reply, hook, secret, told},
    watched::until,
};

/// A new server with one hook, `crm`, that is told of everything; its secret; a clock that only the test moves.
async fn crm(receiver: &Receiver) -> (House, String, Hands) {
    let (data, hands) = (Arc::new(Scratch::new()), Hands::new());
    let secret = secret(&data, "crm", &[]);
    let house = told(data, &receiver.config("crm", ALL), hands.clock()).await;
    (house, secret, hands)
}

/// The next server over the same folder.
async fn restarted(house: House, receiver: &Receiver, hands: &Hands) -> House {
    told(house.close(), &receiver.config("crm", ALL), hands.clock()).await
}

async fn given(house: &House, person: u64) -> Signed {
    let signed = Person::new(person).analytics(&house.site, State::Given);
    house.log(&signed).await;
    signed
}

async fn withdrawn(house: &House, person: u64) -> Signed {
    let signed = Person::new(person).analytics(&house.site, State::Withdrawn);
    house.log(&signed).await;
    signed
}

/// Waits until so many deliveries came, and gives them.
async fn got(receiver: &Receiver, count: usize) -> Vec<Got> {
    let what = format!("{count} deliveries");
    until(&what, async || receiver.got().len() >= count).await;
    receiver.got()
}

/// Waits until nothing waits, and all of `count` entries was looked at.
async fn quiet(house: &House, count: u64) {
    let done = async || {
        let hooks = house.store.hooks(SITE).unwrap();
        hooks
            .iter()
            .all(|hook| (hook.next, hook.waiting) == (count, 0))
    };
    until("nothing waits any more", done).await;
}

/// What the metrics count under this name and labels.
async fn counted(house: &House, name: &str) -> u64 {
    let metrics = house.get("/metrics").await;
    let mut lines = metrics.text().lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map_or(0, |value| value.parse().unwrap())
}

async fn failures(house: &House, reason: &str) -> u64 {
    let name =
        format!("raspiska_hook_failures_total{{site=\"{SITE}\",hook=\"crm\",reason=\"{reason}\"}}");
    counted(house, &name).await
}

fn ids(got: &[Got]) -> Vec<&str> {
    got.iter().map(|got| got.id.as_str()).collect()
}

fn types(got: &[Got]) -> Vec<String> {
    let of = |got: &Got| got.json()["type"].as_str().unwrap().to_owned();
    got.iter().map(of).collect()
}

#[tokio::test]
async fn a_yes_and_its_end_arrive_signed_and_are_acknowledged_for_good() {
    let receiver = Receiver::new();
    let (house, secret, hands) = crm(&receiver).await;
    let first = given(&house, 1).await;
    got(&receiver, 1).await;
    let second = withdrawn(&house, 1).await;
    let got = got(&receiver, 2).await;
    quiet(&house, 2).await;

    assert_eq!(types(&got), ["consent.given", "consent.withdrawn"]);
    for (at, (got, signed)) in got.iter().zip([&first, &second]).enumerate() {
        assert_eq!(got.signed_by(&secret), [true]);
        assert_eq!(got.timestamp, hands.seconds());
        let body = got.json();
        let word = body["type"].as_str().unwrap().replace('.', "-");
        assert_eq!(got.id, format!("{at}_{word}_{}", signed.hash));
        let row = house.store.row(SITE, &signed.hash).unwrap().unwrap();
        let expected = serde_json::json!({
            "site": SITE, "index": at, "receipt": signed.hash, "subject": row.subject,
            "category": "site_user", "by": "subject",
            "method": if at == 0 { "choices" } else { "withdraw" },
            "decisions": [{"purpose": "analytics", "state": if at == 0 { "given" } else { "withdrawn" }}],
        });
        assert_eq!(body["data"], expected);
        let acks = house.store.acknowledgements(SITE, &signed.hash).unwrap();
        let [ack] = &acks[..] else {
            panic!("{acks:?}");
        };
        assert_eq!(
            (ack.hook.as_str(), ack.status, ack.attempts),
            ("crm", 204, 1)
        );
    }
    let sum = format!("raspiska_hook_acknowledged_total{{site=\"{SITE}\",hook=\"crm\"}}");
    assert_eq!(counted(&house, &sum).await, 2);

    let acks = hook(&house.data, &["acks", &first.hash.to_string()]);
    assert_eq!(acks.lines().count(), 2, "{acks}");
    assert!(acks.contains("consent.withdrawn 1 ") && acks.contains("with 204, attempt 1"));
    let list = hook(&house.data, &["list"]);
    assert_eq!(
        list,
        "jetcrm crm: told of 2 of 2 entries, 0 waiting, 0 given up\n"
    );
}

#[tokio::test]
async fn what_the_operator_states_says_whom_it_is_about() {
    let receiver = Receiver::new();
    let (house, _, _) = crm(&receiver).await;
    let form = Person::new(1).contact(&house.site, &[("email", "planted@example.org")], "code");
    house.log(&form).await;
    let body = serde_json::json!({"receipt": form.hash, "code": "code"}).to_string();
    let request = Request::post("/v1/sites/jetcrm/withdrawals")
        .header("content-type", "application/json")
        .body(Body::from(body));
    let answer = send(&house.router, request.unwrap()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let got = got(&receiver, 2).await;
    let data = |at: usize| got[at].json()["data"].clone();
    assert_eq!(data(1)["of"], serde_json::json!(form.hash));
    assert_eq!(
        (&data(1)["by"], &data(1)["method"]),
        (&"operator".into(), &"code".into())
    );
    assert_eq!(data(0)["subject"], data(1)["subject"]);
    for got in &got {
        assert!(!String::from_utf8_lossy(&got.body).contains("planted"));
    }
}

#[tokio::test]
async fn the_end_of_a_term_and_destruction_are_told() {
    let receiver = Receiver::new();
    let (house, _, hands) = crm(&receiver).await;
    let fields = [("email", "planted@example.org")];
    let forms = [1, 2].map(|person| Person::new(person).contact(&house.site, &fields, "code"));
    for form in &forms {
        house.log(form).await;
    }
    got(&receiver, 2).await;
    assert!(house.erase(&[forms[0].hash]).unwrap().done.is_some());
    got(&receiver, 3).await;
    hands.forward(367 * 24 * 60 * 60);
    let app = house.app.clone();
    let attended = tokio::task::spawn_blocking(move || app.attend_to_duties());
    attended.await.unwrap();
    let got = got(&receiver, 4).await;
    assert_eq!(types(&got)[2..], ["data.erased", "consent.expired"]);
    for (got, (form, method)) in got[2..].iter().zip(forms.iter().zip(["erasure", "expiry"])) {
        let data = &got.json()["data"];
        assert_eq!(data["of"], serde_json::json!(form.hash));
        assert_eq!(
            (&data["by"], &data["method"]),
            (&"operator".into(), &method.into())
        );
    }
}

#[tokio::test]
async fn a_hook_hears_what_it_asked_for_from_its_beginning_on() {
    let (later, all, yes) = (Receiver::new(), Receiver::new(), Receiver::new());
    let data = Arc::new(Scratch::new());
    let house = told(data, "", Clock::system()).await;
    given(&house, 1).await;
    let data = house.close();
    for name in ["later", "all", "yes"] {
        secret(&data, name, &[]);
    }
    let hooks = later.config("later", ALL)
        + &all.config("all", ALL)
        + "from = \"beginning\"\n"
        + &yes.config("yes", "[\"consent.given\"]");
    let house = told(data, &hooks, Clock::system()).await;
    withdrawn(&house, 1).await;
    given(&house, 2).await;
    quiet(&house, 3).await;
    // Of two subjects, in any order.
    let mut heard = types(&later.got());
    heard.sort();
    assert_eq!(heard, ["consent.given", "consent.withdrawn"]);
    assert_eq!(all.got().len(), 3);
    assert_eq!(types(&yes.got()), ["consent.given"]);
    // Its place is kept while it is away.
    let house = told(house.close(), &later.config("later", ALL), Clock::system()).await;
    withdrawn(&house, 2).await;
    let done = async || later.got().len() == 3;
    until("the other one is told", done).await;
    let house = told(house.close(), &hooks, Clock::system()).await;
    quiet(&house, 4).await;
    assert_eq!(all.got().len(), 4);
}

#[tokio::test]
async fn whoever_fails_is_asked_again_with_the_same_id() {
    for (reply, said) in [
        (Reply::Status(500), "status 500"),
        (
            Reply::With(302, "Location: /elsewhere".into()),
            "status 302",
        ),
        (Reply::Status(404), "status 404"),
    ] {
        let receiver = Receiver::new();
        receiver.is(reply);
        let (house, secret, hands) = crm(&receiver).await;
        given(&house, 1).await;
        until("it fails", async || failures(&house, "status").await == 1).await;
        let acks = async || house.store.undelivered(SITE, "crm").unwrap()[0].attempts == 1;
        until("that is noted", acks).await;
        let undelivered = house.store.undelivered(SITE, "crm").unwrap();
        assert_eq!(undelivered[0].said, said);
        receiver.is(Reply::Status(200));
        hands.forward(5);
        let got = got(&receiver, 2).await;
        quiet(&house, 1).await;
        assert_eq!(got[0].id, got[1].id);
        assert_eq!(got[0].body, got[1].body);
        assert_eq!(got[1].timestamp, got[0].timestamp + 5);
        assert_eq!(got[1].signed_by(&secret), [true]);
    }
}

#[tokio::test]
async fn a_receiver_that_is_away_gets_everything_when_it_is_back() {
    let receiver = Receiver::new();
    let (data, hands) = (Arc::new(Scratch::new()), Hands::new());
    secret(&data, "crm", &[]);
    // Nobody listens on port 1.
    let away = receiver
        .config("crm", ALL)
        .replace(&receiver.url, "http://127.0.0.1:1/x");
    let house = told(data, &away, hands.clock()).await;
    for person in 1..=9 {
        given(&house, person).await;
    }
    let tried = async || failures(&house, "unreachable").await >= 9;
    until("all were tried", tried).await;
    let house = restarted(house, &receiver, &hands).await;
    hands.forward(5);
    let got = got(&receiver, 9).await;
    quiet(&house, 9).await;
    let mut indices: Vec<_> = got
        .iter()
        .map(|got| got.json()["data"]["index"].clone())
        .collect();
    indices.sort_by_key(serde_json::Value::as_u64);
    assert_eq!(
        indices,
        (0..9).map(serde_json::Value::from).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_receiver_that_hangs_on_one_event_holds_up_no_other_subject() {
    let receiver = Receiver::new();
    receiver.answers(|got| match got.json()["data"]["index"].as_u64() {
        Some(0) => Reply::Hang,
        _ => Reply::Status(200),
    });
    let (house, _, _) = crm(&receiver).await;
    given(&house, 1).await;
    got(&receiver, 1).await;
    withdrawn(&house, 1).await;
    for person in 2..=9 {
        given(&house, person).await;
    }
    let got = got(&receiver, 9).await;
    assert!(types(&got).iter().all(|word| word == "consent.given"));
    // In the end it is a failure like others.
    until("it fails", async || {
        failures(&house, "unreachable").await == 1
    })
    .await;
}

#[tokio::test]
async fn an_event_waits_for_the_earlier_ones_of_its_subject() {
    let receiver = Receiver::new();
    receiver.answers(|got| match got.json()["data"]["index"].as_u64() {
        Some(0) => Reply::Status(503),
        _ => Reply::Status(200),
    });
    let (house, _, hands) = crm(&receiver).await;
    given(&house, 1).await;
    until("it fails", async || failures(&house, "status").await == 1).await;
    withdrawn(&house, 1).await;
    given(&house, 2).await;
    withdrawn(&house, 2).await;
    let other = async || receiver.got().len() == 3;
    until("the other subject's events are there", other).await;
    receiver.is(Reply::Status(200));
    hands.forward(5);
    quiet(&house, 4).await;
    let order: Vec<_> = receiver
        .got()
        .iter()
        .map(|got| got.json()["data"]["index"].as_u64().unwrap())
        .collect();
    assert_eq!(order, [0, 2, 3, 0, 1]);
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let receiver = Receiver::new();
    receiver.is(Reply::With(429, "Retry-After: 600".into()));
    let (house, _, hands) = crm(&receiver).await;
    given(&house, 1).await;
    let noted = async || {
        let undelivered = house.store.undelivered(SITE, "crm").unwrap();
        undelivered
            .first()
            .is_some_and(|delivery| delivery.attempts == 1)
    };
    until("the failure is noted", noted).await;
    assert_eq!(
        house.store.undelivered(SITE, "crm").unwrap()[0].wait,
        600_000
    );
    receiver.is(Reply::Status(200));
    hands.forward(599);
    given(&house, 2).await;
    got(&receiver, 2).await;
    let due = house
        .store
        .due(SITE, "crm", hands.clock().millis(), 9)
        .unwrap();
    assert!(due.iter().all(|delivery| delivery.event.index != 0));
    hands.forward(1);
    quiet(&house, 2).await;
}

#[tokio::test]
async fn after_three_days_it_is_given_up_and_told_of_and_delivered_when_asked() {
    let receiver = Receiver::new();
    receiver.is(Reply::Status(500));
    let (house, _, hands) = crm(&receiver).await;
    given(&house, 1).await;
    for attempts in 1..=12 {
        let tried = async || {
            let undelivered = house.store.undelivered(SITE, "crm").unwrap();
            undelivered
                .first()
                .is_some_and(|delivery| delivery.attempts == attempts)
        };
        until("one more attempt", tried).await;
        hands.forward(24 * 60 * 60);
    }
    assert_eq!(receiver.got().len(), 12);
    let undelivered = house.store.undelivered(SITE, "crm").unwrap();
    assert!(undelivered[0].dead.is_some(), "{undelivered:?}");
    let dead = hook(&house.data, &["dead"]);
    assert!(dead.contains("after 12 attempts: status 500"), "{dead}");
    let id = receiver.got()[0].id.clone();
    let json: serde_json::Value =
        serde_json::from_str(&hook(&house.data, &["dead", "--json"])).unwrap();
    assert_eq!(json["id"], id);
    assert!(hook(&house.data, &["list"]).contains("1 given up"));
    // What comes later of the same subject goes on.
    receiver.is(Reply::Status(200));
    withdrawn(&house, 1).await;
    got(&receiver, 13).await;

    let replayed = hook(&house.data, &["replay", "crm"]);
    assert_eq!(replayed, "jetcrm crm: 1 events are delivered again.\n");
    let got = got(&receiver, 14).await;
    assert_eq!(got[13].id, id);
    quiet(&house, 2).await;
    assert_eq!(hook(&house.data, &["dead"]), "");
}

#[tokio::test]
async fn what_is_gone_is_left_alone_until_the_operator_says_otherwise() {
    let receiver = Receiver::new();
    receiver.is(Reply::Status(410));
    let (house, _, hands) = crm(&receiver).await;
    given(&house, 1).await;
    let off = async || house.store.hooks(SITE).unwrap()[0].off.is_some();
    until("it is off", off).await;
    receiver.is(Reply::Status(200));
    given(&house, 2).await;
    hands.forward(24 * 60 * 60);
    // A restart changes nothing either.
    let house = restarted(house, &receiver, &hands).await;
    let seen = async || house.store.hooks(SITE).unwrap()[0].waiting == 2;
    until("the second one waits as well", seen).await;
    assert_eq!(receiver.got().len(), 1);
    assert!(hook(&house.data, &["list"]).contains("; off since "));
    hook(&house.data, &["on", "crm"]);
    quiet(&house, 2).await;
    assert_eq!(receiver.got().len(), 3);
}

#[tokio::test]
async fn a_clock_that_jumps_loses_nothing_and_kills_nothing() {
    const YEAR: u64 = 365 * 24 * 60 * 60;
    let receiver = Receiver::new();
    receiver.is(Reply::Status(500));
    let (house, _, hands) = crm(&receiver).await;
    given(&house, 1).await;
    let attempts = async |count: u32| {
        let tried = async || {
            house
                .store
                .undelivered(SITE, "crm")
                .unwrap()
                .iter()
                .any(|one| one.attempts == count)
        };
        until("one more attempt", tried).await;
    };
    attempts(1).await;
    hands.back(YEAR);
    attempts(2).await;
    hands.forward(2 * YEAR);
    attempts(3).await;
    let undelivered = house.store.undelivered(SITE, "crm").unwrap();
    assert_eq!(undelivered[0].dead, None);
    receiver.is(Reply::Status(200));
    hands.back(YEAR);
    quiet(&house, 1).await;
}

#[tokio::test]
async fn a_crash_between_sending_and_noting_delivers_again_under_the_same_id() {
    for (fault, deliveries) in [(Fault::Nothing, 2), (Fault::Everything, 1)] {
        let receiver = Receiver::new();
        let (house, _, hands) = crm(&receiver).await;
        house.store.fail_at(Call::Settle, fault, 1, true);
        let signed = given(&house, 1).await;
        got(&receiver, 1).await;
        until("it cannot be noted", async || house.store.has_failed()).await;
        let house = restarted(house, &receiver, &hands).await;
        quiet(&house, 1).await;
        let got = receiver.got();
        assert_eq!(got.len(), deliveries, "{fault:?}");
        assert!(got.iter().all(|one| one.id == got[0].id), "{:?}", ids(&got));
        let acks = house.store.acknowledgements(SITE, &signed.hash).unwrap();
        assert_eq!(acks.len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_store_that_fails_delivers_later_and_notes_once() {
    let receiver = Receiver::new();
    let (house, _, _) = crm(&receiver).await;
    let mut person = 0;
    for call in [
        Call::Hooks,
        Call::Outbox,
        Call::Claim,
        Call::Due,
        Call::Settle,
        Call::Head,
    ] {
        for fault in [Fault::Nothing, Fault::Everything] {
            person += 1;
            // One is on its way already when it fails, if it is the note that fails.
            if call == Call::Settle {
                house.store.fail(call, fault);
            }
            let signed = Person::new(person).analytics(&house.site, State::Given);
            house.log(&signed).await;
            if call != Call::Settle {
                house.store.fail(call, fault);
            }
            if call == Call::Outbox || call == Call::Claim || call == Call::Due {
                // If it was through before, the next one meets the fault.
                person += 1;
                given(&house, person).await;
            }
            until("it fails", async || house.store.has_failed()).await;
            quiet(&house, person).await;
            let acks = house.store.acknowledgements(SITE, &signed.hash).unwrap();
            assert_eq!(acks.len(), 1, "{call:?} {fault:?}");
        }
    }
    let all = receiver.got();
    let mut once = ids(&all);
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len() as u64, person);
    // Of what was answered, nothing was sent again in one run of the server.
    assert_eq!(all.len() as u64, person);
}

#[tokio::test]
async fn a_start_over_a_store_that_fails_is_refused() {
    for fault in [Fault::Nothing, Fault::Everything] {
        let receiver = Receiver::new();
        let (house, _, _) = crm(&receiver).await;
        let data = house.close();
        let store = Sqlite::open(&data.0.join("store.sqlite")).unwrap();
        let store = Arc::new(crate::faulty::Faulty::new(store));
        store.fail(Call::BeginHook, fault);
        let site = data.0.join("site");
        let change = |config: &mut raspiska_server::config::Config| config.sites = vec![site];
        let started = House::open_over(Arc::clone(&data), store, change, Clock::system()).await;
        assert!(matches!(
            started.err(),
            Some(StartError::Store(StoreError::Failed(_)))
        ));
    }
}

#[tokio::test]
async fn secrets_change_while_both_sign() {
    let receiver = Receiver::new();
    let (house, old, _) = crm(&receiver).await;
    let new = secret(&house.data, "crm", &["--rotate"]);
    assert_ne!(old, new);
    given(&house, 1).await;
    let first = got(&receiver, 1).await.remove(0);
    assert_eq!(first.signed_by(&new), [true, false]);
    assert_eq!(first.signed_by(&old), [false, true]);
    secret(&house.data, "crm", &["--retire"]);
    given(&house, 2).await;
    let second = got(&receiver, 2).await.remove(1);
    assert_eq!(
        (second.signed_by(&new), second.signed_by(&old)),
        (vec![true], vec![false])
    );
}

#[tokio::test]
async fn a_secret_that_goes_away_costs_no_attempt() {
    let receiver = Receiver::new();
    let (house, _, _) = crm(&receiver).await;
    let file = house.data.0.join("hook-jetcrm.crm.secret");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let kept = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    given(&house, 1).await;
    let waits = async || house.store.hooks(SITE).unwrap()[0].waiting == 1;
    until("it waits", waits).await;
    fs::write(&file, kept).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let got = got(&receiver, 1).await;
    assert_eq!(got.len(), 1);
    quiet(&house, 1).await;
}

#[tokio::test]
async fn without_a_secret_that_is_one_there_is_no_start() {
    let receiver = Receiver::new();
    let (house, _, _) = crm(&receiver).await;
    let data = house.close();
    let file = data.0.join("hook-jetcrm.crm.secret");
    let refused = async |sentence: &str| {
        let site = data.0.join("site");
        let folder = site.clone();
        let change = |config: &mut raspiska_server::config::Config| config.sites = vec![folder];
        let started = House::open_in(Arc::clone(&data), change, Clock::system()).await;
        let error = started.err().expect("it must not start");
        assert!(matches!(error, StartError::Hook { .. }));
        assert!(error.to_string().contains(sentence), "{error}");
        let (code, _, told) = raspiska(&[
            "serve",
            "--check",
            "--listen",
            "127.0.0.1:0",
            "--data",
            data.0.to_str().unwrap(),
            "--site",
            site.to_str().unwrap(),
        ]);
        assert_eq!(code, Some(1));
        assert!(told.contains(sentence), "{told}");
    };
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    refused("others may read this secret").await;
    fs::remove_file(&file).unwrap();
    refused("raspiska hook secret crm --site jetcrm").await;
    let own = secret(&data, "crm", &[]);
    for text in [
        "",
        "whsec_\n",
        &format!("{own}\nx\n"),
        &format!("{own}\n").repeat(9),
    ] {
        fs::write(&file, text).unwrap();
        refused("a line is not \"whsec_\"").await;
    }
    fs::write(&file, own + "\n").unwrap();
    let (code, told, _) = raspiska(&[
        "serve",
        "--check",
        "--listen",
        "127.0.0.1:0",
        "--data",
        data.0.to_str().unwrap(),
        "--site",
        data.0.join("site").to_str().unwrap(),
    ]);
    assert_eq!(code, Some(0));
    assert!(
        told.contains("site jetcrm: hook crm, its secret is there; consent.given"),
        "{told}"
    );
    let (code, _, told) = raspiska(&[
        "hook",
        "secret",
        "crm",
        "--site",
        SITE,
        "--data",
        data.0.to_str().unwrap(),
    ]);
    assert_eq!(code, Some(1));
    assert!(told.contains("--rotate"), "{told}");
}

#[tokio::test]
async fn everything_from_an_index_on_or_one_event_is_delivered_again() {
    let receiver = Receiver::new();
    let (house, _, _) = crm(&receiver).await;
    for person in 1..=3 {
        given(&house, person).await;
    }
    quiet(&house, 3).await;
    let first = receiver.got();
    hook(&house.data, &["replay", "crm", "--since", "1"]);
    got(&receiver, 5).await;
    quiet(&house, 3).await;
    let id = first
        .iter()
        .find(|got| got.id.starts_with("0_"))
        .unwrap()
        .id
        .clone();
    hook(
        &house.data,
        &["replay", "crm", "--site", SITE, "--event", &id],
    );
    let again = got(&receiver, 6).await;
    quiet(&house, 3).await;
    assert_eq!(again[5].id, id);
    let mut times = [0; 3];
    for got in &again {
        times[usize::try_from(got.json()["data"]["index"].as_u64().unwrap()).unwrap()] += 1;
    }
    assert_eq!(times, [2, 2, 2]);

    let data = house.data.0.to_str().unwrap();
    for (arguments, sentence) in [
        (&["replay", "crm", "--since", "3"][..], "has 3 entries"),
        (
            &["replay", "crm", "--event", "x"],
            "no event of this log has the id x",
        ),
        (
            &["replay", "crm", "--event", &id[..30]],
            "no event of this log",
        ),
        (
            &["replay", "erp"],
            "there is no hook erp here; there are: jetcrm crm",
        ),
        (
            &["on", "crm", "--site", "acme"],
            "there is no hook crm here",
        ),
        (
            &[
                "acks",
                &raspiska_shared::digest::Digest::of(b"x").to_string(),
            ],
            "no receipt with this hash",
        ),
        (&["acks", "x"], "not a receipt's hash"),
    ] {
        let mut all = vec!["hook"];
        all.extend(arguments);
        all.extend(["--data", data]);
        let (code, _, told) = raspiska(&all);
        assert_eq!(code, Some(1), "{arguments:?}");
        assert!(told.contains(sentence), "{told}");
    }
}

#[tokio::test]
async fn the_store_moves_a_hook_only_from_where_it_is() {
    let house = House::open().await;
    given(&house, 1).await;
    let store = &house.store;
    store.begin_hook(SITE, "crm", 0).unwrap();
    store.begin_hook(SITE, "crm", 7).unwrap();
    let event = |index| Waiting {
        kind: EventKind::Given,
        index,
        subject: SubjectId(raspiska_shared::digest::Digest::of(b"x")),
        time: 1,
    };
    store.claim(SITE, "crm", 0..1, &[event(0)]).unwrap();
    for range in [0..1, 2..3] {
        let moved = store.claim(SITE, "crm", range, &[event(1)]);
        assert!(matches!(moved, Err(StoreError::Conflict)), "{moved:?}");
    }
    let elsewhere = store.claim(SITE, "erp", 0..1, &[]);
    assert!(matches!(elsewhere, Err(StoreError::Conflict)));
    let [hook] = &store.hooks(SITE).unwrap()[..] else {
        panic!("one hook");
    };
    assert_eq!((hook.next, hook.waiting, hook.oldest), (1, 1, Some(1)));
    // Only ever back.
    store.rewind(SITE, "crm", 5).unwrap();
    assert_eq!(store.hooks(SITE).unwrap()[0].next, 1);
    store.rewind(SITE, "crm", 0).unwrap();
    assert_eq!(store.hooks(SITE).unwrap()[0].next, 0);
    assert!(matches!(store.hooks("acme"), Err(StoreError::UnknownSite)));
}
