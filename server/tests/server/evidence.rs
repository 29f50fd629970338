//! Evidence: what stays, sealed, of values that are destroyed; that it takes two to open it; its end.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::http::StatusCode;
use raspiska_server::{
    clock::Clock,
    erasure::{self, Done, ErasureError, Request},
    store::{Account, Evidences as _, OfficeRole, Offices as _, Store as _},
};
use raspiska_shared::{
    digest::Digest,
    receipt::{Disclosure, Method, Signed, State},
};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    erasure::remains,
    faulty::{Call, Fault},
    house::{Answer, House, OFFICER, SITE, Scratch, demo_site, raspiska},
    person::Person,
    refusals::copy,
    requests::ticket,
    rights::CODE,
    vault::{contains, on_disk},
};

const VALUE: &str = "visitor-5519@example.org";
const RULE: &str =
    "[[evidence]]\npurpose = \"contact\"\ndays = 365\nnorm = \"ст. 196 ГК РФ [M]\"\n\n";
const MINUTE: u64 = 60 * 1000;
const DAY: u64 = 24 * 60 * MINUTE;

/// A place with a site whose contacts keep evidence, a data directory, and a clock that can be moved.
struct Town {
    place: Scratch,
    data: Arc<Scratch>,
    now: Arc<AtomicU64>,
}

impl Town {
    fn new() -> Self {
        let place = Scratch::new();
        copy(&demo_site(), &place.0.join("site"));
        let town = Self {
            place,
            data: Arc::new(Scratch::new()),
            now: Arc::new(AtomicU64::new(Clock::system().millis())),
        };
        town.says(RULE);
        town
    }

    /// What the site's directory says of evidence.
    fn says(&self, rule: &str) {
        let path = self.place.0.join("site/site.toml");
        let text = fs::read_to_string(demo_site().join("site.toml")).unwrap();
        fs::write(
            path,
            text.replacen("[banner.ru]", &format!("{rule}[banner.ru]"), 1),
        )
        .unwrap();
    }

    async fn house(&self) -> House {
        self.house_in(&self.data).await
    }

    async fn house_in(&self, data: &Arc<Scratch>) -> House {
        let now = Arc::clone(&self.now);
        let site = self.place.0.join("site");
        let house = House::open_in(
            Arc::clone(data),
            |config| config.sites = vec![site],
            Clock::new(move || now.load(Ordering::Relaxed)),
        )
        .await
        .unwrap();
        for role in OfficeRole::ALL {
            house.employs(role);
        }
        let first = house.store.account("officer").unwrap().unwrap();
        for (login, name) in [("second", "The second"), ("double", "The officer")] {
            let (login, name) = (login.to_owned(), name.to_owned());
            let account = Account {
                login,
                name,
                ..first.clone()
            };
            house.store.set_account(&account).unwrap();
        }
        house
    }

    fn wait(&self, millis: u64) {
        self.now.fetch_add(millis, Ordering::Relaxed);
    }
}

impl House {
    async fn step(&self, token: &str, receipt: &Signed, step: &str, body: Value) -> Answer {
        let path = format!("/sites/jetcrm/evidence/{}/{step}", receipt.hash);
        self.ask("POST", &path, token, body).await
    }

    /// The time of an opening that was asked for.
    async fn wishes(&self, token: &str, receipt: &Signed) -> Value {
        let answer = self
            .step(token, receipt, "ask", json!({"reason": "a claim came"}))
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        answer.json()["asked"].clone()
    }

    async fn confirms(&self, token: &str, receipt: &Signed, asked: &Value) -> u16 {
        let body = json!({"asked": asked});
        let answer = self.step(token, receipt, "confirm", body).await;
        answer.status.as_u16()
    }

    async fn reads(&self, token: &str, receipt: &Signed) -> Answer {
        self.step(token, receipt, "read", Value::Null).await
    }

    fn end(&self, receipts: &[Digest], reason: &str) -> Result<Option<Done>, ErasureError> {
        let request = Request {
            receipts,
            reason,
            by: "officer",
            name: OFFICER,
            processor: None,
        };
        let act = erasure::order_evidence(&self.app, SITE, &request)?;
        erasure::finish(&self.app, &act)
    }

    async fn contact(&self, number: u64) -> Signed {
        let fields = [("email", VALUE), ("name", "Visitor")];
        let signed = Person::new(number).contact(&self.site, &fields, CODE);
        self.log(&signed).await;
        signed
    }
}

fn fsck(data: &Path) -> (Option<i32>, String) {
    let (code, told, error) = raspiska(&["fsck".as_ref(), "--data".as_ref(), data.as_os_str()]);
    (code, told + &error)
}

