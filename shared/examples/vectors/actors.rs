//! Who takes part in the vectors, with what keys, on which site, at what time.

use ed25519_dalek::SigningKey;
use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    log::{cosignature::Cosigner, note::NoteSigner},
    notice::NoticeRef,
    policy::PolicyRef,
    purpose::SubjectCategory,
    receipt::{
        Actor, Client, Decision, Disclosure, Draft, Event, Method, State, Uuid, WithdrawalCode,
    },
    site::Site,
};
use serde_json::json;

/// When the receipts of the vectors were signed: 2025-10-09 08:53:20 UTC.
pub(crate) const SIGNED: u64 = 1_760_000_000;

/// The day of [`SIGNED`] where the operator is.
pub(crate) const DAY: &str = "2025-10-09";

/// The server's clock when it gets them.
pub(crate) const NOW: u64 = SIGNED + 5;

/// What Alice has to show to withdraw without her key.
pub(crate) const CODE: &str = "7KQF-2M9X-4TRA-8HWD";

/// The site's log.
pub(crate) const ORIGIN: &str = "log.acme.example/acme";

/// The name of its witness.
pub(crate) const WITNESS: &str = "witness.example/w1";

pub(crate) const CONTACT: &str =
    "# Согласие на обработку персональных данных\n\nЯ разрешаю ООО «Акме» ответить мне.\n";
pub(crate) const CONTACT_OLD: &str = "# Согласие\n\nЯ разрешаю ответить мне.\n";
pub(crate) const CONTACT_NEXT: &str = "# Согласие\n\nЯ разрешаю ответить мне по телефону.\n";
pub(crate) const ADVERTISING: &str = "# Согласие на рекламу\n\nЯ хочу получать новости.\n";
pub(crate) const CANDIDATE: &str = "# Согласие соискателя\n\nЯ разрешаю рассмотреть моё резюме.\n";
pub(crate) const ANALYTICS: &str = "# Согласие на аналитику\n\nСчётчик посещений.\n";
pub(crate) const ANALYTICS_EN: &str = "# Consent to analytics\n\nA counter of visits.\n";
/// A document that should not exist: it asks for what rests on a contract.
pub(crate) const MISTAKE: &str = "# Согласие представителя клиента\n\nДоговор.\n";

const POLICY: &str = "# Политика\n";
const POLICY_OLD: &str = "# Прежняя политика\n";

pub(crate) fn alice() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

pub(crate) fn bob() -> SigningKey {
    SigningKey::from_bytes(&[2; 32])
}

/// The operator's key for statements.
pub(crate) fn acme() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

/// The site's log.
pub(crate) fn log() -> NoteSigner {
    NoteSigner::new(ORIGIN, SigningKey::from_bytes(&[4; 32])).unwrap()
}

/// A log that has nothing to do with the site.
pub(crate) fn other_log() -> NoteSigner {
    NoteSigner::new("log.other.example/other", SigningKey::from_bytes(&[5; 32])).unwrap()
}

/// Whoever watches that the log only grows.
pub(crate) fn witness() -> Cosigner {
    Cosigner::new(WITNESS, SigningKey::from_bytes(&[6; 32])).unwrap()
}

/// Another one.
pub(crate) fn other_witness() -> Cosigner {
    Cosigner::new("witness.other.example", SigningKey::from_bytes(&[7; 32])).unwrap()
}

pub(crate) fn policy() -> PolicyRef {
    PolicyRef {
        edition: "2025-01-01".to_owned(),
        sha256: Digest::of(POLICY.as_bytes()),
    }
}

pub(crate) fn policy_old() -> PolicyRef {
    PolicyRef {
        edition: "2024-01-01".to_owned(),
        sha256: Digest::of(POLICY_OLD.as_bytes()),
    }
}

pub(crate) fn notice(id: &str, lang: Lang, text: &str) -> NoticeRef {
    NoticeRef {
        id: id.to_owned(),
        lang,
        sha256: Digest::of(text.as_bytes()),
    }
}

pub(crate) fn decision(purpose: &str, state: State) -> Decision {
    Decision {
        purpose: purpose.parse().unwrap(),
        state,
    }
}

/// A value of a form, salted with a repeated byte.
pub(crate) fn value(salt: u8, name: &str, value: &str) -> Disclosure {
    Disclosure::new([salt; 16], name, value)
}

/// Alice sends the contact form.
pub(crate) fn contact() -> Draft {
    Draft {
        jti: Uuid::v7(SIGNED * 1000, [0x11; 10]),
        iat: SIGNED,
        aud: "acme.example".to_owned(),
        category: SubjectCategory::SiteUser,
        policy: policy(),
        notice: notice("contact", Lang::Ru, CONTACT),
        decisions: vec![decision("contact", State::Given)],
        event: Event {
            by: Actor::Subject,
            method: Method::Form,
        },
        prev: None,
        of: None,
        withdrawal: Some(WithdrawalCode {
            code_sha256: Digest::of(CODE.as_bytes()),
        }),
        client: Some(Client {
            page: Some("https://acme.example/contacts".to_owned()),
            version: Some("0.1.0".to_owned()),
            ..Client::default()
        }),
        disclosures: vec![
            value(0xa1, "name", "Алиса"),
            value(0xa2, "email", "alice@acme.example"),
            value(0xa3, "message", "Позвоните \"завтра\"\nпосле обеда"),
        ],
    }
}

