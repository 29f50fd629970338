//! What people do without their device: the page by receipt and code, and the links in letters.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use raspiska_server::store::Store as _;
use raspiska_shared::{
    digest::Digest,
    receipt::{Method, Signed, State, WithdrawalCode},
};
use serde_json::{Value, json};

use crate::faulty::{Call, Fault};
use crate::house::{Answer, House, SITE, send};
use crate::office::office;
use crate::person::Person;

pub(crate) const CODE: &str = "ABCD-EFGH-IJKL-MNOP-QRST";
pub(crate) const VALUE: &str = "visitor-9317@example.org";

impl House {
    /// Sends a form of the page.
    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept-language", "ru");
        send(&self.router, request.body(Body::from(body)).unwrap()).await
    }

    /// What the page does for whoever shows this receipt and the code.
    pub(crate) async fn my(&self, receipt: &Digest, more: &[(&str, &str)]) -> Answer {
        let receipt = receipt.to_string();
        let who = [("receipt", &*receipt), ("code", CODE)];
        self.form("/my/jetcrm", &[&who, more].concat()).await
    }

    /// The methods of all statements and receipts of whoever signed this, with what they decided.
    fn story(&self, signed: &Signed) -> Vec<(Method, Vec<(String, State)>)> {
        let row = self.store.row(SITE, &signed.hash).unwrap().unwrap();
        let rows = self.store.history(SITE, &row.subject).unwrap();
        let payloads = rows.iter().map(|row| {
            let token = format!("{}~", row.token);
            let receipt = raspiska_shared::receipt::Receipt::open(token.as_bytes()).unwrap();
            let payload = receipt.payload();
            let decided = payload.decisions.iter();
            let decided = decided.map(|own| (own.purpose.to_string(), own.state));
            (payload.event.method, decided.collect())
        });
        payloads.collect()
    }
}

/// Two consents of one device: an answer to a message, and advertising.
pub(crate) async fn two_consents(house: &House, number: u64) -> (Signed, Signed) {
    let person = Person::new(number);
    let contact = person.contact(&house.site, &[("email", VALUE)], CODE);
    house.log(&contact).await;
    let mut draft = person.draft(&house.site, "advertising", &[("advertising", State::Given)]);
    draft.withdrawal = Some(WithdrawalCode {
        code_sha256: Digest::of(b"another"),
    });
    let advertising = person.sign(draft);
    house.log(&advertising).await;
    (contact, advertising)
}

#[tokio::test]
async fn the_page_asks_for_receipt_and_code_and_is_kept_by_nobody() {
    let house = House::open().await;
    for (path, words) in [
        ("/my/jetcrm?lang=ru", "Ваши согласия"),
        ("/my/jetcrm?lang=en", "Your consents"),
    ] {
        let answer = house.get(path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.text().contains(words), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(answer.header("set-cookie").is_empty());
    }
    assert_eq!(house.get("/my/nowhere").await.kind(), "not-found");
}

#[tokio::test]
async fn whoever_shows_the_code_sees_what_holds_what_stops_and_by_when_all_is_gone() {
    let (house, now) = office().await;
    // Noon of 1 December 2026 in Moscow.
    let noon = 1_796_115_600_000;
    now.store(noon, std::sync::atomic::Ordering::Relaxed);
    let (contact, _) = two_consents_at(&house, 1, noon).await;
    let typed = CODE.to_lowercase().replace('-', " ");
    let receipt = contact.hash.to_string();
    let shown = house
        .form("/my/jetcrm", &[("receipt", &receipt), ("code", &typed)])
        .await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    for words in [
        "Ответ на обращение",
        "Реклама по электронной почте",
        "согласие дано",
        "Согласие на обработку",
        // 30 days after 1 December: 152-ФЗ art. 21(5), and the policy.
        "31 декабря 2026 года",
        "Договор с Заказчиком",
        "Отказаться от всей рекламы",
    ] {
        assert!(shown.text().contains(words), "{words}\n{}", shown.text());
    }
    assert!(!shown.text().contains(VALUE), "values are not shown");
    assert_eq!(shown.header("cache-control"), "no-store");
}

/// As [`two_consents`], by a device with the server's clock.
async fn two_consents_at(house: &House, number: u64, millis: u64) -> (Signed, Signed) {
    let person = Person::new(number);
    let mut signed = Vec::new();
    for (notice, purpose) in [("contact", "contact"), ("advertising", "advertising")] {
        let mut draft = person.draft(&house.site, notice, &[(purpose, State::Given)]);
        draft.iat = millis / 1000;
        draft.withdrawal = Some(WithdrawalCode {
            code_sha256: Digest::of(CODE.as_bytes()),
        });
        let receipt = person.sign(draft);
        house.log(&receipt).await;
        signed.push(receipt);
    }
    let advertising = signed.pop().unwrap();
    (signed.pop().unwrap(), advertising)
}

#[tokio::test]
async fn a_wrong_code_and_a_wrong_receipt_are_told_apart_by_nobody() {
    let house = House::open().await;
    let (contact, advertising) = two_consents(&house, 2).await;
    let mut pages = Vec::new();
    for (receipt, code) in [
        (contact.hash.to_string(), "ABCD-EFGH-IJKL-MNOP-QRSU"),
        (Digest::of(b"nothing").to_string(), CODE),
        (advertising.hash.to_string(), CODE),
        ("no-hash-at-all".to_owned(), CODE),
    ] {
        let fields = [
            ("receipt", &*receipt),
            ("code", code),
            ("do", "withdraw"),
            ("purpose", "contact"),
        ];
        let answer = house.form("/my/jetcrm", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!answer.text().contains(code), "the code is not repeated");
        pages.push(answer.text().replace(&receipt, ""));
    }
    pages.dedup();
    assert_eq!(pages.len(), 1);
    assert_eq!(house.story(&contact).len(), 2, "nothing was withdrawn");
}

#[tokio::test]
async fn one_purpose_is_taken_back_at_once_and_once_more_is_no_error() {
    let house = House::open().await;
    let (contact, _) = two_consents(&house, 3).await;
    let withdraw = [("do", "withdraw"), ("purpose", "contact")];
    let done = house.my(&contact.hash, &withdraw).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text());
    assert!(done.text().contains("Готово"), "{}", done.text());
    assert!(done.text().contains("№ 2"), "the statement's number");
    let status = house
        .get(&format!("/v1/sites/jetcrm/receipts/{}", contact.hash))
        .await;
    assert_eq!(status.json()["status"], json!({"contact": "withdrawn"}));
    let expected = (Method::Code, vec![("contact".to_owned(), State::Withdrawn)]);
    assert_eq!(house.story(&contact)[2], expected);

    let again = house.my(&contact.hash, &withdraw).await;
    assert!(
        again.text().contains("уже было отозвано"),
        "{}",
        again.text()
    );
    assert_eq!(house.story(&contact).len(), 3);
    house.audit().await;
}

