//! What an entry of the log says to other systems: which event it is, its id, its body. No personal data.

use raspiska_shared::{
    digest::Digest,
    party::SubjectId,
    purpose::SubjectCategory,
    receipt::{Actor, Decision, Method, Payload, State},
};
use serde::Serialize;

use super::Envelope;
use crate::{
    clock::moment,
    standing,
    store::{EventKind, Row, StoreError, Waiting},
};

/// One event as it is sent.
pub(crate) struct Event {
    /// What waits for it in the store.
    pub(crate) waiting: Waiting,
    /// The receipt that it is about.
    pub(crate) receipt: Digest,
    /// The same at every attempt and for every hook.
    pub(crate) id: String,
    /// JSON: `www/spec/hooks.md`.
    pub(crate) body: Vec<u8>,
}

#[derive(Serialize)]
struct Data<'a> {
    site: &'a str,
    index: u64,
    receipt: Digest,
    subject: SubjectId,
    category: SubjectCategory,
    by: Actor,
    method: Method,
    decisions: &'a [Decision],
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<Digest>,
}

/// The event that an entry is.
pub(crate) fn event(site: &str, row: &Row) -> Result<Event, StoreError> {
    let payload = standing::payload(row)?;
    let kind = kind(&payload);
    let body = Envelope {
        r#type: kind.word(),
        timestamp: moment(row.time),
        data: Data {
            site,
            index: row.index,
            receipt: row.receipt,
            subject: row.subject,
            category: payload.category,
            by: payload.event.by,
            method: payload.event.method,
            decisions: &payload.decisions,
            of: payload.of,
        },
    };
    Ok(Event {
        id: id(kind, row.index, &row.receipt),
        // Strings, numbers and lists always serialise.
        body: serde_json::to_vec(&body).unwrap_or_default(),
        receipt: row.receipt,
        waiting: Waiting {
            kind,
            index: row.index,
            subject: row.subject,
            time: row.time,
        },
    })
}

/// The index in an id, if it is one of an event.
pub(crate) fn index_of(id: &str) -> Option<u64> {
    id.split('_').next()?.parse().ok()
}

/// One entry is one event. The end of a consent goes before a yes: whoever hears of one thing only must not miss that.
fn kind(payload: &Payload) -> EventKind {
    let decides = |state| {
        let mut decisions = payload.decisions.iter();
        decisions.any(|decision| decision.state == state)
    };
    match payload.event.method {
        Method::Erasure => EventKind::Erased,
        Method::Expiry => EventKind::Expired,
        _ if decides(State::Withdrawn) => EventKind::Withdrawn,
        _ if decides(State::Given) => EventKind::Given,
        _ => EventKind::Changed,
    }
}

/// Also the receipt's hash: a log that was restored from a backup may use an index a second time. No full stop, which would
/// let id and time be taken apart elsewhere (Standard Webhooks, "Signature scheme").
fn id(kind: EventKind, index: u64, receipt: &Digest) -> String {
    let word = kind.word().replace('.', "-");
    format!("{index}_{word}_{receipt}")
}

#[cfg(test)]
mod tests {
    use base64ct::{Base64UrlUnpadded, Encoding as _};

    use super::{super::signature, *};

    fn row(event: &str, decisions: &[(&str, &str)]) -> Row {
        let decisions: Vec<_> = decisions
            .iter()
            .map(|(purpose, state)| serde_json::json!({"purpose": purpose, "state": state}))
            .collect();
        let digest = Digest::of(b"x").to_string();
        let payload = serde_json::json!({
            "schema": "urn:raspiska:receipt:1", "jti": "01997f2e-2c40-7000-8000-000000000000",
            "iat": 1, "aud": "jetcrm.ru", "sub": digest, "category": "site_user",
            "policy": {"edition": "2025-01-01", "sha256": digest},
            "notice": {"id": "contact", "lang": "ru", "sha256": digest},
            "decisions": decisions,
            "event": {"by": if ["form", "choices"].contains(&event) { "subject" } else { "operator" }, "method": event},
        });
        let payload = Base64UrlUnpadded::encode_string(payload.to_string().as_bytes());
        Row {
            index: 42,
            receipt: Digest::of(b"receipt"),
            time: 1_760_000_000_123,
            subject: SubjectId(Digest::of(b"subject")),
            token: format!("h.{payload}.s"),
        }
    }

