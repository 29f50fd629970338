//! The office: who is let in, what each role may see, and that every look is noted.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use raspiska_server::{
    clock::Clock,
    store::{Account, OfficeRole, Offices as _, Store as _},
};
use raspiska_shared::receipt::{Disclosure, Signed, State};
use serde_json::{Value, json};

use crate::faulty::{Call, Fault};
use crate::house::{Answer, House, SITE, Scratch, raspiska, send};
use crate::person::Person;

const PASSWORD: &str = "four words in a row";
const VALUE: &str = "visitor-8124@example.org";
const NINE_HOURS: u64 = 9 * 60 * 60 * 1000;

/// A house with one account of each role, named like it, and a clock that can be moved.
pub(crate) async fn office() -> (House, Arc<AtomicU64>) {
    let now = Arc::new(AtomicU64::new(Clock::system().millis()));
    let clock = {
        let now = Arc::clone(&now);
        Clock::new(move || now.load(Ordering::Relaxed))
    };
    let data = Arc::new(Scratch::new());
    let house = House::open_in(data, |_| (), clock).await.unwrap();
    for role in OfficeRole::ALL {
        house.employs(role);
    }
    (house, now)
}

impl House {
    /// Makes an account as the command does; hashing once is enough for all.
    fn employs(&self, role: OfficeRole) {
        static HASH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
        let hash = HASH.get_or_init(|| {
            let data = self.data.0.to_str().unwrap();
            let made = add_account(data, "first", PASSWORD);
            assert!(made.0, "{}", made.1);
            self.store.account("first").unwrap().unwrap().password
        });
        let account = Account {
            login: role.word().to_owned(),
            name: format!("The {}", role.word()),
            role,
            password: hash.clone(),
            since: 1,
            closed: None,
        };
        self.store.set_account(&account).unwrap();
    }

