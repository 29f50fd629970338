//! The office: who is let in, what each role may see, and that every look is noted.

mod acts;
mod door;
mod facts;
mod values;

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
    store::{Account, OfficeRole, Offices as _},
};
use raspiska_shared::receipt::Signed;
use serde_json::{Value, json};

use crate::house::{Answer, House, Scratch, send};
use crate::person::Person;

const PASSWORD: &str = "four words in a row";
const VALUE: &str = "visitor-8124@example.org";

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
    pub(crate) fn employs(&self, role: OfficeRole) {
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

    pub(crate) async fn values(&self, token: &str, receipt: &Signed, purpose: &str) -> Answer {
        let path = format!("/sites/jetcrm/receipts/{}/values", receipt.hash);
        let body = json!({"purpose": purpose, "reason": "a test reads"});
        self.ask("POST", &path, token, body).await
    }

    async fn tell(&self, token: &str, receipt: &Signed, body: Value) -> Answer {
        let path = format!("/sites/jetcrm/receipts/{}/withdrawal", receipt.hash);
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