    #[test]
    fn an_entry_is_one_event_and_its_end_goes_first() {
        for (method, decisions, kind) in [
            ("choices", &[("a", "given")][..], EventKind::Given),
            ("choices", &[("a", "refused")], EventKind::Changed),
            (
                "choices",
                &[("a", "refused"), ("b", "given")],
                EventKind::Given,
            ),
            (
                "choices",
                &[("a", "given"), ("b", "withdrawn")],
                EventKind::Withdrawn,
            ),
            ("letter", &[("a", "withdrawn")], EventKind::Withdrawn),
            ("expiry", &[("a", "withdrawn")], EventKind::Expired),
            ("erasure", &[("a", "withdrawn")], EventKind::Erased),
        ] {
            let event = event("jetcrm", &row(method, decisions)).unwrap();
            assert_eq!(event.waiting.kind, kind, "{method} {decisions:?}");
            let word = format!(r#"{{"type":"{}","#, kind.word());
            assert!(event.body.starts_with(word.as_bytes()));
        }
    }

    #[test]
    fn an_id_says_where_it_is_from_and_has_no_full_stop() {
        let event = event("jetcrm", &row("form", &[("contact", "given")])).unwrap();
        let receipt = Digest::of(b"receipt");
        assert_eq!(event.id, format!("42_consent-given_{receipt}"));
        assert_eq!(index_of(&event.id), Some(42));
        assert_eq!((index_of("x_1"), index_of("")), (None, None));
        assert!(!event.id.contains('.'));
    }

    #[test]
    fn a_body_has_no_member_that_could_name_a_person() {
        let event = event("jetcrm", &row("form", &[("contact", "given")])).unwrap();
        let body: serde_json::Value = serde_json::from_slice(&event.body).unwrap();
        assert_eq!(body["timestamp"], "2025-10-09T08:53:20.123Z");
        let data = body["data"].as_object().unwrap();
        let mut members: Vec<&str> = data.keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(
            members,
            [
                "by",
                "category",
                "decisions",
                "index",
                "method",
                "receipt",
                "site",
                "subject"
            ]
        );
    }

    /// The example of `www/spec/hooks.md`: a receipt of the vectors, and all that is made of it.
    #[test]
    fn the_published_example_is_made_of_real_bytes() {
        let vector = include_str!("../../../shared/vectors/receipt/cookie-choices.txt");
        let (_, text) = vector.split_once("\n\n").unwrap();
        let token = text.split('~').next().unwrap();
        let receipt = raspiska_shared::receipt::Receipt::open(text.as_bytes()).unwrap();
        let row = Row {
            index: 5,
            receipt: receipt.hash(),
            time: 1_760_000_001_234,
            subject: receipt.payload().sub,
            token: token.to_owned(),
        };
        let event = event("acme", &row).unwrap();
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().ok();
        let signature =
            signature::header(&[secret.unwrap()], &event.id, 1_760_000_002, &event.body);
        let id = event.id;
        let body = String::from_utf8(event.body).unwrap();
        let example = format!(
            "POST /consents HTTP/1.1\ncontent-type: application/json\nwebhook-id: {id}\nwebhook-timestamp: 1760000002\nwebhook-signature: {signature}\n\n{body}\n"
        );
        let page = include_str!("../../../www/spec/hooks.md");
        assert!(page.contains(&example), "{example}");
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let mut damaged = row("form", &[]);
        damaged.token = "x".to_owned();
        assert!(matches!(
            event("jetcrm", &damaged),
            Err(StoreError::Damaged(_))
        ));
    }
}
