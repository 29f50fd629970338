//! `http/`: requests to a server of the site in `www/sites/jetcrm`, and what it answers.
//!
//! Keys: `status`; `now`, the server's clock in UNIX seconds; `after`, optional, the vectors that it has answered before, in
//! this order; `answer-<header>`, optional, a header of the answer.

use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    policy::PolicyRef,
    problem::Kind,
    receipt::{Draft, sign},
};

use crate::{
    actors::{CODE, NOW, alice, contact, cookies, notice},
    posts,
    vector::Vector,
};

const CONTACT: &str = include_str!("../../../www/sites/jetcrm/notices/contact.ru.md");
const ANALYTICS: &str = include_str!("../../../www/sites/jetcrm/notices/cookies-analytics.en.md");
const POLICY: &str = include_str!("../../../www/sites/jetcrm/policy/2025-01-01/ru.md");

pub(crate) const RECEIPTS: &str = "/v1/sites/jetcrm/receipts";
const COUNTS: &str = "/v1/sites/jetcrm/counts";
const WITHDRAWALS: &str = "/v1/sites/jetcrm/withdrawals";

pub(crate) fn vectors() -> Vec<Vector> {
    [
        posts::vectors(),
        read(),
        withdrawn(),
        counted(),
        elsewhere(),
    ]
    .concat()
}

/// The same draft for the site that is served.
pub(crate) fn here(draft: Draft) -> Draft {
    Draft {
        aud: "jetcrm.ru".to_owned(),
        policy: PolicyRef {
            edition: "2025-01-01".to_owned(),
            sha256: Digest::of(POLICY.as_bytes()),
        },
        ..draft
    }
}

pub(crate) fn form() -> Draft {
    Draft {
        notice: notice("contact", Lang::Ru, CONTACT),
        ..here(contact())
    }
}

pub(crate) fn choices() -> Draft {
    Draft {
        notice: notice("cookies-analytics", Lang::En, ANALYTICS),
        ..here(cookies())
    }
}

pub(crate) fn signed(draft: Draft) -> String {
    sign(draft, &alice()).unwrap().text
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("{method} {path} HTTP/1.1\nhost: 127.0.0.1\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\n"));
    }
    format!("{text}\n{body}")
}

fn get(path: &str) -> String {
    request("GET", path, &[], "")
}

pub(crate) fn post(receipt: &str) -> String {
    request(
        "POST",
        RECEIPTS,
        &[("content-type", "application/sd-jwt")],
        receipt,
    )
}

fn code(body: &str) -> String {
    request(
        "POST",
        WITHDRAWALS,
        &[("content-type", "application/json")],
        body,
    )
}

pub(crate) fn ok(case: &str, status: u16, comment: &str, request: String) -> Vector {
    Vector::ok(&format!("http/{case}"), comment, request)
        .key("status", status)
        .key("now", NOW)
}

/// A refusal is a problem with the status of its kind.
pub(crate) fn bad(case: &str, kind: Kind, comment: &str, request: String) -> Vector {
    Vector::bad(&format!("http/{case}"), kind, comment, request)
        .key("status", kind.status())
        .key("now", NOW)
        .key("answer-content-type", "application/problem+json")
}

fn read() -> Vec<Vector> {
    let hash = sign(form(), &alice()).unwrap().hash;
    let path = format!("{RECEIPTS}/{hash}");
    let unknown = format!("{RECEIPTS}/{}", Digest::of(b""));
    let text = "text/plain; charset=utf-8";
    vec![
        ok("read", 200, "what was logged", get(&path))
            .key("after", "receipt")
            .key("answer-content-type", "application/json"),
        ok(
            "read-proof",
            200,
            "the proof alone",
            request("GET", &path, &[("accept", "text/plain")], ""),
        )
        .key("after", "receipt")
        .key("answer-content-type", text),
        bad(
            "read-unknown",
            Kind::NotFound,
            "a receipt that was never logged",
            get(&unknown),
        ),
        bad(
            "read-malformed",
            Kind::BadRequest,
            "no hash",
            get(&format!("{RECEIPTS}/x")),
        ),
        ok(
            "checkpoint",
            200,
            "the log's head",
            get("/log/jetcrm/checkpoint"),
        )
        .key("answer-content-type", text)
        .key("answer-cache-control", "no-cache"),
        ok("vkey", 200, "the log's key", get("/log/jetcrm/vkey")).key("answer-content-type", text),
        ok(
            "entries",
            200,
            "the log's first entry",
            get("/log/jetcrm/tile/entries/000.p/1"),
        )
        .key("after", "receipt")
        .key("answer-content-type", "application/octet-stream"),
        bad(
            "tile-not-yet",
            Kind::NotFound,
            "a tile beyond the log's head",
            get("/log/jetcrm/tile/0/000.p/2"),
        )
        .key("after", "receipt"),
        bad(
            "tile-malformed",
            Kind::NotFound,
            "no tile's path",
            get("/log/jetcrm/tile/0/00"),
        ),
        ok("bundle", 200, "the site bundle", get("/v1/sites/jetcrm"))
            .key("answer-content-type", "application/json")
            .key("answer-access-control-allow-origin", "*"),
        ok(
            "bundle-known",
            304,
            "whatever the client has",
            request("GET", "/v1/sites/jetcrm", &[("if-none-match", "*")], ""),
        ),
        ok(
            "policy-text",
            200,
            "the exact text in the governing language",
            request(
                "GET",
                "/policy/jetcrm/2025-01-01",
                &[("accept", "text/markdown")],
                "",
            ),
        )
        .key("answer-content-type", "text/markdown; charset=utf-8")
        .key("answer-content-language", "ru"),
        bad(
            "policy-unknown",
            Kind::NotFound,
            "an edition that was never published",
            get("/policy/jetcrm/1999-01-01"),
        ),
    ]
}