/// Alice chooses about the cookies of analytics, but not for one service.
pub(crate) fn cookies() -> Draft {
    Draft {
        notice: notice("cookies-analytics", Lang::En, ANALYTICS_EN),
        decisions: vec![
            decision("analytics", State::Given),
            decision("analytics/counter", State::Refused),
        ],
        event: Event {
            by: Actor::Subject,
            method: Method::Choices,
        },
        withdrawal: None,
        disclosures: Vec::new(),
        ..contact()
    }
}

/// The salt of the commitment to Alice's account.
const ACCOUNT_SALT: [u8; 16] = [0xac; 16];

/// Alice, logged in, chooses about cookies on a page that noted what it held back and let go before.
pub(crate) fn noted() -> Draft {
    let account = [&ACCOUNT_SALT[..], &[0], b"customer-42"].concat();
    Draft {
        client: Some(Client {
            page: Some("https://acme.example/contacts".to_owned()),
            version: Some("0.1.0".to_owned()),
            gate: Some(NOTE.parse().unwrap()),
            account: Some(Digest::of(&account)),
            ..Client::default()
        }),
        ..cookies()
    }
}

/// What that page noted.
pub(crate) const NOTE: &str =
    "held analytics/counter 41\nheld media 42\nlet chat 42\nonce media 3180\n";

/// Alice takes back what she gave by the contact form.
pub(crate) fn withdrawal() -> Draft {
    Draft {
        decisions: vec![decision("contact", State::Withdrawn)],
        event: Event {
            by: Actor::Subject,
            method: Method::Withdraw,
        },
        withdrawal: None,
        disclosures: Vec::new(),
        ..contact()
    }
}

/// ACME states that somebody showed the withdrawal code of a receipt.
pub(crate) fn statement(of: Digest) -> Draft {
    Draft {
        event: Event {
            by: Actor::Operator,
            method: Method::Code,
        },
        of: Some(of),
        client: None,
        ..withdrawal()
    }
}

/// ACME's site bundle.
pub(crate) fn site() -> Site {
    let text = |ru: &str| json!({ "ru": ru });
    let digest = |text: &str| Digest::of(text.as_bytes()).to_string();
    let document = |id: &str, lang: &str, since: &str, purpose: &str, text: &str| {
        json!({
            "id": id, "lang": lang, "sha256": digest(text), "since": since,
            "purposes": [{ "id": purpose, "required": true }], "text": text,
        })
    };
    let mut contact_old = document("contact", "ru", "2024-01-01", "contact", CONTACT_OLD);
    contact_old["until"] = json!("2025-01-01");
    let mut contact = document("contact", "ru", "2025-01-01", "contact", CONTACT);
    contact["until"] = json!("2026-01-01");
    let purpose = |id: &str, category: &str, basis: &str| {
        json!({
            "id": id, "category": category, "title": text(id), "about": text(id), "basis": basis,
            "clauses": ["2.1"], "data": [], "actions": ["collect", "use"],
            "retention": { "until": "withdrawal", "destroy_within": "P30D", "norm": "152-ФЗ art. 21(5)" },
        })
    };
    let edition = |edition: &PolicyRef| {
        json!({
            "edition": edition.edition, "effective": edition.edition, "sha256": edition.sha256,
            "url": Site::policy_url("acme.example", "acme", &edition.edition),
        })
    };
    let field =
        |id: &str, kind: &str| json!({ "id": id, "kind": kind, "label": text(id), "max": 1000 });
    serde_json::from_value(json!({
        "site": "acme",
        "audience": "acme.example",
        "languages": ["ru", "en"],
        "controller": {
            "name": text("ООО «Акме»"), "brand": "ACME", "email": "privacy@acme.example", "website": "acme.example",
        },
        "log": { "origin": ORIGIN, "vkey": log().vkey().to_string() },
        "edition": "2025-01-01",
        "editions": [edition(&policy_old()), edition(&policy())],
        "purposes": [
            purpose("contact", "site_user", "consent"),
            purpose("advertising", "site_user", "consent"),
            purpose("analytics", "site_user", "consent"),
            purpose("candidate", "candidate", "consent"),
            purpose("customer_contract", "customer_representative", "contract"),
        ],
        "notices": [
            contact_old,
            contact,
            document("contact", "ru", "2026-01-01", "contact", CONTACT_NEXT),
            document("advertising", "ru", "2025-01-01", "advertising", ADVERTISING),
            document("candidate", "ru", "2025-01-01", "candidate", CANDIDATE),
            document("cookies-analytics", "ru", "2025-01-01", "analytics", ANALYTICS),
            document("cookies-analytics", "en", "2025-01-01", "analytics", ANALYTICS_EN),
            document("mistake", "ru", "2025-01-01", "customer_contract", MISTAKE),
        ],
        "forms": [{
            "name": "contact", "category": "site_user", "title": text("Напишите нам"), "submit": text("Отправить"),
            "done": text("Спасибо"), "notice": "contact",
            "fields": [field("name", "text"), field("email", "email"), field("message", "long")],
        }],
        "cookies": [
            { "id": "necessary", "title": text("Необходимые"), "about": text("Без них сайт не работает") },
            {
                "id": "analytics", "notice": "cookies-analytics", "title": text("Аналитика"), "about": text("Счётчик"),
                "services": [{ "id": "counter", "name": text("Счётчик"), "provider": text("ООО «Акме»"), "country": "RU" }],
            },
        ],
    }))
    .unwrap()
}
