//! Every kind of refusal, with its status and nothing logged.

use std::{fs, sync::Arc};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use raspiska_server::clock::Clock;
use raspiska_shared::{
    api::ProblemBody,
    digest::Digest,
    receipt::{Actor, Disclosure, Method, State},
};
use serde_json::{Value, json};

use crate::house::{House, Scratch, demo_site, send};
use crate::person::Person;

/// Changes the JSON of one part of a receipt and signs it again.
fn resigned(text: &str, part: usize, key: &SigningKey, change: impl FnOnce(&mut Value)) -> String {
    let (token, disclosures) = text.split_once('~').unwrap();
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let mut json: Value =
        serde_json::from_slice(&Base64UrlUnpadded::decode_vec(&parts[part]).unwrap()).unwrap();
    change(&mut json);
    parts[part] = Base64UrlUnpadded::encode_string(json.to_string().as_bytes());
    let signature = key.sign(format!("{}.{}", parts[0], parts[1]).as_bytes());
    parts[2] = Base64UrlUnpadded::encode_string(&signature.to_bytes());
    format!("{}~{disclosures}", parts.join("."))
}

#[tokio::test]
async fn every_kind_has_its_status_and_leaves_no_trace() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let good = visitor.analytics(&house.site, State::Given).text;
    let draft =
        |decisions: &[(&str, State)]| visitor.draft(&house.site, "cookies-analytics", decisions);
    let given = [("analytics", State::Given)];

    let mut elsewhere = draft(&given);
    elsewhere.aud = "example.org".into();
    let mut early = draft(&given);
    early.iat += 2 * 86400;
    let mut late = draft(&given);
    late.iat -= 31 * 86400;
    let mut no_notice = draft(&given);
    no_notice.notice.sha256 = Digest::of(b"another text");
    let mut no_policy = draft(&given);
    no_policy.policy.edition = "1999-01-01".into();
    let mut statement = draft(&[("analytics", State::Withdrawn)]);
    (statement.event.by, statement.event.method, statement.of) =
        (Actor::Operator, Method::Letter, Some(Digest::of(b"")));
    let mut hidden = draft(&given);
    hidden.disclosures = vec![Disclosure::new([1; 16], "email", "a@example.org")];
    let hidden = visitor.sign(hidden).text;
    let stray = Disclosure::new([1; 16], "email", "a@example.org");

    let cases = [
        ("too-large", 413, "x".repeat(33 * 1024)),
        ("form", 400, "not a receipt".into()),
        ("form", 400, good.replace('~', "")),
        (
            "header",
            400,
            resigned(&good, 0, &visitor.key, |header| {
                header["alg"] = json!("none")
            }),
        ),
        (
            "signature",
            422,
            resigned(&good, 1, &Person::new(2).key, |_| ()),
        ),
        (
            "payload",
            400,
            resigned(&good, 1, &visitor.key, |payload| {
                payload["schema"] = json!("urn:other")
            }),
        ),
        (
            "subject",
            422,
            resigned(&good, 1, &visitor.key, |payload| {
                payload["sub"] = json!(Digest::of(b""))
            }),
        ),
        ("disclosure", 422, format!("{good}{}~", stray.encoded())),
        (
            "disclosure",
            422,
            hidden.split_inclusive('~').next().unwrap().into(),
        ),
        ("audience", 422, visitor.sign(elsewhere).text),
        ("clock", 422, visitor.sign(early).text),
        ("clock", 422, visitor.sign(late).text),
        ("notice-unknown", 422, visitor.sign(no_notice).text),
        ("policy-unknown", 422, visitor.sign(no_policy).text),
        (
            "purpose",
            422,
            visitor.sign(draft(&[("ads", State::Given)])).text,
        ),
        (
            "purpose",
            422,
            visitor
                .sign(draft(&[("analytics/nobody", State::Given)]))
                .text,
        ),
        (
            "withdrawal",
            422,
            visitor.sign(draft(&[("analytics", State::Withdrawn)])).text,
        ),
        ("subject", 422, visitor.sign(statement).text),
    ];
    for (kind, status, receipt) in cases {
        let answer = house.post(&receipt).await;
        assert_eq!(
            (answer.kind().as_str(), answer.status.as_u16()),
            (kind, status),
            "{}",
            answer.text()
        );
        assert!(
            !answer.text().contains("example.org"),
            "nothing of the request in the answer"
        );
    }
    assert_eq!(house.audit().await.len(), 0);
    house.post(&good).await;
    assert_eq!(house.audit().await.len(), 1);
}