fn counted() -> Vec<Vector> {
    let counts = |body: &str| {
        let typed = [("content-type", "text/plain;charset=UTF-8")];
        request("POST", COUNTS, &typed, body)
    };
    vec![
        ok(
            "counts",
            204,
            "what a page tells of",
            counts("shown\nchosen\ngiven media\nrefused analytics\n"),
        )
        .key("answer-access-control-allow-origin", "*"),
        bad(
            "counts-line",
            Kind::BadRequest,
            "a word that is not counted",
            counts("shown\nclosed\n"),
        ),
        bad(
            "counts-line-end",
            Kind::BadRequest,
            "no LF behind the last line",
            counts("shown"),
        ),
        bad(
            "counts-twice",
            Kind::BadRequest,
            "the same event twice",
            counts("shown\nshown\n"),
        ),
        bad(
            "counts-category",
            Kind::Purpose,
            "a category that nobody is asked about",
            counts("given necessary\n"),
        ),
        bad(
            "counts-long",
            Kind::TooLarge,
            "513 bytes",
            counts(&("shown\n".repeat(85) + "ab\n")),
        ),
        bad(
            "counts-media-type",
            Kind::MediaType,
            "counts as JSON",
            request(
                "POST",
                COUNTS,
                &[("content-type", "application/json")],
                "shown\n",
            ),
        ),
    ]
}

fn withdrawn() -> Vec<Vector> {
    let hash = sign(form(), &alice()).unwrap().hash;
    let with = |code: &str| format!(r#"{{"receipt":"{hash}","code":"{code}"}}"#);
    let unknown = format!(r#"{{"receipt":"{}","code":"{CODE}"}}"#, Digest::of(b""));
    vec![
        ok("withdrawal", 201, "a withdrawal by code", code(&with(CODE)))
            .key("after", "receipt")
            .key("answer-content-type", "application/json"),
        ok(
            "withdrawal-again",
            200,
            "the answer was lost, the code is sent again",
            code(&with(CODE)),
        )
        .key("after", "receipt withdrawal")
        .key("answer-content-type", "application/json"),
        bad(
            "withdrawal-code",
            Kind::Code,
            "another code",
            code(&with("another")),
        )
        .key("after", "receipt"),
        bad(
            "withdrawal-unknown",
            Kind::NotFound,
            "a receipt that was never logged",
            code(&unknown),
        ),
        bad(
            "withdrawal-json",
            Kind::BadRequest,
            "no JSON",
            code("receipt=x"),
        ),
        bad(
            "withdrawal-shape",
            Kind::BadRequest,
            "JSON of another shape",
            code("{}"),
        ),
        bad(
            "withdrawal-too-large",
            Kind::TooLarge,
            "4097 bytes",
            code(&"x".repeat(4097)),
        ),
        bad("withdrawal-media-type", Kind::MediaType, "a form", {
            let typed = [("content-type", "application/x-www-form-urlencoded")];
            request("POST", WITHDRAWALS, &typed, &with(CODE))
        }),
    ]
}

fn elsewhere() -> Vec<Vector> {
    vec![
        bad(
            "site-unknown",
            Kind::NotFound,
            "another site",
            get("/v1/sites/acme"),
        ),
        bad(
            "address-unknown",
            Kind::NotFound,
            "an address at which nothing is",
            get("/v2"),
        ),
        bad(
            "method",
            Kind::Method,
            "the address is right, the method is not",
            request("DELETE", RECEIPTS, &[], ""),
        ),
        ok(
            "preflight",
            200,
            "a page of another origin asks whether it may send a receipt",
            {
                let headers = [
                    ("origin", "https://jetcrm.ru"),
                    ("access-control-request-method", "POST"),
                    ("access-control-request-headers", "content-type"),
                ];
                request("OPTIONS", RECEIPTS, &headers, "")
            },
        )
        .key("answer-access-control-allow-origin", "*"),
    ]
}
