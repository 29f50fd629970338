//! Who is let in, and for how long; how accounts are made.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use raspiska_server::store::{Account, OfficeRole, Offices as _};
use raspiska_server::{clock::Clock, config::Config};
use serde_json::{Value, json};

use super::{PASSWORD, add_account, office};
use crate::house::{House, Scratch, raspiska, send};

const NINE_HOURS: u64 = 9 * 60 * 60 * 1000;

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
async fn a_name_is_not_tried_without_end_and_its_owner_is_not_kept_out() {
    let data = Arc::new(Scratch::new());
    let proxied = |config: &mut Config| config.trust_proxy = true;
    let house = House::open_in(data, proxied, Clock::system())
        .await
        .unwrap();
    house.employs(OfficeRole::Officer);
    let try_from = async |address: &str, password: &str| {
        let body = json!({"login": "officer", "password": password});
        let request = Request::post("/v1/office/session")
            .header("content-type", "application/json")
            .header("x-forwarded-for", address)
            .body(Body::from(body.to_string()));
        send(&house.router, request.unwrap()).await
    };
    for _ in 0..6 {
        assert_eq!(try_from("192.0.2.1", "wrong").await.kind(), "unauthorized");
    }
    let refused = try_from("192.0.2.1", PASSWORD).await;
    assert_eq!(refused.kind(), "rate-limited");
    assert!(!refused.header("retry-after").is_empty());
    let owner = try_from("192.0.2.2", PASSWORD).await;
    assert_eq!(owner.status, StatusCode::CREATED, "{}", owner.text());
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

    let nowhere = raspiska(&["office", "account", "list"]);
    assert!(nowhere.2.contains("--data DIR"), "{}", nowhere.2);

    assert!(account(&["close", "boris"]).1.contains("no account"));
    assert!(account(&["close", "anna"]).0);
    assert!(account(&["close", "anna"]).1.contains("is closed"));
    let body = json!({"login": "anna", "password": PASSWORD});
    assert_eq!(
        house.ask("POST", "/session", "", body).await.kind(),
        "unauthorized"
    );
}