/// The demo site with its first edition known since the last year, and nothing of it in force on the day of signing.
async fn on_new_year(change: impl FnOnce(String) -> String) -> House {
    let site = Scratch::new();
    copy(&demo_site(), &site.0);
    let config = site.0.join("site.toml");
    fs::write(&config, change(fs::read_to_string(&config).unwrap())).unwrap();
    // 2025-01-10, noon in Moscow.
    let clock = Clock::new(|| 1_736_499_600_000);
    let data = Arc::new(Scratch::new());
    House::open_in(data, |config| config.sites = vec![site.0.clone()], clock)
        .await
        .unwrap()
}

pub(crate) fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, to) = (
            entry.as_ref().unwrap().path(),
            to.join(entry.as_ref().unwrap().file_name()),
        );
        if entry.is_dir() {
            copy(&entry, &to)
        } else {
            fs::copy(entry, to).map(drop).unwrap()
        }
    }
}

#[tokio::test]
async fn outdated_documents_are_answered_with_the_current_ones() {
    let as_it_is = on_new_year(|toml| toml).await;
    let older_notices =
        on_new_year(|toml| toml.replace("since = \"2025-01-01\"", "since = \"2024-12-01\"")).await;
    for (house, kind) in [
        (as_it_is, "notice-not-current"),
        (older_notices, "policy-not-current"),
    ] {
        let visitor = Person::new(1);
        let mut draft = visitor.draft(
            &house.site,
            "cookies-analytics",
            &[("analytics", State::Given)],
        );
        // 2024-12-31, an hour before the first edition.
        draft.iat = 1_735_675_200;
        let answer = house.post(&visitor.sign(draft).text).await;
        assert_eq!(
            (answer.status, answer.kind().as_str()),
            (StatusCode::CONFLICT, kind)
        );
        let problem: ProblemBody = serde_json::from_slice(&answer.body).unwrap();
        let current = problem.current.unwrap();
        assert_eq!(current.policy.edition, "2025-01-01");
        assert_eq!(current.notices.len(), house.site.notices.len());
    }
}

#[tokio::test]
async fn a_request_that_is_none_is_told_what_is_wrong() {
    let house = House::open().await;
    let post = |path: &str, media_type: &str, body: &str| {
        let request = Request::post(path).header("content-type", media_type);
        request.body(Body::from(body.to_owned())).unwrap()
    };
    let receipts = "/v1/sites/jetcrm/receipts";
    let withdrawals = "/v1/sites/jetcrm/withdrawals";
    let nobody = format!(r#"{{"receipt":"{}","code":"x"}}"#, Digest::of(b""));
    let cases = [
        ("media-type", 415, post(receipts, "application/json", "{}")),
        ("media-type", 415, post(withdrawals, "text/plain", "{}")),
        (
            "bad-request",
            400,
            post(withdrawals, "application/json", "{"),
        ),
        (
            "bad-request",
            400,
            post(
                withdrawals,
                "application/json",
                r#"{"receipt":"x","code":"y"}"#,
            ),
        ),
        (
            "bad-request",
            400,
            post(
                withdrawals,
                "application/json",
                &nobody.replace('}', r#","also":1}"#),
            ),
        ),
        (
            "too-large",
            413,
            post(withdrawals, "application/json", &" ".repeat(5000)),
        ),
        (
            "not-found",
            404,
            post(withdrawals, "application/json", &nobody),
        ),
        (
            "not-found",
            404,
            post("/v1/sites/nobody/receipts", "application/sd-jwt", "x"),
        ),
        (
            "bad-request",
            400,
            crate::house::get(&format!("{receipts}/x")),
        ),
        (
            "not-found",
            404,
            crate::house::get(&format!("{receipts}/{}", Digest::of(b""))),
        ),
        ("not-found", 404, crate::house::get("/v1/sites/nobody")),
        (
            "not-found",
            404,
            crate::house::get("/log/nobody/checkpoint"),
        ),
        ("not-found", 404, crate::house::get("/nowhere")),
        ("bad-request", 400, crate::house::get("/v1/sites/%ff")),
        ("method", 405, crate::house::get(receipts)),
        (
            "method",
            405,
            Request::delete("/healthz").body(Body::empty()).unwrap(),
        ),
    ];
    for (kind, status, request) in cases {
        let sent = format!("{} {}", request.method(), request.uri());
        let answer = send(&house.router, request).await;
        assert_eq!(
            (answer.kind().as_str(), answer.status.as_u16()),
            (kind, status),
            "{sent}"
        );
    }
}