#[tokio::test]
async fn what_is_sealed_takes_two_people() {
    let town = Town::new();
    let house = town.house().await;
    let signed = house.contact(1).await;
    let row = house.store.row(SITE, &signed.hash).unwrap().unwrap();
    let blobs: Vec<_> = house.store.sealed(SITE, row.index).unwrap();
    let act = house.erase(&[signed.hash]).unwrap().act;

    // The ordinary values are gone, from the files too; what is kept is nowhere in clear.
    let disk = on_disk(&house.data.0);
    assert!(!contains(&disk, VALUE));
    assert!(blobs.iter().all(|own| !remains(&disk, &own.blob[24..])));
    assert_eq!(house.store.subject_key(SITE, &row.subject).unwrap(), None);
    let officer = house.log_in("officer").await;
    let path = format!("/sites/jetcrm/receipts/{}/values", signed.hash);
    let wanted = json!({"purpose": "contact", "reason": "a test reads"});
    let answer = house.ask("POST", &path, &officer, wanted).await;
    assert_eq!(answer.status, StatusCode::GONE);
    let (code, told) = fsck(&house.data.0);
    assert_eq!(code, Some(0), "{told}");

    // The act says that it is sealed, in each of its forms.
    let path = format!("/sites/jetcrm/acts/{act}");
    let told = house.ask("GET", &path, &officer, Value::Null).await.json();
    let until = told["sealed"][signed.hash.to_string()]
        .as_str()
        .unwrap()
        .to_owned();
    let out = town.place.0.join("act");
    let (code, _, error) = raspiska(&[
        "acts".as_ref(),
        act.to_string().as_ref(),
        "--data".as_ref(),
        house.data.0.as_os_str(),
        "--out".as_ref(),
        out.as_os_str(),
    ]);
    assert_eq!(code, Some(0), "{error}");
    for ending in ["html", "log.csv"] {
        let text = fs::read_to_string(out.join(format!("act-{act}.{ending}"))).unwrap();
        let said = format!("копия опечатана по {until} включительно, основание: ст. 196 ГК РФ [M]");
        assert!(text.contains(&said), "{text}");
    }
    let page = fs::read_to_string(out.join(format!("act-{act}.html"))).unwrap();
    assert!(page.contains("опечатывании их копии") && page.contains("Копия не уничтожена"));

    // Alone, under another session, under another account of the same person, or in another role: no.
    let [again, second, double, auditor, hr] =
        ["officer", "second", "double", "auditor", "hr"].map(|login| house.log_in(login));
    let (again, second, double, auditor, hr) = (
        again.await,
        second.await,
        double.await,
        auditor.await,
        hr.await,
    );
    assert_eq!(
        house.reads(&officer, &signed).await.status,
        StatusCode::CONFLICT
    );
    let asked = house.wishes(&officer, &signed).await;
    for (token, status) in [(&officer, 403), (&again, 403), (&double, 403), (&hr, 403)] {
        assert_eq!(house.confirms(token, &signed, &asked).await, status);
    }
    assert_eq!(
        house.reads(&officer, &signed).await.status,
        StatusCode::CONFLICT
    );
    let early = json!(asked.as_u64().unwrap() - 1);
    assert_eq!(house.confirms(&auditor, &signed, &early).await, 409);
    let wish = json!({"reason": "me too"});
    assert_eq!(
        house
            .step(&second, &signed, "ask", wish.clone())
            .await
            .status,
        409
    );
    assert_eq!(house.step(&auditor, &signed, "ask", wish).await.status, 403);

    // Two: once, by the first.
    assert_eq!(house.confirms(&auditor, &signed, &asked).await, 204);
    assert_eq!(house.confirms(&second, &signed, &asked).await, 409);
    assert_eq!(
        house.reads(&second, &signed).await.status,
        StatusCode::FORBIDDEN
    );
    let answer = house.reads(&again, &signed).await;
    assert_eq!(
        answer.json()["values"],
        json!({"email": VALUE, "name": "Visitor"})
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        house.reads(&officer, &signed).await.status,
        StatusCode::CONFLICT
    );
    let looks: Vec<_> = house
        .looks()
        .into_iter()
        .filter(|[_, _, what]| what.starts_with("evidence") && !what.ends_with("refused"))
        .map(|[login, _, what]| (login, what))
        .collect();
    let step = |login: &str, what: &str| (login.to_owned(), format!("evidence {what}"));
    assert_eq!(
        looks,
        [
            step("officer", "asked"),
            step("auditor", "confirmed"),
            step("officer", "read")
        ]
    );
    let refused = house
        .looks()
        .into_iter()
        .filter(|[_, _, what]| what == "evidence refused");
    assert_eq!(refused.count(), 12);

    // What nobody confirms within a day, or reads within an hour, is over; a clock set back prolongs nothing.
    let asked = house.wishes(&officer, &signed).await;
    // The clock stood still since it was asked for last, so this one counts as asked a millisecond later.
    town.wait(DAY + 1);
    let (officer, second) = (house.log_in("officer").await, house.log_in("second").await);
    assert_eq!(house.confirms(&second, &signed, &asked).await, 409);
    let asked = house.wishes(&officer, &signed).await;
    assert_eq!(house.confirms(&second, &signed, &asked).await, 204);
    town.wait(60 * MINUTE);
    assert_eq!(
        house.reads(&officer, &signed).await.status,
        StatusCode::CONFLICT
    );
    assert!(!contains(&on_disk(&house.data.0), VALUE));
}

