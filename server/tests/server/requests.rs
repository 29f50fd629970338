//! Requests of data subjects, from the page and from letters to the signed answer.

use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signature, VerifyingKey};
use raspiska_server::store::{Offices as _, Requests as _, Which};
use raspiska_shared::receipt::thumbprint;
use serde_json::{Value, json};

use crate::faulty::{Call, Fault};
use crate::house::{Answer, House, SITE};
use crate::office::office;
use crate::rights::{CODE, VALUE, two_consents};

pub(crate) const WORDS: &str = "Прошу прислать всё на 7-913-555-21-43";
pub(crate) const SENDER: &str = "Отправитель 7-913-555-88-12";
/// 1 December 2026, 12:00 in Moscow: a Tuesday.
pub(crate) const NOON: u64 = 1_796_115_600_000;

/// Number and code of the request that the page has just taken in.
pub(crate) fn ticket(page: &Answer) -> (String, String) {
    let mut codes = page.text().split("<span class=\"code\">").skip(1);
    let mut next = || {
        let rest = codes.next().unwrap();
        rest.split('<').next().unwrap().to_owned()
    };
    (next(), next())
}

impl House {
    pub(crate) async fn asks(
        &self,
        receipt: &raspiska_shared::digest::Digest,
        kind: &str,
    ) -> Answer {
        let page = self
            .my(
                receipt,
                &[("do", "request"), ("kind", kind), ("text", WORDS)],
            )
            .await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        page
    }

    pub(crate) async fn steps(&self, token: &str, number: &str, body: Value) -> Answer {
        let path = format!("/sites/jetcrm/requests/{number}/steps");
        self.ask("POST", &path, token, body).await
    }
}

/// Payload of a JWS that the operator of this server has signed.
async fn verified(house: &House, jws: &str) -> Value {
    let parts: Vec<&str> = jws.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("not compact: {jws}");
    };
    let decode = |part| Base64UrlUnpadded::decode_vec(part).unwrap();
    let header: Value = serde_json::from_slice(&decode(header)).unwrap();
    assert_eq!(header["typ"], "raspiska-answer+jws");
    let key = decode(header["jwk"]["x"].as_str().unwrap());
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    let signature = Signature::from_bytes(&decode(signature).try_into().unwrap());
    let signed = jws.rsplit_once('.').unwrap().0;
    key.verify_strict(signed.as_bytes(), &signature).unwrap();
    let identity = house.get("/.well-known/raspiska.json").await.json();
    let published = &identity["operators"][0]["thumbprint"];
    assert_eq!(*published, thumbprint(&key).0.to_string());
    serde_json::from_slice(&decode(payload)).unwrap()
}

#[tokio::test]
async fn a_request_for_access_goes_from_the_page_to_a_signed_answer_with_the_clock_shown() {
    let (house, now) = office().await;
    let (contact, _) = two_consents(&house, 21).await;
    now.store(NOON, Ordering::Relaxed);
    let page = house.asks(&contact.hash, "access").await;
    // Ten working days after 1 December 2026.
    for words in [
        "Запрос принят",
        "15 декабря 2026 года",
        "10 рабочих дней",
        "ст. 14 ч. 3",
    ] {
        assert!(page.text().contains(words), "{words}\n{}", page.text());
    }
    let (number, code) = ticket(&page);

    let token = house.log_in("officer").await;
    let listed = house
        .ask("GET", "/sites/jetcrm/requests", &token, Value::Null)
        .await;
    assert!(!listed.text().contains("555-21-43"), "a list has no words");
    let listed = listed.json();
    let row = &listed["requests"][0];
    assert_eq!(row["number"], *number);
    assert_eq!(
        (&row["due"], &row["days_left"]),
        (&json!("2026-12-15"), &json!(14))
    );

    let read = format!("/sites/jetcrm/requests/{number}/reading");
    let read = house.ask("POST", &read, &token, json!({})).await.json();
    assert_eq!(read["text"], WORDS);
    let taken = house.steps(&token, &number, json!({"step": "take"})).await;
    assert_eq!(taken.json()["state"], "in_progress");
    let longer = json!({"step": "extend", "text": "Ищем в резервных копиях"});
    let longer = house.steps(&token, &number, longer).await;
    assert_eq!(longer.json()["due"], "2026-12-22", "five working days more");
    let page = house.my(&contact.hash, &[]).await;
    for words in ["Ищем в резервных копиях", "22 декабря 2026 года"]
    {
        assert!(page.text().contains(words), "{words}");
    }

    let answered = house
        .steps(&token, &number, json!({"step": "answer"}))
        .await;
    assert_eq!(answered.json()["state"], "answered", "{}", answered.text());
    let page = house.my(&contact.hash, &[]).await;
    assert!(page.text().contains("ответ дан"));
    for fields in [
        vec![
            ("receipt", contact.hash.to_string()),
            ("code", CODE.to_owned()),
        ],
        vec![("receipt", number.clone()), ("code", code.clone())],
    ] {
        let mut fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        fields.extend([("do", "answer"), ("number", &number)]);
        let file = house.form("/my/jetcrm", &fields).await;
        assert_eq!(file.header("content-type"), "application/jose");
        assert!(file.header("content-disposition").contains(&number));
        let answer = verified(&house, file.text()).await;
        assert_eq!(answer["number"], *number);
        assert_eq!(answer["outcome"], "answered");
        // 152-ФЗ art. 14(7).
        for words in [
            "Да, мы обрабатываем",
            "ООО «Джет121»",
            "Ответ на обращение: согласие дано",
            "Основание: Ваше согласие",
            "уничтожим данные в течение",
            VALUE,
            "Источник",
            "Кому передаём\nНикому",
            "Трансграничная передача\nНет",
            "Роскомнадзор",
        ] {
            assert!(
                answer["text"].as_str().unwrap().contains(words),
                "{words}\n{}",
                answer["text"]
            );
        }
    }
    let looks = house.store.accesses(0, 100).unwrap();
    let looks: Vec<_> = looks
        .iter()
        .map(|(_, own)| (&*own.login, &*own.what, own.reason.contains(&number)))
        .collect();
    assert_eq!(
        looks,
        [
            ("officer", "request read", true),
            ("officer", "values read", true)
        ]
    );
    // With the person's key their words and the answer are gone; that they asked and were answered stays.
    house.erase(&[contact.hash]).unwrap();
    let page = house.my(&contact.hash, &[]).await;
    assert!(page.text().contains("уничтожен вместе"), "{}", page.text());
    assert!(!page.text().contains(VALUE));
}

