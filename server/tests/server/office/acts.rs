//! Destruction over HTTP.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use super::{contact, office};
use crate::house::send;

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
    let file = Request::get(format!("/v1/office{one}"))
        .header("authorization", format!("Bearer {officer}"))
        .header("accept", "application/pdf");
    let file = send(&house.router, file.body(Body::empty()).unwrap()).await;
    assert_eq!(file.header("content-type"), "application/pdf");
    assert!(file.body.starts_with(b"%PDF-"));

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
