//! The witnesses of a site's log as `site.toml` names them.

use std::path::Path;

use axum::http::Uri;
use raspiska_shared::log::cosignature::WitnessKey;

use super::{SiteError, config::LogConfig};

/// Most witnesses of one log. C2SP tlog-policy wants 32 to be possible, and a note takes 64 lines.
const MAX_WITNESSES: usize = 32;

/// Who watches a log.
#[derive(Clone, Debug)]
pub(crate) struct Witnesses {
    /// How many have to cosign, 1 to all of them.
    pub(crate) quorum: usize,
    /// They, at least one; each key once.
    pub(crate) list: Vec<Witness>,
}

/// One witness.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    /// The key that cosigns.
    pub(crate) key: WitnessKey,
    /// Where checkpoints are sent to: `<submission prefix>/add-checkpoint`.
    pub(crate) url: String,
}

/// Reads `[log]`; none if it names no witness.
pub(super) fn read(path: &Path, config: &LogConfig) -> Result<Option<Witnesses>, SiteError> {
    let mut list: Vec<Witness> = Vec::new();
    for witness in &config.witnesses {
        let key: WitnessKey = witness.vkey.parse().map_err(|_| SiteError::Value {
            what: "log.witness.vkey",
            value: witness.vkey.clone(),
            wanted: "write the witness's verifier key for Ed25519 cosignatures, \"<name>+<key id>+B…\", as its operator publishes it",
        })?;
        // Two names for one key would be one witness that counts twice, C2SP tlog-policy.
        if list
            .iter()
            .any(|other| other.key.as_bytes() == key.as_bytes())
        {
            return Err(SiteError::Duplicate {
                path: path.to_path_buf(),
                what: "the key of witness",
                id: key.name().to_owned(),
            });
        }
        let url = add_checkpoint(&witness.url).ok_or_else(|| SiteError::Value {
            what: "log.witness.url",
            value: witness.url.clone(),
            wanted: "write the witness's submission prefix, e.g. \"https://witness.example/w1\", without query, fragment and user",
        })?;
        list.push(Witness { key, url });
    }
    if list.len() > MAX_WITNESSES {
        return Err(SiteError::Value {
            what: "the number of [[log.witness]]",
            value: list.len().to_string(),
            wanted: "name at most 32 witnesses",
        });
    }
    match config.quorum {
        None if list.is_empty() => Ok(None),
        Some(quorum) if (1..=list.len()).contains(&quorum) => Ok(Some(Witnesses { quorum, list })),
        quorum => Err(SiteError::Value {
            what: "log.quorum",
            value: quorum.map_or_else(|| "not there".to_owned(), |quorum| quorum.to_string()),
            wanted: "write how many of the [[log.witness]] have to cosign a checkpoint before it is published, 1 to all of them",
        }),
    }
}

fn add_checkpoint(prefix: &str) -> Option<String> {
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    let uri: Uri = prefix.parse().ok()?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    let host = uri.host().is_some_and(|host| !host.is_empty());
    let plain = !prefix.contains(['?', '#']) && !uri.authority()?.as_str().contains('@');
    (known && host && plain).then(|| format!("{prefix}/add-checkpoint"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const W1: &str = "witness.example/w1+c3c1499d+BIqHX/8es4RRV3rNWv7kBUVlaN18ieCQhjoFV7x69J8X";
    const W2: &str = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
    const URL: &str = "https://witness.example";

    fn witness(vkey: &str, url: &str) -> String {
        format!("[[witness]]\nvkey = \"{vkey}\"\nurl = \"{url}\"\n")
    }

    /// What a `[log]` with these lines and witnesses says.
    fn log(lines: &str, witnesses: &str) -> Result<Option<Witnesses>, SiteError> {
        let config = toml::from_str(&format!("{lines}\n{witnesses}")).unwrap();
        read(Path::new("site.toml"), &config)
    }

    /// The member that is wrong.
    fn refused(lines: &str, witnesses: &str) -> &'static str {
        match log(lines, witnesses).unwrap_err() {
            SiteError::Value { what, .. } | SiteError::Duplicate { what, .. } => what,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_log_has_the_witnesses_that_its_operator_names() {
        assert!(log("", "").unwrap().is_none());
        let two = witness(W1, "https://witness.example/w1/") + &witness(W2, "http://127.0.0.1:7");
        let witnesses = log("quorum = 2", &two).unwrap().unwrap();
        assert_eq!(witnesses.quorum, 2);
        let [first, second] = &witnesses.list[..] else {
            panic!("{witnesses:?}");
        };
        assert_eq!(first.key.to_string(), W1);
        assert_eq!(first.url, "https://witness.example/w1/add-checkpoint");
        assert_eq!(second.url, "http://127.0.0.1:7/add-checkpoint");
    }

    #[test]
    fn a_quorum_is_of_the_witnesses_that_are_there() {
        let one = witness(W1, URL);
        for quorum in ["", "quorum = 0", "quorum = 2"] {
            assert_eq!(refused(quorum, &one), "log.quorum");
        }
        assert_eq!(refused("quorum = 1", ""), "log.quorum");
        let twice = witness(W1, URL).repeat(2);
        assert_eq!(refused("quorum = 1", &twice), "the key of witness");
    }

    #[test]
    fn a_key_that_does_not_cosign_is_refused() {
        for vkey in [
            // A log's kind of key, a wrong id, a name alone.
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            &W1.replace("c3c1499d", "c3c1499e"),
            "witness.example/w1",
        ] {
            let what = refused("quorum = 1", &witness(vkey, URL));
            assert_eq!(what, "log.witness.vkey", "{vkey}");
        }
    }

    #[test]
    fn an_address_that_is_no_prefix_is_refused() {
        for url in [
            "",
            "witness.example",
            "ftp://witness.example",
            "https://",
            "https://witness.example/?w=1",
            "https://witness.example/#w1",
            "https://me:secret@witness.example",
            "https://witness.example/a b",
        ] {
            let what = refused("quorum = 1", &witness(W1, url));
            assert_eq!(what, "log.witness.url", "{url}");
        }
    }

    #[test]
    fn a_misspelt_member_is_an_error() {
        assert!(toml::from_str::<LogConfig>("quorums = 1").is_err());
        assert!(toml::from_str::<LogConfig>("[[witness]]\nvkey = \"\"").is_err());
    }
}
