//! Hostile bodies: each has its kind, and nothing of it is logged.

use axum::{body::Body, http::Request};
use raspiska_shared::{
    digest::Digest,
    receipt::{Disclosure, MAX_DISCLOSURES, MAX_LEN, State},
};

use crate::house::{Answer, House, receipt_request, send};
use crate::person::Person;

const RECEIPTS: &str = "/v1/sites/jetcrm/receipts";
const WITHDRAWALS: &str = "/v1/sites/jetcrm/withdrawals";

async fn post(house: &House, path: &str, media_type: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(path).header("content-type", media_type);
    send(&house.router, request.body(body.into()).unwrap()).await
}

fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.kind())
}

#[tokio::test]
async fn json_that_wants_to_confuse_is_malformed() {
    let house = House::open().await;
    let hash = Digest::of(b"");
    let good = format!(r#"{{"receipt":"{hash}","code":"x"}}"#);
    let deep = |bracket: &str, end: &str| {
        let deep = format!("{}{}", bracket.repeat(700), end.repeat(700));
        good.replace(r#""x""#, &deep)
    };
    let bodies: [Vec<u8>; 12] = [
        deep("[", "]").into(),
        deep(r#"{"":"#, "}").into(),
        "[".repeat(4000).into(),
        good.replace(r#""code""#, r#""receipt":"x","code""#).into(),
        good.replace(r#""code""#, r#""code":"y","code""#).into(),
        good.replace(r#""code""#, r#""\u0063ode":"y","code""#)
            .into(),
        good.replace(r#""x""#, "\"\u{0}\"").into(),
        good.replace(r#""x""#, r#""\ud800""#).into(),
        [b"{\"receipt\":\"", &[0xff][..], b"\",\"code\":\"x\"}"].concat(),
        [b"\xef\xbb\xbf", good.as_bytes()].concat(),
        format!("{good}{good}").into(),
        Vec::new(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let answer = post(&house, WITHDRAWALS, "application/json", body).await;
        assert_eq!(told(&answer), (400, "bad-request".to_owned()), "{shown}");
    }
    let answer = post(&house, WITHDRAWALS, "application/json", good).await;
    assert_eq!(told(&answer), (404, "not-found".to_owned()));
}

#[tokio::test]
async fn the_limits_of_length_hold_to_the_byte() {
    let house = House::open().await;
    for (path, media_type, limit, within) in [
        (RECEIPTS, "application/sd-jwt", MAX_LEN, "form"),
        (WITHDRAWALS, "application/json", 4096, "bad-request"),
    ] {
        let answer = post(&house, path, media_type, "x".repeat(limit)).await;
        assert_eq!(told(&answer), (400, within.to_owned()));
        let answer = post(&house, path, media_type, "x".repeat(limit + 1)).await;
        assert_eq!(told(&answer), (413, "too-large".to_owned()));
    }
}

#[tokio::test]
async fn a_packed_body_is_not_unpacked() {
    let house = House::open().await;
    let good = Person::new(1).analytics(&house.site, State::Given).text;
    for (encoding, expected) in [
        ("gzip", 415),
        ("br", 415),
        ("gzip, identity", 415),
        ("identity", 201),
    ] {
        let mut request = receipt_request(good.clone());
        let headers = request.headers_mut();
        headers.insert("content-encoding", encoding.parse().unwrap());
        let answer = send(&house.router, request).await;
        assert_eq!(answer.status.as_u16(), expected, "{encoding}");
        if expected == 415 {
            assert_eq!(answer.kind(), "media-type");
        }
    }
}

#[tokio::test]
async fn a_receipt_that_is_no_text_is_no_receipt() {
    let house = House::open().await;
    let good = Person::new(1).analytics(&house.site, State::Given).text;
    for bytes in [
        [good.as_bytes(), b"\xff"].concat(),
        [b"\xef\xbb\xbf", good.as_bytes()].concat(),
        [good.as_bytes(), b"\n"].concat(),
        [good.as_bytes(), b"\0"].concat(),
        good.replace('.', "\u{ff0e}").into_bytes(),
        good.replacen('e', "\u{435}", 1).into_bytes(),
    ] {
        let answer = post(&house, RECEIPTS, "application/sd-jwt", bytes).await;
        assert_eq!(told(&answer), (400, "form".to_owned()));
    }
    assert_eq!(house.audit().await.len(), 0);
}

#[tokio::test]
async fn a_heap_of_disclosures_is_refused_before_it_is_kept() {
    let house = House::open().await;
    let visitor = Person::new(1);
    let value = |n: usize| {
        let mut salt = [7; 16];
        salt[..8].copy_from_slice(&n.to_be_bytes());
        Disclosure::new(salt, &format!("field{n}"), "x")
    };
    let bare = visitor.contact(&house.site, &[], "code").text;
    let with = |count| {
        let values = (0..count).map(|n| format!("{}~", value(n).encoded()));
        format!("{bare}{}", values.collect::<String>())
    };
    for (count, expected) in [
        (MAX_DISCLOSURES + 1, (400, "form")),
        (MAX_DISCLOSURES, (422, "disclosure")),
        (1, (422, "disclosure")),
    ] {
        let answer = house.post(&with(count)).await;
        assert_eq!(
            told(&answer),
            (expected.0, expected.1.to_owned()),
            "{count}"
        );
    }
    assert_eq!(
        told(&house.post(&format!("{bare}{}", "~".repeat(1000))).await),
        (400, "form".into())
    );

    // Signed by the person, and still nothing that the form asks for.
    let mut draft = visitor.draft(&house.site, "contact", &[("contact", State::Given)]);
    draft.disclosures = (0..MAX_DISCLOSURES).map(value).collect();
    let answer = house.post(&visitor.sign(draft).text).await;
    assert_eq!(told(&answer), (422, "disclosure".to_owned()));
    assert_eq!(house.audit().await.len(), 0);
}

#[tokio::test]
async fn a_purpose_that_only_looks_like_one_is_none() {
    use base64ct::{Base64UrlUnpadded, Encoding as _};
    use ed25519_dalek::Signer as _;

    let house = House::open().await;
    let visitor = Person::new(1);
    let good = visitor.analytics(&house.site, State::Given).text;
    let (signed, _) = good.trim_end_matches('~').rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let payload = String::from_utf8(Base64UrlUnpadded::decode_vec(payload).unwrap()).unwrap();
    for odd in [
        "\u{430}nalytics",
        "analytics\u{200b}",
        "\u{ff41}nalytics",
        "Analytics",
        "analytics ",
        "analytics/",
        "/analytics",
        "analytics/../ads",
        "analytics/a/b",
        "analytics\u{0}",
        "",
    ] {
        let odd = serde_json::to_string(odd).unwrap();
        let changed = payload.replace(r#""purpose":"analytics""#, &format!(r#""purpose":{odd}"#));
        assert_ne!(changed, payload);
        let signed = format!(
            "{header}.{}",
            Base64UrlUnpadded::encode_string(changed.as_bytes())
        );
        let signature = visitor.key.sign(signed.as_bytes()).to_bytes();
        let signature = Base64UrlUnpadded::encode_string(&signature);
        let answer = house.post(&format!("{signed}.{signature}~")).await;
        assert_eq!(told(&answer), (400, "payload".to_owned()), "{odd}");
    }
    assert_eq!(house.audit().await.len(), 0);
}
