//! The contract's HTTP table, row by row.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use raspiska_shared::{
    api::Logged,
    log::{note::VerifierKey, proof::Proof},
    receipt::State,
};

use crate::house::{House, get, send};
use crate::person::Person;

#[tokio::test]
async fn every_row_of_the_table_answers() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let signed = visitor.sign(visitor.draft(
        &house.site,
        "cookies-media",
        &[("media", State::Given), ("media/video", State::Refused)],
    ));

    let answer = house.post(&signed.text).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (StatusCode::CREATED, "application/json")
    );
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let logged = house.check(&answer, &signed);
    assert_eq!(logged.index, 0);
    let status: Vec<_> = logged
        .status
        .iter()
        .map(|(purpose, state)| (purpose.as_str(), *state))
        .collect();
    assert_eq!(
        status,
        [("media", State::Given), ("media/video", State::Refused)]
    );

    let path = format!("/v1/sites/jetcrm/receipts/{}", signed.hash);
    let answer = house.get(&path).await;
    assert_eq!(
        serde_json::from_slice::<Logged>(&answer.body).unwrap(),
        logged
    );
    let plain = Request::get(&path)
        .header("accept", "text/plain")
        .body(Body::empty())
        .unwrap();
    let proof = send(&house.router, plain).await;
    assert_eq!(proof.header("content-type"), "text/plain; charset=utf-8");
    Proof::parse(proof.text())
        .unwrap()
        .verify(&house.vkey, &signed.hash)
        .unwrap();

    let vkey = house.get("/log/jetcrm/vkey").await;
    assert_eq!(
        vkey.text().trim_end().parse::<VerifierKey>().unwrap(),
        house.vkey
    );
    let checkpoint = house.get("/log/jetcrm/checkpoint").await;
    assert_eq!(checkpoint.header("cache-control"), "no-cache");

    for (path, media_type) in [
        ("/policy/jetcrm", "text/html; charset=utf-8"),
        ("/policy/jetcrm/2025-01-01", "text/html; charset=utf-8"),
        ("/healthz", "application/json"),
        ("/healthz/live", "text/plain; charset=utf-8"),
        ("/.well-known/raspiska.json", "application/json"),
        ("/metrics", "text/plain; version=0.0.4; charset=utf-8"),
        ("/openapi.json", "application/json"),
        ("/spec/README.md", "text/plain; charset=utf-8"),
        ("/spec/verify.py", "text/plain; charset=utf-8"),
        ("/spec/formats.json", "text/plain; charset=utf-8"),
        ("/spec/confirm.mjs", "text/plain; charset=utf-8"),
        ("/v1/sites/jetcrm", "application/json"),
    ] {
        let answer = house.get(path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (StatusCode::OK, media_type),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[tokio::test]
async fn the_bundle_is_sent_once_and_then_known() {
    let house = House::open().await;
    let first = house.get("/v1/sites/jetcrm").await;
    let request = Request::get("/v1/sites/jetcrm").header("if-none-match", first.header("etag"));
    let second = send(&house.router, request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (second.status, second.body.len()),
        (StatusCode::NOT_MODIFIED, 0)
    );
}

#[tokio::test]
async fn a_tile_is_there_when_the_head_covers_it() {
    let house = House::open().await;
    for number in 0..3 {
        house
            .log(&Person::new(number).analytics(&house.site, State::Given))
            .await;
    }
    for level in ["0", "entries"] {
        let narrow = house
            .get(&format!("/log/jetcrm/tile/{level}/000.p/2"))
            .await;
        let wide = house
            .get(&format!("/log/jetcrm/tile/{level}/000.p/3"))
            .await;
        assert_eq!(
            narrow.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert!(wide.body.starts_with(&narrow.body) && wide.body.len() > narrow.body.len());
    }
    for path in [
        "0/000",
        "0/000.p/4",
        "0/001.p/1",
        "1/000.p/1",
        "entries/000",
        "8/000.p/1",
        "0/0.p/1",
        "x",
    ] {
        let answer = house.get(&format!("/log/jetcrm/tile/{path}")).await;
        assert_eq!(
            (answer.status, answer.kind().as_str()),
            (StatusCode::NOT_FOUND, "not-found"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_ask() {
    let house = House::open().await;
    let preflight = |path: &str| {
        Request::options(path)
            .header("origin", "https://jetcrm.ru")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
            .body(Body::empty())
            .unwrap()
    };
    for path in ["/v1/sites/jetcrm/receipts", "/v1/sites/jetcrm/withdrawals"] {
        let answer = send(&house.router, preflight(path)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(
            answer
                .header("access-control-allow-headers")
                .contains("content-type")
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    for path in ["/metrics", "/healthz"] {
        assert_eq!(
            house.get(path).await.header("access-control-allow-origin"),
            ""
        );
    }
    assert_eq!(
        send(&house.router, get("/log/jetcrm/vkey"))
            .await
            .header("access-control-allow-origin"),
        "*"
    );
}

#[tokio::test]
async fn the_counts_speak_of_routes_and_kinds_only() {
    let house = House::open().await;
    let signed = Person::new(1).analytics(&house.site, State::Given);
    house.log(&signed).await;
    house.post("nonsense").await;
    let path = format!("/v1/sites/jetcrm/receipts/{}", signed.hash);
    house.get(&path).await;
    let metrics = house.get("/metrics").await;
    for line in [
        r#"raspiska_requests_total{method="POST",route="/v1/sites/{site}/receipts",status="201"} 1"#,
        r#"raspiska_refusals_total{kind="form"} 1"#,
        r#"raspiska_receipts_logged_total{site="jetcrm"} 1"#,
        r#"raspiska_tree_size{site="jetcrm"} 1"#,
        r#"raspiska_batch_size_bucket{site="jetcrm",le="1"} 1"#,
        r#"raspiska_commit_duration_seconds_count{site="jetcrm"} 1"#,
    ] {
        assert!(metrics.text().contains(line), "{line}\n{}", metrics.text());
    }
    assert!(!metrics.text().contains(&signed.hash.to_string()));
}

/// After a change of the interface: `UPDATE_OPENAPI=1 cargo test -p raspiska-server openapi`.
#[test]
fn openapi_json_is_what_the_routes_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let now = raspiska_server::router::openapi();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        now,
        "run it with UPDATE_OPENAPI=1 and commit openapi.json"
    );
}
