//! `identity/`: the keys that an operator publishes. Key: `file`, a receipt file that they should vouch for.

use ed25519_dalek::SigningKey;
use raspiska_shared::{
    file::{LogKey, ReceiptFile},
    identity::{Identity, LogKeys, OperatorKeys, RetiredThumbprint, RetiredVkey, SCHEMA},
    log::{checkpoint::Checkpoint, entry::Entry, note::NoteSigner, proof::Proof},
    party::SubjectId,
    problem::Kind,
    receipt::{sign, thumbprint},
};

use crate::{
    actors::{NOW, ORIGIN, acme, alice, bob, log, other_log, statement},
    files,
    forge::swap,
    logs,
    vector::Vector,
};

/// When the log and its first keys began.
const BEGAN: u64 = (NOW - 1000) * 1000;

/// When Alice's contact form was logged.
const LOGGED: u64 = NOW * 1000 + logs::INDEX;

/// When the keys changed, well after that.
const CHANGED: u64 = (NOW + 1000) * 1000;

/// The log's key after [`log`].
fn next_log() -> NoteSigner {
    NoteSigner::new(ORIGIN, SigningKey::from_bytes(&[6; 32])).unwrap()
}

/// What Acme publishes before its keys ever changed.
fn first() -> Identity {
    Identity {
        schema: SCHEMA.to_owned(),
        logs: vec![LogKeys {
            site: "acme".to_owned(),
            origin: ORIGIN.to_owned(),
            vkey: log().vkey().to_string(),
            since: BEGAN,
            retired: Vec::new(),
        }],
        operators: vec![OperatorKeys {
            site: "acme".to_owned(),
            thumbprint: thumbprint(&acme().verifying_key()),
            since: BEGAN,
            retired: Vec::new(),
        }],
    }
}

/// What it publishes after both had changed at `at`.
fn changed(at: u64) -> Identity {
    let mut identity = first();
    let (log, operator) = (&mut identity.logs[0], &mut identity.operators[0]);
    log.retired.push(RetiredVkey {
        vkey: std::mem::replace(&mut log.vkey, next_log().vkey().to_string()),
        since: BEGAN,
        until: at,
    });
    log.since = at;
    let next = thumbprint(&bob().verifying_key());
    operator.retired.push(RetiredThumbprint {
        thumbprint: std::mem::replace(&mut operator.thumbprint, next),
        since: BEGAN,
        until: at,
    });
    operator.since = at;
    identity
}

/// The file of a statement of the operator about Alice's contact form, in a log of its own.
fn stated() -> ReceiptFile {
    let signed = sign(statement(logs::receipt()), &acme()).unwrap();
    let entry = Entry {
        site: "acme".to_owned(),
        receipt: signed.hash,
        time: LOGGED,
    };
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size: 1,
        root: entry.leaf(),
    };
    let proof = Proof {
        entry,
        index: 0,
        hashes: Vec::new(),
        checkpoint: checkpoint.sign(&log()),
    };
    ReceiptFile {
        receipt: signed.text,
        proof: proof.to_text(),
        ..files::good()
    }
}

/// Alice's file with a proof that was fetched after the log's key had changed.
fn proved_later() -> ReceiptFile {
    let mut proof = logs::proof(logs::INDEX, logs::SIZE);
    proof.checkpoint = logs::checkpoint(logs::SIZE).sign(&next_log());
    ReceiptFile {
        proof: proof.to_text(),
        log: LogKey {
            vkey: next_log().vkey().to_string(),
        },
        ..files::good()
    }
}

fn json(identity: &Identity) -> String {
    serde_json::to_string(identity).unwrap()
}

