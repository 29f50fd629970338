//! The report: what holds, or the first thing that does not.

use raspiska_shared::{
    facts::Facts,
    file::{FileError, ReceiptFile},
    log::{LogError, note::VerifierKey},
    problem::Kind,
};
use serde::Serialize;

/// What is told about one file.
#[derive(Serialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
enum Report<'a> {
    /// Everything fits.
    Holds { facts: Facts<'a> },
    /// Something in the file does not.
    Fails { kind: &'static str, detail: String },
    /// The file was not looked at.
    Unchecked { kind: &'static str, detail: String },
}

/// Why there are no facts.
#[derive(Debug, thiserror::Error)]
enum CheckError {
    /// What is in the file does not hold.
    #[error(transparent)]
    File(#[from] FileError),
    /// The key that the person gave.
    #[error("the key to compare with: {0}")]
    TrustedKey(LogError),
}

/// Checks a file and writes the report as JSON.
pub(crate) fn write(file: &[u8], trusted: Option<&str>) -> String {
    read(file, trusted).unwrap_or_else(|error| {
        let detail = error.to_string();
        json(&match error {
            CheckError::File(error) => Report::Fails {
                kind: error.kind().slug(),
                detail,
            },
            CheckError::TrustedKey(_) => Report::Unchecked {
                kind: Kind::Vkey.slug(),
                detail,
            },
        })
    })
}

fn read(bytes: &[u8], trusted: Option<&str>) -> Result<String, CheckError> {
    let trusted: Option<VerifierKey> = trusted
        .map(str::parse)
        .transpose()
        .map_err(CheckError::TrustedKey)?;
    let file = ReceiptFile::parse(bytes)?;
    let report = file.verify(trusted.as_ref())?;
    let facts = Facts::of(&file, &report);
    Ok(json(&Report::Holds { facts }))
}

fn json(report: &Report<'_>) -> String {
    // Strings, numbers and lists of them always serialise.
    serde_json::to_string(report).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use serde_json::{Value, json};

    use super::*;

    /// A vector: its name, what is expected, the trusted key if it has one, the file's bytes.
    type Case = (String, String, Option<String>, Vec<u8>);

    fn vectors() -> Vec<Case> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/file");
        let read = |path: &Path| {
            let bytes = fs::read(path).unwrap();
            let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap();
            let head = str::from_utf8(&bytes[..end]).unwrap();
            let key = |name: &str| {
                let mut members = head.lines().filter_map(|line| line.split_once(": "));
                members
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| value.to_owned())
            };
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let body = bytes[end + 2..].to_vec();
            (name, key("expect").unwrap(), key("trusted"), body)
        };
        let files = fs::read_dir(folder).unwrap();
        files.map(|entry| read(&entry.unwrap().path())).collect()
    }

    fn report(file: &[u8], trusted: Option<&str>) -> Value {
        serde_json::from_str(&write(file, trusted)).unwrap()
    }

    fn good() -> Vec<u8> {
        let mut vectors = vectors().into_iter();
        vectors.find(|case| case.0 == "contact").unwrap().3
    }

    #[test]
    fn every_vector_gives_its_kind() {
        let vectors = vectors();
        assert!(vectors.len() > 20, "{}", vectors.len());
        for (name, expect, trusted, body) in vectors {
            let report = report(&body, trusted.as_deref());
            let told = if expect == "ok" {
                report["verdict"] == "holds"
            } else {
                report["verdict"] == "fails" && report["kind"] == expect
            };
            assert!(told, "{name}: {expect} expected, {report}");
        }
    }

    #[test]
    fn a_file_that_holds_gives_its_facts() {
        let report = report(&good(), None);
        let facts = &report["facts"];
        assert_eq!(facts["audience"], "acme.example");
        assert_eq!(facts["event"], json!({ "by": "subject", "method": "form" }));
        assert_eq!(facts["category"], "site_user");
        assert_eq!(facts["signed"], 1_760_000_000);
        assert_eq!(
            facts["decisions"],
            json!([{ "purpose": "contact", "state": "given" }])
        );
        assert_eq!(
            facts["values"][1],
            json!(["email", "alice@acme.example"]),
            "{facts}"
        );
        assert_eq!(
            facts["text"][0],
            json!({ "heading": [1, "Согласие на обработку персональных данных"] })
        );
        assert_eq!((&facts["index"], &facts["size"]), (&json!(2), &json!(5)));
        assert_eq!(facts["origin"], "log.acme.example/acme");
    }

    #[test]
    fn a_failure_says_why_and_repeats_nothing_of_the_file() {
        let mut broken = good();
        let at = broken.len() / 3;
        broken[at] ^= 1;
        let report = report(&broken, None);
        assert_eq!(report["verdict"], "fails");
        let detail = report["detail"].as_str().unwrap();
        assert!(detail.len() > 20 && !detail.contains("alice"), "{detail}");
        assert_eq!(report.as_object().unwrap().len(), 3, "{report}");
    }

    #[test]
    fn a_key_that_is_none_checks_nothing() {
        let report = report(&good(), Some("not a key"));
        assert_eq!(report["verdict"], "unchecked");
        assert_eq!(report["kind"], "vkey");
    }
}
