//! A person asks what is known about them, watches the clock, and takes the signed answer home.

use std::fs;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signature, VerifyingKey};
use raspiska_shared::receipt::thumbprint;
use raspiska_tests::ledger::of;
use raspiska_tests::office::Colleague;
use raspiska_tests::{Visitor, World, must, wait};
use serde_json::{Value, json};

use super::my::{MY, SHOW, agrees, comes_by_link};

const WORDS: &str = "Хочу знать, что у вас обо мне есть.";
const MORE: &str = "Третьим лицам ваши данные не передавали.";

/// Asks for access, and gets the number and the code of the request.
pub(super) async fn asks(visitor: &Visitor) -> (String, String) {
    let chosen: String = visitor
        .evaluates("return find('#kind')[0].value", &[])
        .await;
    assert_eq!(chosen, "access", "what is asked for most stands first");
    visitor.writes("#text", WORDS).await;
    visitor.presses("button{Отправить запрос}").await;
    visitor.sees(".done{Запрос принят}").await;
    let ticket = visitor.texts(".done .code").await;
    let [number, code] = &ticket[..] else {
        panic!("number and code: {ticket:?}");
    };
    (number.clone(), code.clone())
}

/// Opens a request by its number and code alone.
pub(super) async fn opens(visitor: &Visitor, (number, code): &(String, String)) {
    visitor.opens(MY).await;
    visitor.writes("#receipt", number).await;
    visitor.writes("#code", code).await;
    visitor.presses(SHOW).await;
    visitor.sees(&format!("#r-{number}")).await;
}

/// The payload of an answer that the operator of this server has signed.
async fn verified(world: &World, jws: &str) -> Value {
    let parts: Vec<&str> = jws.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("not compact: {jws}");
    };
    let decode = |part| must("base64url", Base64UrlUnpadded::decode_vec(part));
    let json = |part| -> Value { must("JSON", serde_json::from_slice(&decode(part))) };
    let header = json(header);
    assert_eq!(header["typ"], "raspiska-answer+jws");
    let key = decode(header["jwk"]["x"].as_str().unwrap_or_default());
    let key = must("32 bytes", key.try_into().map_err(|_| "not 32"));
    let key = must("a key", VerifyingKey::from_bytes(&key));
    let signature = must("a signature", Signature::from_slice(&decode(signature)));
    let (signed, _) = must("what is signed", jws.rsplit_once('.').ok_or("no dot"));
    must(
        "the signature",
        key.verify_strict(signed.as_bytes(), &signature),
    );
    let identity = world.server.get("/.well-known/raspiska.json").await.json();
    let published = &identity["operators"][0]["thumbprint"];
    assert_eq!(*published, thumbprint(&key).0.to_string());
    json(payload)
}

#[tokio::test]
async fn a_request_has_a_clock_and_ends_with_an_answer_that_verifies() {
    World::tell(async |world| {
        let (visitor, receipts) = agrees(world).await;
        comes_by_link(&visitor, of(&receipts, "contact")).await;
        let ticket = asks(&visitor).await;
        let number = &ticket.0;
        let clock = visitor.sees(".clock{Ответим не позже}").await;
        assert!(
            clock.contains("10 рабочих дней") && clock.contains("ст. 14 ч. 3"),
            "{clock}"
        );
        let day: String = visitor
            .evaluates("return find('.clock time')[0].dateTime", &[])
            .await;

        let officer = Colleague::comes(&world.server, "officer", "Проверка Ответственного");
        let waiting = officer.asks(&["requests"]);
        let row = &waiting["requests"][0];
        assert_eq!(row["number"], **number);
        assert_eq!(row["due"], *day, "one clock for both");
        assert!(!waiting.to_string().contains(WORDS), "a list has no words");
        let read = officer.asks(&["request", "read", number]);
        assert_eq!(read["text"], WORDS);
        let _ = officer.asks(&["request", "take", number]);
        opens(&visitor, &ticket).await;
        visitor.sees(".given .state{в работе}").await;
        assert_eq!(visitor.count(".answer").await, 0);

        let answer = ["request", "answer", number, "--text", MORE];
        assert_eq!(officer.asks(&answer)["state"], "answered");
        opens(&visitor, &ticket).await;
        visitor.sees(".given .state{ответ дан}").await;
        let shown = visitor.sees(".answer").await;
        assert!(shown.contains(MORE), "{shown}");
        assert!(shown.contains("stranica@example.com"), "{shown}");
        visitor.presses("button{Скачать ответ с подписью}").await;
        let file = visitor.downloads().join(format!("answer-{number}.jws"));
        let jws = wait::until("the download is there", async || {
            fs::read_to_string(&file).ok().filter(|jws| !jws.is_empty())
        })
        .await;
        let payload = verified(world, &jws).await;
        assert_eq!(payload["number"], **number);
        assert_eq!(payload["outcome"], json!("answered"));
        let text = payload["text"].as_str().unwrap_or_default();
        assert!(text.contains(MORE), "{text}");
    })
    .await;
}