    pub(crate) async fn log_in(&self, login: &str) -> String {
        let answer = self
            .ask(
                "POST",
                "/session",
                "",
                json!({"login": login, "password": PASSWORD}),
            )
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, token: &str, body: Value) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/v1/office{path}"))
            .header("content-type", "application/json");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Value::Null => Body::empty(),
            body => Body::from(body.to_string()),
        };
        send(&self.router, request.body(body).unwrap()).await
    }

    async fn values(&self, token: &str, receipt: &Signed, purpose: &str) -> Answer {
        let path = format!("/sites/jetcrm/receipts/{}/values", receipt.hash);
        let body = json!({"purpose": purpose, "reason": "a test reads"});
        self.ask("POST", &path, token, body).await
    }

    async fn listed(&self, token: &str) -> Vec<String> {
        let answer = self
            .ask("GET", "/sites/jetcrm/receipts", token, Value::Null)
            .await;
        let json = answer.json();
        let receipts = json["receipts"].as_array().unwrap().iter();
        receipts
            .map(|own| own["notice"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What the access log has: who, for what, what was done.
    pub(crate) fn looks(&self) -> Vec<[String; 3]> {
        let noted = self.store.accesses(0, 100).unwrap();
        noted
            .into_iter()
            .map(|(_, access)| [access.login, access.purpose, access.what])
            .collect()
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

fn look(login: &str, purpose: &str, what: &str) -> [String; 3] {
    [login, purpose, what].map(ToOwned::to_owned)
}

/// Makes an account of an officer by the command.
fn add_account(data: &str, login: &str, password: &str) -> (bool, String) {
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_raspiska"))
        .args([
            "office",
            "account",
            "add",
            login,
            "--role",
            "officer",
            "--name",
            "The First",
        ])
        .args(["--data", data])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = command.stdin.take().unwrap();
    writeln!(stdin, "{password}").unwrap();
    drop(stdin);
    let output = command.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

fn contact(house: &House, number: u64) -> Signed {
    Person::new(number).contact(&house.site, &[("email", VALUE)], "code")
}

#[tokio::test]
async fn who_knows_the_password_comes_in_and_goes() {
    let (house, now) = office().await;
    let token = house.log_in("auditor").await;
    let who = house
        .ask("GET", "/session", &token, Value::Null)
        .await
        .json();
    assert_eq!(
        (&who["login"], &who["role"]),
        (&json!("auditor"), &json!("auditor"))
    );
    assert_eq!(who["ends"], now.load(Ordering::Relaxed) + NINE_HOURS);
    for _ in 0..2 {
        let other = house.log_in("auditor").await;
        assert_ne!(other, token);
    }

    let answer = house.ask("DELETE", "/session", &token, Value::Null).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    for shown in [&*token, "", "x", &"x".repeat(65)] {
        let answer = house.ask("GET", "/session", shown, Value::Null).await;
        assert_eq!(answer.kind(), "unauthorized");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn who_is_wrong_is_not_told_in_what() {
    let (house, _) = office().await;
    let closed = Account {
        closed: Some(2),
        ..house.store.account("hr").unwrap().unwrap()
    };
    house.store.set_account(&closed).unwrap();
    let mut sentences = Vec::new();
    for (login, password) in [
        ("officer", "four words in a roe"),
        ("nobody", PASSWORD),
        ("hr", PASSWORD),
    ] {
        let answer = house
            .ask(
                "POST",
                "/session",
                "",
                json!({"login": login, "password": password}),
            )
            .await;
        assert_eq!(answer.kind(), "unauthorized");
        sentences.push(answer.text().to_owned());
    }
    sentences.dedup();
    assert_eq!(sentences.len(), 1, "{sentences:?}");
}

#[tokio::test]
async fn a_name_is_not_tried_without_end() {
    let (house, _) = office().await;
    let mut refused = None;
    for _ in 0..7 {
        let answer = house
            .ask(
                "POST",
                "/session",
                "",
                json!({"login": "officer", "password": "wrong"}),
            )
            .await;
        refused = Some(answer);
    }
    let refused = refused.unwrap();
    assert_eq!(refused.kind(), "rate-limited");
    assert!(!refused.header("retry-after").is_empty());
    house.log_in("auditor").await;
}

#[tokio::test]
async fn a_session_ends_with_the_day_the_account_and_the_password() {
    let (house, now) = office().await;
    let lives = async |token: &str| {
        let answer = house.ask("GET", "/session", token, Value::Null).await;
        answer.status == StatusCode::OK
    };
    let token = house.log_in("officer").await;
    now.fetch_add(NINE_HOURS - 1, Ordering::Relaxed);
    assert!(lives(&token).await);
    now.fetch_add(1, Ordering::Relaxed);
    assert!(!lives(&token).await, "the day is over");

    let token = house.log_in("officer").await;
    now.fetch_sub(1, Ordering::Relaxed);
    assert!(
        !lives(&token).await,
        "the clock jumped back before its beginning"
    );
    now.fetch_add(1, Ordering::Relaxed);

    house.employs(OfficeRole::Officer);
    assert!(!lives(&token).await, "the account was changed");
}

#[tokio::test]
async fn values_are_read_for_a_purpose_that_is_given() {
    let (house, _) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    let token = house.log_in("officer").await;

    let read = house.values(&token, &receipt, "contact").await;
    assert_eq!(read.json(), json!({"values": {"email": VALUE}}));
    assert_eq!(read.header("cache-control"), "no-store");
    assert_eq!(
        house.values(&token, &receipt, "advertising").await.kind(),
        "purpose"
    );
    assert_eq!(
        house.values(&token, &receipt, "analytics/").await.kind(),
        "bad-request"
    );
    let unknown = contact(&house, 2);
    assert_eq!(
        house.values(&token, &unknown, "contact").await.kind(),
        "not-found"
    );
    let path = format!("/sites/jetcrm/receipts/{}/values", receipt.hash);
    for reason in ["", "two\nlines", &"x".repeat(201)] {
        let body = json!({"purpose": "contact", "reason": reason});
        assert_eq!(
            house.ask("POST", &path, &token, body).await.kind(),
            "bad-request"
        );
    }

    // The person withdraws: from the next entry of the log on nothing is read.
    let person = Person::new(1);
    let withdrawn =
        person.sign(person.draft(&house.site, "contact", &[("contact", State::Withdrawn)]));
    house.log(&withdrawn).await;
    assert_eq!(
        house.values(&token, &receipt, "contact").await.kind(),
        "not-given"
    );
    assert_eq!(
        house.looks(),
        [
            look("officer", "contact", "values read"),
            look("officer", "advertising", "refused"),
            look("officer", "contact", "refused"),
        ]
    );
    let noted = house.store.accesses(0, 1).unwrap();
    let (_, first) = noted.first().unwrap();
    assert_eq!(
        (first.receipt, &*first.site, &*first.reason),
        (receipt.hash, SITE, "a test reads")
    );
}

#[tokio::test]
async fn what_was_destroyed_is_gone() {
    let (house, _) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    house.erase(&[receipt.hash]).unwrap();
    let token = house.log_in("officer").await;
    assert_eq!(
        house.values(&token, &receipt, "contact").await.kind(),
        "gone"
    );
}

#[tokio::test]
async fn each_role_sees_its_own() {
    let (house, _) = office().await;
    let visitor = contact(&house, 1);
    house.log(&visitor).await;
    let (applicant, reader) = (Person::new(2), Person::new(3));
    let send = async |person: &Person, notice: &str, purpose: &str| {
        let mut draft = person.draft(&house.site, notice, &[(purpose, State::Given)]);
        let contact = person.contact(&house.site, &[("email", VALUE)], "x");
        let form = raspiska_shared::receipt::Receipt::open(contact.text.as_bytes()).unwrap();
        draft.event = form.payload().event.clone();
        draft.disclosures = form.disclosures().to_vec();
        if notice == "candidate" {
            let age = Disclosure::new([9; 16], "age", "18 лет или больше");
            draft.disclosures.push(age);
        }
        let signed = person.sign(draft);
        house.log(&signed).await;
        signed
    };
    let application = send(&applicant, "candidate", "candidate").await;
    let subscription = send(&reader, "advertising", "advertising").await;

    let all = ["contact", "candidate", "advertising"];
    let cases: [(&str, &[&str], [bool; 3]); 4] = [
        ("officer", &all, [true, true, true]),
        ("auditor", &all, [false, false, false]),
        ("hr", &["candidate"], [false, true, false]),
        ("marketing", &["advertising"], [false, false, true]),
    ];
    for (login, listed, reads) in cases {
        let token = house.log_in(login).await;
        assert_eq!(house.listed(&token).await, listed, "{login}");
        for ((receipt, purpose), may) in [&visitor, &application, &subscription]
            .into_iter()
            .zip(all)
            .zip(reads)
        {
            let answer = house.values(&token, receipt, purpose).await;
            match may {
                true => assert_eq!(answer.json()["values"]["email"], VALUE, "{login} {purpose}"),
                false => assert_eq!(answer.kind(), "forbidden", "{login} {purpose}"),
            }
        }
        let log = house.ask("GET", "/access", &token, Value::Null).await;
        let told = house
            .tell(
                &token,
                &visitor,
                json!({"by": "call", "purposes": ["nothing"]}),
            )
            .await;
        match login {
            "officer" => assert_eq!((log.status, &*told.kind()), (StatusCode::OK, "withdrawal")),
            "auditor" => assert_eq!((log.status, &*told.kind()), (StatusCode::OK, "forbidden")),
            _ => assert_eq!((&*log.kind(), &*told.kind()), ("forbidden", "forbidden")),
        }
    }
}

impl House {
    async fn tell(&self, token: &str, receipt: &Signed, body: Value) -> Answer {
        let path = format!("/sites/jetcrm/receipts/{}/withdrawal", receipt.hash);
        self.ask("POST", &path, token, body).await
    }
}

#[tokio::test]
async fn a_letter_withdraws_in_the_operators_name() {
    let (house, _) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    let token = house.log_in("officer").await;
    for (body, kind) in [
        (json!({"by": "pigeon"}), "bad-request"),
        (
            json!({"by": "letter", "purposes": ["contact", "contact"]}),
            "bad-request",
        ),
        (
            json!({"by": "letter", "purposes": ["contact", "advertising"]}),
            "withdrawal",
        ),
        (json!({"by": "letter", "purposes": []}), "withdrawal"),
    ] {
        assert_eq!(
            house.tell(&token, &receipt, body.clone()).await.kind(),
            kind,
            "{body}"
        );
    }
    let unknown = contact(&house, 2);
    assert_eq!(
        house
            .tell(&token, &unknown, json!({"by": "call"}))
            .await
            .kind(),
        "not-found"
    );

    let told = house.tell(&token, &receipt, json!({"by": "letter"})).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.text());
    let statement = told.json()["receipt"].as_str().unwrap().parse().unwrap();
    let row = house.store.row(SITE, &statement).unwrap().unwrap();
    let payload =
        raspiska_shared::receipt::Receipt::open(format!("{}~", row.token).as_bytes()).unwrap();
    let event = serde_json::to_value(&payload.payload().event).unwrap();
    assert_eq!(event, json!({"by": "operator", "method": "letter"}));
    assert_eq!(
        house.values(&token, &receipt, "contact").await.kind(),
        "not-given"
    );
    assert_eq!(
        house
            .tell(&token, &receipt, json!({"by": "call"}))
            .await
            .kind(),
        "withdrawal"
    );
}

const DAY: u64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn blocked_data_are_not_read() {
    let (house, _) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    let token = house.log_in("officer").await;
    let state = async |kind: &str, more: Value| {
        let mut body = json!({"kind": kind, "receipt": receipt.hash.to_string()});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let answer = house.ask("POST", "/sites/jetcrm/facts", &token, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    };
    state("blocked", json!({"purpose": "advertising"})).await;
    assert_eq!(
        house.values(&token, &receipt, "contact").await.status,
        StatusCode::OK
    );
    state("blocked", json!({})).await;
    let answer = house.values(&token, &receipt, "contact").await;
    assert!(
        answer.kind() == "not-given" && answer.text().contains("blocked"),
        "{}",
        answer.text()
    );
    state("unblocked", json!({})).await;
    assert_eq!(
        house.values(&token, &receipt, "contact").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn what_is_stated_has_what_its_kind_needs() {
    let (house, now) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    let (own, other) = (
        receipt.hash.to_string(),
        contact(&house, 2).hash.to_string(),
    );
    let later = now.load(Ordering::Relaxed) + 1;
    let (officer, hr) = (house.log_in("officer").await, house.log_in("hr").await);
    let cases = [
        (&officer, json!({"kind": "nothing"}), "bad-request"),
        (
            &officer,
            json!({"kind": "done", "duty": "x"}),
            "bad-request",
        ),
        (
            &officer,
            json!({"kind": "purpose_reached", "receipt": own, "purpose": "a b"}),
            "bad-request",
        ),
        (
            &officer,
            json!({"kind": "purpose_reached", "receipt": other}),
            "not-found",
        ),
        (&officer, json!({"kind": "purpose_reached"}), "fact"),
        (
            &officer,
            json!({"kind": "purpose_reached", "receipt": own, "time": later}),
            "fact",
        ),
        (&officer, json!({"kind": "unblocked"}), "fact"),
        (&officer, json!({"kind": "done"}), "fact"),
        (&officer, json!({"kind": "extended", "duty": own}), "fact"),
        (
            &officer,
            json!({"kind": "consent_withdrawn", "receipt": own}),
            "fact",
        ),
        (
            &hr,
            json!({"kind": "purpose_reached", "receipt": own}),
            "forbidden",
        ),
        (
            &hr,
            json!({"kind": "applicant_refused", "receipt": own}),
            "forbidden",
        ),
    ];
    for (token, body, kind) in cases {
        let answer = house
            .ask("POST", "/sites/jetcrm/facts", token, body.clone())
            .await;
        assert_eq!(answer.kind(), kind, "{body}");
    }
    for fault in [Fault::Nothing, Fault::Everything] {
        house.store.fail(Call::AddFact, fault);
        let body = json!({"kind": "purpose_reached", "receipt": own});
        let answer = house
            .ask("POST", "/sites/jetcrm/facts", &officer, body)
            .await;
        assert_eq!(answer.kind(), "unavailable");
    }
}

#[tokio::test]
async fn a_refused_applicant_is_due_for_destruction() {
    let (house, now) = office().await;
    let person = Person::new(1);
    let contact = person.contact(&house.site, &[("email", VALUE)], "x");
    let form = raspiska_shared::receipt::Receipt::open(contact.text.as_bytes()).unwrap();
    let mut draft = person.draft(&house.site, "candidate", &[("candidate", State::Given)]);
    draft.event = form.payload().event.clone();
    draft.disclosures = form.disclosures().to_vec();
    let age = Disclosure::new([9; 16], "age", "18 лет или больше");
    draft.disclosures.push(age);
    let application = person.sign(draft);
    house.log(&application).await;
    let duties = async |login: &str| {
        let token = house.log_in(login).await;
        let answer = house
            .ask("GET", "/sites/jetcrm/duties", &token, Value::Null)
            .await;
        let destroy = |duty: &&Value| duty["what"] == "destroy";
        answer.json()["duties"]
            .as_array()
            .unwrap()
            .iter()
            .filter(destroy)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(duties("officer").await, [] as [Value; 0]);

    let token = house.log_in("hr").await;
    let body = json!({"kind": "applicant_refused", "receipt": application.hash.to_string()});
    let answer = house.ask("POST", "/sites/jetcrm/facts", &token, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    for login in ["officer", "hr"] {
        let due = duties(login).await;
        assert_eq!(due.len(), 1, "{login}: {due:?}");
        assert_eq!(due[0]["receipt"], application.hash.to_string());
        assert!(due[0]["norm"].as_str().unwrap().contains("21"), "{due:?}");
        assert_eq!(due[0]["state"], "coming");
    }
    assert_eq!(duties("marketing").await, [] as [Value; 0]);
    now.fetch_add(45 * DAY, Ordering::Relaxed);
    assert_eq!(duties("auditor").await[0]["state"], "overdue");
}

#[tokio::test]
async fn the_officer_destroys_and_the_act_says_so() {
    let (house, _) = office().await;
    let (receipt, other) = (contact(&house, 1), contact(&house, 2));
    house.log(&receipt).await;
    house.log(&other).await;
    let (officer, auditor, hr) = (
        house.log_in("officer").await,
        house.log_in("auditor").await,
        house.log_in("hr").await,
    );
    let acts = "/sites/jetcrm/acts";
    let (own, unknown) = (
        receipt.hash.to_string(),
        contact(&house, 3).hash.to_string(),
    );
    let order = json!({"receipts": [own], "reason": "withdrawal"});
    let cases = [
        (&hr, order.clone(), "forbidden"),
        (&auditor, order.clone(), "forbidden"),
        (
            &officer,
            json!({"receipts": ["x"], "reason": "withdrawal"}),
            "bad-request",
        ),
        (
            &officer,
            json!({"receipts": [], "reason": "withdrawal"}),
            "erasure",
        ),
        (
            &officer,
            json!({"receipts": [own, own], "reason": "withdrawal"}),
            "erasure",
        ),
        (
            &officer,
            json!({"receipts": [own], "reason": "whim"}),
            "erasure",
        ),
        (
            &officer,
            json!({"receipts": [own], "reason": "withdrawal", "processor": "two\nlines"}),
            "erasure",
        ),
        (
            &officer,
            json!({"receipts": [unknown], "reason": "withdrawal"}),
            "not-found",
        ),
        (
            &officer,
            json!({"receipts": vec![own.clone(); 2000], "reason": "withdrawal"}),
            "too-large",
        ),
    ];
    for (token, body, kind) in cases {
        assert_eq!(
            house.ask("POST", acts, token, body.clone()).await.kind(),
            kind,
            "{body}"
        );
    }
    let made = house.ask("POST", acts, &officer, order.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = made.json();
    assert_eq!(made["done"], true);
    assert_eq!(
        house.ask("POST", acts, &officer, order).await.kind(),
        "erasure",
        "once"
    );

    // The auditor reads it, and those who hire do not.
    let list = house.ask("GET", acts, &auditor, Value::Null).await.json();
    let act = &list["acts"][0];
    assert_eq!(
        (&act["act"], &act["by"], &act["receipts"]),
        (&made["act"], &json!("officer"), &json!([own]))
    );
    assert!(
        act["kept_until"].is_string() && act["done"].is_u64(),
        "{act}"
    );
    let one = format!("{acts}/{}", made["act"].as_str().unwrap());
    assert_eq!(
        house.ask("GET", &one, &auditor, Value::Null).await.json(),
        *act
    );
    for path in [acts, &one] {
        assert_eq!(
            house.ask("GET", path, &hr, Value::Null).await.kind(),
            "forbidden"
        );
    }
    for number in ["20000101-00000000", "x"] {
        let path = format!("{acts}/{number}");
        assert_eq!(
            house.ask("GET", &path, &officer, Value::Null).await.kind(),
            "not-found"
        );
    }
    let page = Request::get(format!("/v1/office{one}"))
        .header("authorization", format!("Bearer {officer}"))
        .header("accept", "text/html");
    let page = send(&house.router, page.body(Body::empty()).unwrap()).await;
    assert!(
        page.text().contains("The officer") && page.text().contains(&own),
        "{}",
        page.text()
    );

    // What a certified tool says stands with it.
    let tool = format!("{one}/tool");
    let said = json!({"tool": "Terrier", "certificate": "4551", "result": "nothing found"});
    assert_eq!(
        house
            .ask("POST", &tool, &auditor, said.clone())
            .await
            .kind(),
        "forbidden"
    );
    let empty = json!({"tool": "", "certificate": "1", "result": "x"});
    assert_eq!(
        house.ask("POST", &tool, &officer, empty).await.kind(),
        "erasure"
    );
    let noted = house.ask("POST", &tool, &officer, said.clone()).await;
    assert_eq!(noted.status, StatusCode::NO_CONTENT);
    let act = house.ask("GET", &one, &officer, Value::Null).await.json();
    assert_eq!(act["tools"], json!([said]));
    assert_eq!(
        house.values(&officer, &other, "contact").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn lists_go_on_where_they_ended() {
    let (house, _) = office().await;
    for number in 0..101 {
        house.log(&contact(&house, number)).await;
    }
    let token = house.log_in("officer").await;
    let page = async |query: &str| {
        let path = format!("/sites/jetcrm/receipts{query}");
        house.ask("GET", &path, &token, Value::Null).await
    };
    let first = page("").await.json();
    assert_eq!(
        (first["receipts"].as_array().unwrap().len(), &first["next"]),
        (100, &json!(100))
    );
    assert!(!first.to_string().contains(VALUE));
    let rest = page("?from=100").await.json();
    assert_eq!(
        (rest["receipts"].as_array().unwrap().len(), &rest["next"]),
        (1, &Value::Null)
    );
    assert_eq!(
        page("?from=9223372036854775807").await.json()["receipts"],
        json!([])
    );
    for query in [
        "?from=-1",
        "?from=9223372036854775808",
        "?from=x",
        "?form=1",
    ] {
        assert_eq!(page(query).await.kind(), "bad-request");
    }
    let log = house
        .ask(
            "GET",
            "/access?after=9223372036854775807",
            &token,
            Value::Null,
        )
        .await;
    assert_eq!(log.json(), json!({"accesses": [], "next": null}));
    assert_eq!(
        house
            .ask("GET", "/access?before=1", &token, Value::Null)
            .await
            .kind(),
        "bad-request"
    );
}

#[tokio::test]
async fn without_a_note_nothing_is_shown() {
    let (house, _) = office().await;
    let receipt = contact(&house, 1);
    house.log(&receipt).await;
    let token = house.log_in("officer").await;
    for fault in [Fault::Nothing, Fault::Everything] {
        house.store.fail(Call::NoteAccess, fault);
        assert_eq!(
            house.values(&token, &receipt, "contact").await.kind(),
            "unavailable"
        );
        for call in [Call::Account, Call::Session] {
            house.store.fail(call, fault);
            assert_eq!(
                house.values(&token, &receipt, "contact").await.kind(),
                "unavailable",
                "{call:?}"
            );
        }
        for call in [Call::Account, Call::BeginSession] {
            house.store.fail(call, fault);
            let body = json!({"login": "officer", "password": PASSWORD});
            assert_eq!(
                house.ask("POST", "/session", "", body).await.kind(),
                "unavailable",
                "{call:?}"
            );
        }
        house.store.fail(Call::EndSession, fault);
        let ended = house
            .ask("DELETE", "/session", &house.log_in("hr").await, Value::Null)
            .await;
        assert_eq!(ended.kind(), "unavailable");
        house.store.fail(Call::Accesses, fault);
        assert_eq!(
            house
                .ask("GET", "/access", &token, Value::Null)
                .await
                .kind(),
            "unavailable"
        );
    }
    assert_eq!(
        house.looks(),
        [look("officer", "contact", "values read")],
        "noted, not shown"
    );
}

#[tokio::test]
async fn accounts_are_made_and_closed_on_the_machine() {
    let house = House::open().await;
    let data = house.data.0.to_str().unwrap();
    let account = |more: &[&str]| {
        let (code, out, err) = raspiska(&[&["office", "account", "--data", data], more].concat());
        (code == Some(0), out + &err)
    };
    let (made, said) = add_account(data, "anna", PASSWORD);
    assert!(made && said.contains("anna: officer"), "{said}");
    for (login, password, because) in [
        ("anna", PASSWORD, "already"),
        ("Anna", PASSWORD, "a login is"),
        ("boris", "too short", "shorter than 15"),
    ] {
        let (made, said) = add_account(data, login, password);
        assert!(!made && said.contains(because), "{said}");
    }
    let nameless = ["add", "boris", "--role", "hr", "--name", "two\nlines"];
    assert!(account(&nameless).1.contains("a name is one line"));
    let (_, list) = account(&["list"]);
    assert!(
        list.contains("anna") && list.contains("The First") && !list.contains("argon2"),
        "{list}"
    );
    let (_, json) = account(&["list", "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json[0]["login"], &json[0]["closed"]),
        (&json!("anna"), &Value::Null)
    );

    assert!(account(&["close", "boris"]).1.contains("no account"));
    assert!(account(&["close", "anna"]).0);
    assert!(account(&["close", "anna"]).1.contains("is closed"));
    let body = json!({"login": "anna", "password": PASSWORD});
    assert_eq!(
        house.ask("POST", "/session", "", body).await.kind(),
        "unauthorized"
    );
}