#[tokio::test]
async fn a_look_that_cannot_be_noted_or_counted_does_not_happen() {
    let town = Town::new();
    let house = town.house().await;
    let signed = house.contact(1).await;
    house.erase(&[signed.hash]).unwrap();
    let (officer, second) = (house.log_in("officer").await, house.log_in("second").await);
    for call in [Call::NoteAccess, Call::SetOpening] {
        let asked = house.wishes(&officer, &signed).await;
        assert_eq!(house.confirms(&second, &signed, &asked).await, 204);
        house.store.fail_at(call, Fault::Nothing, 1, false);
        let answer = house.reads(&officer, &signed).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(house.store.has_failed() && !answer.text().contains(VALUE));
        house.store.mend();
        assert_eq!(house.reads(&officer, &signed).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn only_what_the_site_names_is_kept_and_never_what_was_unlawful() {
    let town = Town::new();
    let house = town.house().await;
    let (kept, unlawful) = (house.contact(1).await, house.contact(2).await);
    let subscriber = Person::new(3);
    let given = [("advertising", State::Given)];
    let mut draft = subscriber.draft(&house.site, "advertising", &given);
    draft.event.method = Method::Form;
    draft.disclosures = vec![Disclosure::new([9; 16], "email", VALUE)];
    let advertising = subscriber.sign(draft);
    house.log(&advertising).await;
    let why = |receipt: &Signed, reason| {
        let receipts = [receipt.hash];
        let request = Request {
            receipts: &receipts,
            reason,
            by: "officer",
            name: OFFICER,
            processor: None,
        };
        let act = erasure::order(&house.app, SITE, &request).unwrap();
        erasure::finish(&house.app, &act).unwrap()
    };
    why(&kept, "purpose-reached");
    why(&unlawful, "unlawful");
    why(&advertising, "withdrawal");
    let held = house.store.evidences(SITE).unwrap();
    assert_eq!(
        held.iter().map(|held| held.receipt).collect::<Vec<_>>(),
        [kept.hash]
    );
    // What is kept goes before its term if it was unlawful, and for no other reason.
    let error = house.end(&[kept.hash], "term-ended").unwrap_err();
    assert!(matches!(error, ErasureError::Sealed(..)), "{error}");
    let error = house.end(&[unlawful.hash], "unlawful").unwrap_err();
    assert!(matches!(error, ErasureError::Evidenceless(_)), "{error}");
    house.end(&[kept.hash], "unlawful").unwrap();
    assert_eq!(house.store.evidences(SITE).unwrap(), []);
    let error = house.end(&[kept.hash], "unlawful").unwrap_err();
    assert!(matches!(error, ErasureError::Already(..)), "{error}");
    let (code, told) = fsck(&house.data.0);
    assert_eq!(code, Some(0), "{told}");
}

#[tokio::test]
async fn its_end_is_a_duty_and_an_act() {
    let town = Town::new();
    let house = town.house().await;
    let signed = house.contact(1).await;
    house.erase(&[signed.hash]).unwrap();
    let duties = async |house: &House| {
        let officer = house.log_in("officer").await;
        let path = "/sites/jetcrm/duties";
        let answer = house.ask("GET", path, &officer, Value::Null).await.json();
        let all = answer["duties"].as_array().unwrap().clone();
        all.into_iter()
            .filter(|duty| duty["what"] == "destroy_evidence")
            .collect::<Vec<_>>()
    };
    town.wait(364 * DAY);
    assert_eq!(duties(&house).await, [] as [Value; 0]);
    town.wait(2 * DAY);
    let due = duties(&house).await;
    assert_eq!(due[0]["receipt"], signed.hash.to_string());
    assert_eq!(due.len(), 1);
    let evidence = house.store.evidence(SITE, &signed.hash).unwrap().unwrap();
    let officer = house.log_in("officer").await;
    let body = json!({"receipts": [signed.hash.to_string()], "reason": "term-ended"});
    let (path, auditor) = ("/sites/jetcrm/evidence/acts", house.log_in("auditor").await);
    assert_eq!(
        house.ask("POST", path, &auditor, body.clone()).await.status,
        403
    );
    let answer = house.ask("POST", path, &officer, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(answer.json()["done"], true);
    let disk = on_disk(&house.data.0);
    assert!(!remains(&disk, &evidence.sealed[24..]) && !remains(&disk, &evidence.wrapped[24..]));
    assert_eq!(duties(&house).await, [] as [Value; 0]);
    assert_eq!(
        house.reads(&officer, &signed).await.status,
        StatusCode::NOT_FOUND
    );
    let act = answer.json()["act"].as_str().unwrap().to_owned();
    let path = format!("/sites/jetcrm/acts/{act}");
    let told = house.ask("GET", &path, &officer, Value::Null).await.json();
    assert_eq!(
        (&told["evidence"], &told["sealed"]),
        (&json!(true), &json!({}))
    );
    assert_eq!(house.audit().await.len(), 2, "the log has said it before");
    let (code, told) = fsck(&house.data.0);
    assert_eq!(code, Some(0), "{told}");
}

/// A directory with a store of before, the keys, and the journal.
fn restored(data: &Path, store: &Path) -> Arc<Scratch> {
    let restored = Arc::new(Scratch::new());
    fs::copy(store, restored.0.join("store.sqlite")).unwrap();
    for name in [
        "vault.key",
        "log-jetcrm.key",
        "operator-jetcrm.key",
        "erasures.jsonl",
    ] {
        fs::copy(data.join(name), restored.0.join(name)).unwrap();
    }
    restored
}

#[tokio::test]
async fn a_restored_backup_keeps_what_is_kept_and_nothing_that_ended() {
    let town = Town::new();
    let house = town.house().await;
    let (ended, kept) = (house.contact(1).await, house.contact(2).await);
    let backup = |name: &str| {
        let file = town.place.0.join(name);
        let data = town.data.0.as_os_str();
        let (code, _, error) =
            raspiska(&["backup".as_ref(), file.as_os_str(), "--data".as_ref(), data]);
        assert_eq!(code, Some(0), "{error}");
        file
    };
    let before = backup("before");
    house.erase(&[ended.hash, kept.hash]).unwrap();
    let between = backup("between");
    let evidence = house.store.evidence(SITE, &ended.hash).unwrap().unwrap();
    house.end(&[ended.hash], "unlawful").unwrap();
    drop(house.close());
    for store in [before, between] {
        let data = restored(&town.data.0, &store);
        let (code, told) = fsck(&data.0);
        assert!(
            code == Some(1) && told.contains("the store is from before"),
            "{told}"
        );
        let house = town.house_in(&data).await;
        let disk = on_disk(&data.0);
        assert!(!contains(&disk, VALUE) && !remains(&disk, &evidence.sealed[24..]));
        let held = house.store.evidences(SITE).unwrap();
        assert_eq!(
            held.iter().map(|held| held.receipt).collect::<Vec<_>>(),
            [kept.hash]
        );
        let (code, told) = fsck(&data.0);
        assert_eq!(code, Some(0), "{told}");
        // It opens as before.
        let (officer, second) = (house.log_in("officer").await, house.log_in("second").await);
        let asked = house.wishes(&officer, &kept).await;
        assert_eq!(house.confirms(&second, &kept, &asked).await, 204);
        assert_eq!(
            house.reads(&officer, &kept).await.json()["values"]["email"],
            VALUE
        );
    }
}

#[tokio::test]
async fn each_failure_in_between_is_made_good() {
    for (call, fault) in [
        Call::KeepEvidence,
        Call::DeleteEvidence,
        Call::Append,
        Call::Scrub,
    ]
    .into_iter()
    .flat_map(|call| [Fault::Nothing, Fault::Everything].map(|fault| (call, fault)))
    {
        let cell = format!("{call:?} {fault:?}");
        let town = Town::new();
        let house = town.house().await;
        let signed = house.contact(1).await;
        if call == Call::DeleteEvidence {
            house.erase(&[signed.hash]).unwrap();
        }
        house.store.fail_at(call, fault, 1, false);
        if call == Call::DeleteEvidence {
            house.end(&[signed.hash], "unlawful").expect_err(&cell);
        } else {
            house.erase(&[signed.hash]).expect_err(&cell);
        }
        assert!(house.store.has_failed(), "{cell}: did not happen");
        drop(house.close());
        let house = town.house().await;
        assert!(erasure::settle(&house.app).unwrap(), "{cell}");
        let held = house.store.evidences(SITE).unwrap().len();
        assert_eq!(held, usize::from(call != Call::DeleteEvidence), "{cell}");
        let row = house.store.row(SITE, &signed.hash).unwrap().unwrap();
        assert_eq!(house.store.sealed(SITE, row.index).unwrap(), [], "{cell}");
        let (code, told) = fsck(&house.data.0);
        assert_eq!(code, Some(0), "{cell}: {told}");
    }
}

#[tokio::test]
async fn the_vaults_next_key_opens_it() {
    let town = Town::new();
    let house = town.house().await;
    let signed = house.contact(1).await;
    house.erase(&[signed.hash]).unwrap();
    drop(house.close());
    let data = town.data.0.to_str().unwrap();
    let (code, _, error) = raspiska(&["key", "rotate", "vault", "--data", data]);
    assert_eq!(code, Some(0), "{error}");
    let (code, told) = fsck(&town.data.0);
    assert_eq!(code, Some(0), "{told}");
    town.wait(MINUTE);
    let house = town.house().await;
    let (officer, second) = (house.log_in("officer").await, house.log_in("second").await);
    let asked = house.wishes(&officer, &signed).await;
    assert_eq!(house.confirms(&second, &signed, &asked).await, 204);
    assert_eq!(
        house.reads(&officer, &signed).await.json()["values"]["email"],
        VALUE
    );
}

#[tokio::test]
async fn a_store_whose_evidence_was_touched_is_named() {
    let town = Town::new();
    let house = town.house().await;
    let (first, other) = (house.contact(1).await, house.contact(2).await);
    house.erase(&[first.hash]).unwrap();
    drop(other);
    drop(house.close());
    for (sql, slug) in [
        ("DELETE FROM evidence", "evidence-lost"),
        ("UPDATE evidence SET until = until + 1", "evidence-term"),
        ("UPDATE evidence SET sealed = zeroblob(99)", "\"evidence\""),
        ("UPDATE evidence SET wrapped = zeroblob(72)", "\"evidence\""),
        (
            "INSERT INTO evidence SELECT log, zeroblob(32), until, wrapped, sealed FROM evidence",
            "evidence-alone",
        ),
        ("UPDATE evidence SET log = 9", "stray"),
    ] {
        let data = town.data.copy();
        let db = Connection::open(data.0.join("store.sqlite")).unwrap();
        db.execute_batch("PRAGMA foreign_keys = 0").unwrap();
        db.execute_batch(sql).unwrap();
        drop(db);
        let data = data.0.to_str().unwrap();
        let (code, told, error) = raspiska(&["fsck", "--data", data, "--json"]);
        assert!(
            code == Some(1) && told.contains(slug),
            "{sql}: {told}{error}"
        );
    }
}

#[test]
fn what_is_kept_for_too_long_is_pointed_out() {
    let town = Town::new();
    let site = town.place.0.join("site");
    let check = || {
        let (_, told, error) = raspiska(&["policy".as_ref(), "check".as_ref(), site.as_os_str()]);
        told + &error
    };
    assert!(!check().contains("longer than a claim"), "{}", check());
    town.says(&RULE.replace("365", "1200"));
    assert!(
        check().contains("[[evidence]] of contact keeps for 1200 days"),
        "{}",
        check()
    );
    town.says(&RULE.replace("ст. 196 ГК РФ [M]", ""));
    assert!(check().contains("evidence.norm"), "{}", check());
}

#[tokio::test]
async fn whoever_asks_what_is_known_of_them_is_told_of_it() {
    let town = Town::new();
    let house = town.house().await;
    let signed = house.contact(1).await;
    house.erase(&[signed.hash]).unwrap();
    let (number, _) = ticket(&house.asks(&signed.hash, "access").await);
    let officer = house.log_in("officer").await;
    let path = format!("/sites/jetcrm/requests/{number}");
    let (steps, reading) = (format!("{path}/steps"), format!("{path}/reading"));
    let step = json!({"step": "answer"});
    let answer = house.ask("POST", &steps, &officer, step).await;
    assert_eq!(answer.json()["state"], "answered", "{}", answer.text());
    let told = house.ask("POST", &reading, &officer, json!({})).await;
    let told = told.text();
    assert!(told.contains("Да, мы обрабатываем ваши данные"), "{told}");
    assert!(
        told.contains("опечатана на случай спора") && !told.contains(VALUE),
        "{told}"
    );
}