pub(crate) fn vectors() -> Vec<Vector> {
    let ok = |case: &str, comment: &str, identity: &Identity, file: &ReceiptFile| {
        Vector::ok(&format!("identity/{case}"), comment, json(identity)).key("file", file.to_json())
    };
    let bad = |case: &str, kind: Kind, comment: &str, body: String, file: &ReceiptFile| {
        Vector::bad(&format!("identity/{case}"), kind, comment, body).key("file", file.to_json())
    };
    let good = files::good();
    let after = changed(CHANGED);
    let with = |change: &dyn Fn(&mut Identity)| {
        let mut identity = changed(CHANGED);
        change(&mut identity);
        json(&identity)
    };
    let vouched = [
        ok("first", "the log's key never changed", &first(), &good),
        ok(
            "retired",
            "the log's key changed after the entry's time",
            &after,
            &good,
        ),
        ok(
            "proved-later",
            "the present key covers what was logged before it",
            &after,
            &proved_later(),
        ),
        ok(
            "statement",
            "a statement by the operator's key",
            &first(),
            &stated(),
        ),
        ok(
            "statement-retired",
            "a statement by the key that was the operator's then",
            &after,
            &stated(),
        ),
        Vector::ok(
            "identity/unknown-members",
            "members that a reader does not know are ignored",
            swap(&json(&after), "\"logs\":", "\"later\":{},\"logs\":"),
        )
        .key("file", good.to_json()),
    ];
    let refused = [
        bad(
            "retired-before",
            Kind::Vkey,
            "the log's key was retired in the very millisecond of the entry",
            json(&changed(LOGGED)),
            &good,
        ),
        bad(
            "other-key",
            Kind::Vkey,
            "the log never had the file's key",
            with(&|identity| identity.logs[0].retired.clear()),
            &good,
        ),
        bad(
            "other-log",
            Kind::Vkey,
            "the operator has no log of this name",
            with(&|identity| {
                identity.logs[0] = LogKeys {
                    site: "other".to_owned(),
                    origin: other_log().vkey().name().to_owned(),
                    vkey: other_log().vkey().to_string(),
                    since: BEGAN,
                    retired: Vec::new(),
                };
            }),
            &good,
        ),
        bad(
            "statement-before",
            Kind::Subject,
            "a statement by a key that was the operator's only until then",
            with(&|identity| {
                identity.operators[0].retired[0].until = LOGGED;
                identity.operators[0].since = LOGGED;
            }),
            &stated(),
        ),
        bad(
            "statement-other",
            Kind::Subject,
            "a statement by a key that never was the operator's",
            with(&|identity| {
                let stranger: SubjectId = thumbprint(&alice().verifying_key());
                identity.operators[0].retired[0].thumbprint = stranger;
            }),
            &stated(),
        ),
        bad(
            "statement-nobody",
            Kind::Subject,
            "a statement, and the site has no operator",
            with(&|identity| identity.operators.clear()),
            &stated(),
        ),
    ];
    let form =
        |case: &str, comment: &str, body: String| bad(case, Kind::Identity, comment, body, &good);
    let forms = [
        form("not-json", "cut off", json(&after)[..100].to_owned()),
        form(
            "schema",
            "another schema",
            with(&|identity| identity.schema.push('0')),
        ),
        form(
            "vkey-of-other",
            "a retired key of another log",
            with(&|identity| identity.logs[0].retired[0].vkey = other_log().vkey().to_string()),
        ),
        form(
            "origin-of-other",
            "an origin that does not end in the site",
            with(&|identity| identity.logs[0].site.push('x')),
        ),
        form(
            "log-twice",
            "one log twice",
            with(&|identity| identity.logs.push(identity.logs[0].clone())),
        ),
        form(
            "operator-twice",
            "one operator twice",
            with(&|identity| identity.operators.push(identity.operators[0].clone())),
        ),
        form(
            "period-empty",
            "a period that ends when it begins",
            with(&|identity| identity.logs[0].retired[0].until = BEGAN),
        ),
        form(
            "period-overlap",
            "the present key begins before the last one ended",
            with(&|identity| identity.operators[0].since = CHANGED - 1),
        ),
        form(
            "periods-unordered",
            "the newest retired key first",
            with(&|identity| {
                let log = &mut identity.logs[0];
                log.retired.insert(
                    0,
                    RetiredVkey {
                        vkey: log.vkey.clone(),
                        since: CHANGED,
                        until: CHANGED + 1,
                    },
                );
                log.since = CHANGED + 1;
            }),
        ),
    ];
    vouched.into_iter().chain(refused).chain(forms).collect()
}