#[tokio::test]
async fn what_a_request_implies_is_taken_back_at_once() {
    let house = House::open().await;
    for (at, (kind, left)) in [
        ("stop", vec![]),
        ("destroy", vec![]),
        ("stop_advertising", vec!["contact"]),
        ("access", vec!["advertising", "contact"]),
    ]
    .into_iter()
    .enumerate()
    {
        let (contact, advertising) = two_consents(&house, 30 + at as u64).await;
        let page = house.asks(&contact.hash, kind).await;
        let mut given = Vec::new();
        for signed in [&advertising, &contact] {
            let path = format!("/v1/sites/jetcrm/receipts/{}", signed.hash);
            let status = house.get(&path).await.json()["status"].clone();
            let status = status.as_object().unwrap().clone();
            given.extend(
                status
                    .into_iter()
                    .filter(|(_, own)| own == "given")
                    .map(|own| own.0),
            );
        }
        assert_eq!(given, left, "{kind}");
        // To stop advertising is done by being asked for.
        let is_answered = page.text().contains("Реклама прекращена");
        assert_eq!(is_answered, kind == "stop_advertising");
    }
    let open = house.store.cases(SITE, Which::Open).unwrap();
    assert_eq!(open.len(), 3);
}

#[tokio::test]
async fn a_letter_is_taken_in_sealed_and_opens_by_number_and_code() {
    let (house, now) = office().await;
    now.store(NOON, Ordering::Relaxed);
    let token = house.log_in("officer").await;
    let letter = json!({"kind": "correct", "by": "letter", "came": "2026-11-30", "sender": SENDER, "text": WORDS});
    let taken = house
        .ask("POST", "/sites/jetcrm/requests", &token, letter.clone())
        .await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text());
    let taken = taken.json();
    let [number, code] = ["number", "code"].map(|name| taken[name].as_str().unwrap());
    let seen = house
        .form(
            "/my/jetcrm",
            &[("receipt", number), ("code", &code.to_lowercase())],
        )
        .await;
    // Seven working days after 30 November.
    assert!(
        seen.text().contains("9 декабря 2026 года"),
        "{}",
        seen.text()
    );
    assert!(!seen.text().contains("555-88-12"));
    let wrong = house
        .form("/my/jetcrm", &[("receipt", number), ("code", CODE)])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    let no = json!({"step": "refuse", "text": "Сведений нет", "norm": "152-ФЗ, ст. 20 ч. 2"});
    let refused = house.steps(&token, number, no).await;
    assert_eq!(refused.json()["state"], "refused");
    let file = house
        .form(
            "/my/jetcrm",
            &[("receipt", number), ("code", code), ("do", "answer")],
        )
        .await;
    let answer = verified(&house, file.text()).await;
    assert_eq!(answer["norm"], "152-ФЗ, ст. 20 ч. 2");
    assert_eq!(answer["text"], "Сведений нет");
    let closed = house.steps(&token, number, json!({"step": "close"})).await;
    assert_eq!(closed.json()["state"], "closed");

    for (change, value) in [
        ("kind", "song"),
        ("by", "page"),
        ("came", "yesterday"),
        ("came", "2026-12-02"),
        ("text", &*"я".repeat(2001)),
    ] {
        let mut other = letter.clone();
        other[change] = json!(value);
        let answer = house
            .ask("POST", "/sites/jetcrm/requests", &token, other)
            .await;
        assert_eq!(answer.kind(), "bad-request", "{change}");
    }
    // Nothing of it is in the files, and nothing is wrong with them.
    let data = house.close();
    let folder = data.0.to_str().unwrap();
    let site = crate::house::demo_site();
    let (status, said, _) =
        crate::house::raspiska(&["fsck", "--data", folder, "--site", site.to_str().unwrap()]);
    assert_eq!(status, Some(0), "{said}");
    for file in std::fs::read_dir(&data.0).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for planted in ["555-88-12", "555-21-43", code] {
            let found = bytes
                .windows(planted.len())
                .any(|own| own == planted.as_bytes());
            assert!(!found, "{planted}");
        }
    }
}

