//! `receipt/payload-*`: what is wrong with the payload's members. Each is signed after the fault went in.

use raspiska_shared::{digest::Digest, problem::Kind, receipt::sign};

use crate::{
    actors::{CONTACT, acme, alice, contact, cookies, noted, statement},
    forge::Parts,
    vector::Vector,
};

pub(crate) fn vectors() -> Vec<Vector> {
    let form = || Parts::of(contact(), &alice());
    let choices = || Parts::of(cookies(), &alice());
    let bad = |case: &str, comment: &str, parts: Parts| {
        let path = format!("receipt/payload-{case}");
        Vector::bad(&path, Kind::Payload, comment, parts.sign(&alice()))
    };
    // The JSON itself.
    let json = [
        bad(
            "member-twice",
            "two parsers could see two receipts",
            form().payload("{\"schema\"", "{\"iat\":1,\"schema\""),
        ),
        bad(
            "member-twice-escaped",
            "the same name in another spelling",
            form().payload("{\"schema\"", "{\"\\u0069at\":1,\"schema\""),
        ),
        bad(
            "member-twice-below",
            "a member stands twice below the top",
            form().payload(
                "\"method\":\"form\"",
                "\"method\":\"choices\",\"method\":\"form\"",
            ),
        ),
        bad(
            "fraction",
            "a number with a fraction",
            form().payload("{\"schema\"", "{\"x\":1.5,\"schema\""),
        ),
        bad(
            "exponent",
            "an integer in another spelling",
            form().payload("\"iat\":1760000000", "\"iat\":1.76e9"),
        ),
        bad(
            "number-large",
            "an integer of more than 64 bits",
            form().payload("{\"schema\"", "{\"x\":18446744073709551616,\"schema\""),
        ),
        bad(
            "minus-zero",
            "a zero with a sign, which readers take for a fraction",
            form().payload("{\"schema\"", "{\"x\":-0,\"schema\""),
        ),
        bad(
            "half-character",
            "half of a character, which UTF-8 cannot spell",
            form().payload("{\"schema\"", "{\"x\":\"\\ud800\",\"schema\""),
        ),
        bad(
            "sd-below",
            "selective disclosure below the top",
            form().payload("\"method\":\"form\"", "\"method\":\"form\",\"_sd\":[]"),
        ),
        bad(
            "sd-in-array",
            "selective disclosure of an array's element",
            form().payload(
                "{\"schema\"",
                "{\"x\":[{\"...\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\"}],\"schema\"",
            ),
        ),
        bad("array", "an array in place of the object", {
            let mut parts = form();
            parts.payload = format!("[{}]", parts.payload);
            parts
        }),
        bad("not-json", "the closing brace is missing", {
            let mut parts = form();
            parts.payload.pop();
            parts
        }),
        bad("trailing", "something behind the object", {
            let mut parts = form();
            parts.payload.push('1');
            parts
        }),
        bad(
            "deep",
            "arrays in arrays, 200 deep",
            form().payload(
                "{\"schema\"",
                &format!("{{\"x\":{}{},\"schema\"", "[".repeat(200), "]".repeat(200)),
            ),
        ),
    ];
    // The shape of known members.
    let shape = [
        bad(
            "member-missing",
            "no aud",
            form().payload("\"aud\":\"acme.example\",", ""),
        ),
        bad(
            "event-array",
            "an object as an array of its values",
            form().payload(
                "{\"by\":\"subject\",\"method\":\"form\"}",
                "[\"subject\",\"form\"]",
            ),
        ),
        bad(
            "state-object",
            "a word as an object",
            form().payload("\"state\":\"given\"", "\"state\":{\"given\":null}"),
        ),
        bad(
            "null",
            "null in place of an absent member",
            form().payload("{\"schema\"", "{\"prev\":null,\"schema\""),
        ),
        bad(
            "iat-negative",
            "a negative time",
            form().payload("\"iat\":1760000000", "\"iat\":-1"),
        ),
        bad(
            "iat-text",
            "a time as a string",
            form().payload("\"iat\":1760000000", "\"iat\":\"1760000000\""),
        ),
        bad("digest-padded", "a digest with padding", {
            let digest = Digest::of(CONTACT.as_bytes());
            form().payload(&format!("{digest}\""), &format!("{digest}=\""))
        }),
        bad(
            "lang-unknown",
            "a language that nobody speaks here",
            choices().payload("\"lang\":\"en\"", "\"lang\":\"tlh\""),
        ),
        bad(
            "category-unknown",
            "a subject category that no policy has",
            form().payload("\"category\":\"site_user\"", "\"category\":\"passer_by\""),
        ),
        bad(
            "jti-version",
            "a UUID of another version",
            form().payload("-7111-", "-4111-"),
        ),
        bad(
            "jti-case",
            "a UUID in upper case",
            form().payload("\"jti\":\"0199c82c", "\"jti\":\"0199C82C"),
        ),
        bad(
            "purpose-form",
            "a purpose in upper case",
            form().payload("\"purpose\":\"contact\"", "\"purpose\":\"Contact\""),
        ),
        bad(
            "state-unknown",
            "a state that there is not",
            form().payload("\"state\":\"given\"", "\"state\":\"accepted\""),
        ),
    ];
    // Rules between members.
    let rules = [
        bad(
            "schema",
            "another schema",
            form().payload("urn:raspiska:receipt:1", "urn:raspiska:receipt:2"),
        ),
        bad(
            "aud-empty",
            "an empty audience",
            form().payload("\"aud\":\"acme.example\"", "\"aud\":\"\""),
        ),
        bad(
            "aud-long",
            "an audience of 256 bytes",
            form().payload(
                "\"aud\":\"acme.example\"",
                &format!("\"aud\":\"{}\"", "a".repeat(256)),
            ),
        ),
        bad(
            "decisions-none",
            "nothing is decided",
            form().payload("{\"purpose\":\"contact\",\"state\":\"given\"}", ""),
        ),
        bad("decisions-many", "65 decisions", {
            let many: Vec<String> = (0..65)
                .map(|n| format!("{{\"purpose\":\"p{n}\",\"state\":\"given\"}}"))
                .collect();
            form().payload(
                "{\"purpose\":\"contact\",\"state\":\"given\"}",
                &many.join(","),
            )
        }),
        bad(
            "decided-twice",
            "a purpose is decided twice",
            form().payload(
                "\"decisions\":[",
                "\"decisions\":[{\"purpose\":\"contact\",\"state\":\"refused\"},",
            ),
        ),
        bad(
            "give-all-refused",
            "give-all with a refusal",
            choices().payload("\"method\":\"choices\"", "\"method\":\"give-all\""),
        ),
        bad(
            "refuse-all-given",
            "refuse-all with something given",
            choices().payload("\"method\":\"choices\"", "\"method\":\"refuse-all\""),
        ),
        bad(
            "withdraw-given",
            "withdraw with something given",
            form().payload("\"method\":\"form\"", "\"method\":\"withdraw\""),
        ),
        bad(
            "method-of-operator",
            "a person cannot expire",
            form()
                .payload("\"method\":\"form\"", "\"method\":\"expiry\"")
                .payload("\"state\":\"given\"", "\"state\":\"withdrawn\""),
        ),
        bad("method-of-subject", "the operator cannot choose", {
            let hash = sign(contact(), &alice()).unwrap().hash;
            Parts::of(statement(hash), &alice())
                .payload("\"method\":\"code\"", "\"method\":\"withdraw\"")
        }),
        bad(
            "of-by-subject",
            "only a statement of the operator concerns another receipt",
            form().payload(
                "{\"schema\"",
                "{\"of\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\",\"schema\"",
            ),
        ),
        bad(
            "page-query",
            "the page has a query, which may be personal",
            form().payload("/contacts\"", "/contacts?phone=1\""),
        ),
        bad(
            "page-fragment",
            "the page has a fragment, which may be personal",
            form().payload("/contacts\"", "/contacts#phone\""),
        ),
        bad(
            "page-long",
            "a page of more than 2048 bytes",
            form().payload("/contacts\"", &format!("/{}\"", "x".repeat(2048))),
        ),
        bad(
            "sd-alg-other",
            "another hash",
            form().payload("\"_sd_alg\":\"sha-256\"", "\"_sd_alg\":\"sha-512\""),
        ),
        bad(
            "sd-alg-missing",
            "digests without the name of their hash",
            form().payload(",\"_sd_alg\":\"sha-256\"", ""),
        ),
    ];
    // The gate's note, and the commitment to an account.
    let note = |case: &str, comment: &str, note: &str| {
        let parts = Parts::of(noted(), &alice()).note(note);
        bad(&format!("gate-{case}"), comment, parts)
    };
    let client = [
        note("empty", "a gate's note without a line", ""),
        note("line-empty", "an empty line", "held media 1\n\n"),
        note("line-end", "no LF behind the last line", "held media 1"),
        note("cr", "another line end", "held media 1\r\n"),
        note("act", "something that no gate does", "ran media 1\n"),
        note("purpose", "a purpose in upper case", "held Media 1\n"),
        note("word-more", "a word too many", "held media 1 2\n"),
        note("time-missing", "no time", "held media\n"),
        note(
            "time-zeros",
            "a number in another spelling",
            "held media 01\n",
        ),
        note("time-sign", "a number with a sign", "held media +1\n"),
        note("time-late", "more than a day", "held media 86400001\n"),
        note(
            "time-order",
            "the second line happened before the first",
            "held media 2\nheld chat 1\n",
        ),
        note(
            "long",
            "a gate's note of 2049 bytes",
            &("held counters 1\n".repeat(127) + "held counters 12\n"),
        ),
        bad(
            "account-short",
            "a commitment to an account of 31 bytes",
            form().payload(
                "\"client\":{",
                "\"client\":{\"account\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuA\",",
            ),
        ),
    ];
    let hash = sign(contact(), &alice()).unwrap().hash;
    let of_missing = Vector::bad(
        "receipt/payload-of-missing",
        Kind::Payload,
        "a statement of the operator about nothing",
        Parts::of(statement(hash), &acme())
            .payload(&format!(",\"of\":\"{hash}\""), "")
            .sign(&acme()),
    );
    json.into_iter()
        .chain(shape)
        .chain(rules)
        .chain(client)
        .chain([of_missing])
        .collect()
}
