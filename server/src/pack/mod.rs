//! The evidence pack, `www/spec/evidence-pack.md`: a receipt with everything that somebody needs to be convinced by it years
//! later, on a machine that has never heard of us.
//!
//! ```text
//! manifest.sha256        SHA-256 of all other files, as sha256sum reads it
//! summary.html           what was agreed, for people
//! receipt.json           the receipt file
//! receipt.tlog-proof     its proof alone
//! notice.<lang>.md       the text that was on the screen
//! policy.<lang>.md       the edition of the policy, in each of its languages
//! keys.json              the log's verifier key, the thumbprints of the operator's and of the person's key
//! later/<index>.json     receipt files of what was decided later about the same purposes
//! confirm.py, …          verifiers, and the pages that they are written from, in spec/
//! ```

mod evidence;
mod summary;
mod words;
mod zip;

use std::{collections::BTreeMap, fmt::Write as _};

use raspiska_shared::digest::Digest;

use crate::spec::{CONFIRMERS, PAGES};
pub(crate) use evidence::{Evidence, EvidenceError};

/// The zip archive. The same evidence always gives the same bytes.
pub(crate) fn archive(evidence: &Evidence) -> Vec<u8> {
    zip::archive(&files(evidence))
}

/// Every file by its name.
fn files(evidence: &Evidence) -> BTreeMap<String, Vec<u8>> {
    let file = &evidence.exhibit.file;
    let keys = serde_json::json!({
        "log": file.log.vkey, "operator": evidence.operator, "subject": evidence.subject,
    });
    let mut files = BTreeMap::from([
        ("keys.json".to_owned(), format!("{keys:#}\n").into_bytes()),
        (
            format!("notice.{}.md", file.notice.lang.tag()),
            file.notice.text.clone().into_bytes(),
        ),
        ("receipt.json".to_owned(), file.to_json().into_bytes()),
        (
            "receipt.tlog-proof".to_owned(),
            file.proof.clone().into_bytes(),
        ),
        (
            "summary.html".to_owned(),
            summary::write(evidence).into_bytes(),
        ),
    ]);
    for (lang, text) in &evidence.policies {
        files.insert(format!("policy.{}.md", lang.tag()), text.clone().into());
    }
    for later in &evidence.later {
        // Of the length of the largest index, so that the order of the names is that of the log.
        let name = format!("later/{:020}.json", later.report.index);
        files.insert(name, later.file.to_json().into_bytes());
    }
    for (name, text) in CONFIRMERS {
        files.insert(name.to_owned(), text.into());
    }
    for (name, text) in PAGES {
        files.insert(format!("spec/{name}"), text.into());
    }
    files.insert("manifest.sha256".to_owned(), manifest(&files).into_bytes());
    files
}

fn manifest(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut manifest = String::new();
    for (name, bytes) in files {
        for byte in Digest::of(bytes).as_bytes() {
            // Writing into a String does not fail.
            let _ = write!(manifest, "{byte:02x}");
        }
        let _ = writeln!(manifest, "  {name}");
    }
    manifest
}