#[tokio::test]
async fn steps_follow_each_other_and_only_the_officer_takes_them() {
    let (house, now) = office().await;
    let (contact, _) = two_consents(&house, 22).await;
    now.store(NOON, Ordering::Relaxed);
    let (number, _) = ticket(&house.asks(&contact.hash, "complaint").await);
    let (officer, auditor) = (house.log_in("officer").await, house.log_in("auditor").await);
    for (body, kind) in [
        (json!({"step": "close"}), "case"),
        (json!({"step": "answer"}), "bad-request"),
        (json!({"step": "refuse", "text": "Нет"}), "bad-request"),
        (json!({"step": "sing"}), "bad-request"),
    ] {
        let answer = house.steps(&officer, &number, body.clone()).await;
        assert_eq!(answer.kind(), kind, "{body}");
    }
    let take = json!({"step": "take"});
    assert_eq!(
        house.steps(&auditor, &number, take.clone()).await.kind(),
        "forbidden"
    );
    assert_eq!(
        house
            .steps(&officer, "AAAA-AAAA-AAAA", take.clone())
            .await
            .kind(),
        "not-found"
    );
    let longer = json!({"step": "extend", "text": "Ещё"});
    assert_eq!(
        house.steps(&officer, &number, longer.clone()).await.status,
        StatusCode::OK
    );
    assert_eq!(
        house.steps(&officer, &number, longer.clone()).await.kind(),
        "case"
    );

    let (late, _) = ticket(&house.asks(&contact.hash, "access").await);
    // On 16 December the ten days are over.
    now.store(NOON + 15 * 24 * 60 * 60 * 1000, Ordering::Relaxed);
    let officer = house.log_in("officer").await;
    assert_eq!(house.steps(&officer, &late, longer).await.kind(), "case");
    let marketing = house.log_in("marketing").await;
    let listed = house
        .ask("GET", "/sites/jetcrm/requests", &marketing, Value::Null)
        .await;
    assert_eq!(listed.kind(), "forbidden");
}

#[tokio::test]
async fn a_request_that_is_not_stored_is_not_said_to_be() {
    let house = House::open().await;
    let (contact, _) = two_consents(&house, 23).await;
    let ask = [("do", "request"), ("kind", "stop"), ("text", "")];
    house.store.fail(Call::OpenRequest, Fault::Nothing);
    let page = house.my(&contact.hash, &ask).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(house.store.cases(SITE, Which::Open).unwrap().is_empty());
    let page = house
        .my(&contact.hash, &[("do", "request"), ("kind", "song")])
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let many = "я".repeat(2001);
    let page = house
        .my(
            &contact.hash,
            &[("do", "request"), ("kind", "stop"), ("text", &many)],
        )
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    let count = 3;
    for _ in 0..count {
        house.asks(&contact.hash, "complaint").await;
    }
    assert_eq!(house.store.cases(SITE, Which::Open).unwrap().len(), count);
}

#[tokio::test]
async fn the_card_has_the_link_in_a_picture_and_in_words() {
    let house = House::open().await;
    let (contact, _) = two_consents(&house, 24).await;
    let card = house.my(&contact.hash, &[("do", "card")]).await;
    assert_eq!(card.status, StatusCode::OK);
    let link = format!("https://jetcrm.ru/my/jetcrm#{}.{CODE}", contact.hash);
    assert!(card.text().contains(&link), "{}", card.text());
    assert!(card.text().contains("data:image/svg+xml;base64,"));
}