#[tokio::test]
async fn all_advertising_goes_and_the_rest_stays() {
    let house = House::open().await;
    let (contact, advertising) = two_consents(&house, 4).await;
    let done = house
        .my(&contact.hash, &[("do", "withdraw-advertising")])
        .await;
    assert_eq!(done.status, StatusCode::OK);
    for (signed, status) in [
        (&contact, json!({"contact": "given"})),
        (&advertising, json!({"advertising": "withdrawn"})),
    ] {
        let answer = house
            .get(&format!("/v1/sites/jetcrm/receipts/{}", signed.hash))
            .await;
        assert_eq!(answer.json()["status"], status);
    }
    assert!(!done.text().contains("Отказаться от всей рекламы"));
}

#[tokio::test]
async fn a_form_that_is_none_of_the_page_and_a_store_that_fails_are_told_to_a_person() {
    let house = House::open().await;
    let (contact, _) = two_consents(&house, 5).await;
    for more in [
        &[("do", "sing")][..],
        &[("do", "withdraw"), ("purpose", "X")],
    ] {
        let answer = house.my(&contact.hash, more).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.text().contains("не целиком"), "{}", answer.text());
    }
    let strange = house.my(&contact.hash, &[("more", "1")]).await;
    assert_eq!(strange.kind(), "bad-request");
    house.store.fail(Call::History, Fault::Nothing);
    let answer = house.my(&contact.hash, &[]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().contains("Ничего не потеряно"));
}

#[tokio::test]
async fn a_link_in_a_letter_waits_for_the_button_and_takes_one_purpose_back() {
    let (house, _) = office().await;
    let (contact, advertising) = two_consents(&house, 6).await;
    let link = link(&house, "marketing", &advertising, "advertising")
        .await
        .json();
    let url = link["url"].as_str().unwrap();
    let path = url.strip_prefix("https://jetcrm.ru").unwrap();
    assert_eq!(link["list_unsubscribe"], format!("<{url}>"));
    assert_eq!(link["list_unsubscribe_post"], "List-Unsubscribe=One-Click");

    // Mail scanners look at every link.
    for _ in 0..2 {
        let page = house.get(&format!("{path}?lang=ru")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("Отписаться"));
    }
    assert_eq!(house.story(&contact).len(), 2);
    // Mail programs send the body of RFC 8058, the button sends none; once more changes nothing.
    for fields in [&[("List-Unsubscribe", "One-Click")][..], &[], &[]] {
        let answer = house.form(path, fields).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.text().contains("Вы отписаны"));
        assert_eq!(house.story(&contact).len(), 3);
    }
    let status = house
        .get(&format!("/v1/sites/jetcrm/receipts/{}", contact.hash))
        .await;
    assert_eq!(status.json()["status"], json!({"contact": "given"}));

    for wrong in [&path[..path.len() - 1], "/u/jetcrm/AAAA"] {
        for answer in [house.get(wrong).await, house.form(wrong, &[]).await] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert!(answer.header("content-type").starts_with("text/html"));
        }
    }
}

#[tokio::test]
async fn links_are_for_who_writes_letters_and_for_what_was_given() {
    let (house, _) = office().await;
    let (contact, advertising) = two_consents(&house, 7).await;
    for (login, receipt, purpose, kind) in [
        ("auditor", &advertising, "advertising", "forbidden"),
        ("hr", &advertising, "advertising", "forbidden"),
        ("marketing", &contact, "contact", "forbidden"),
        ("officer", &contact, "advertising", "purpose"),
        ("officer", &contact, "X", "bad-request"),
    ] {
        let answer = link(&house, login, receipt, purpose).await;
        assert_eq!(answer.kind(), kind, "{login} {purpose}");
    }
    let answer = link(&house, "officer", &contact, "contact").await;
    assert_eq!(answer.status, StatusCode::OK);
    let token = house.log_in("officer").await;
    let path = format!("/sites/jetcrm/receipts/{}/unsubscribe", Digest::of(b"none"));
    let body = json!({"purpose": "contact"});
    assert_eq!(
        house.ask("POST", &path, &token, body).await.kind(),
        "not-found"
    );
    assert_eq!(
        house.ask("POST", &path, "", Value::Null).await.kind(),
        "unauthorized"
    );
}

async fn link(house: &House, login: &str, receipt: &Signed, purpose: &str) -> Answer {
    let token = house.log_in(login).await;
    let path = format!("/sites/jetcrm/receipts/{}/unsubscribe", receipt.hash);
    house
        .ask("POST", &path, &token, json!({"purpose": purpose}))
        .await
}
