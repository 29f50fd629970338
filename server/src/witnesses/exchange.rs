//! One exchange with a witness: what is sent, what may come back. C2SP tlog-witness, add-checkpoint.

use std::fmt::Write as _;

use base64ct::{Base64, Encoding as _};
use raspiska_shared::log::{LogError, cosignature::WitnessKey, note, tree::Hash};

use crate::{
    remote::{Answer, RemoteError},
    store::StoreError,
};

/// Longest answer in bytes: as many signature lines as a note takes.
pub(super) const MAX_ANSWER: u64 = 64 * 1024;

/// How far a witness's clock may be from ours, in seconds. A cosignature says what was the newest at its time; a witness
/// whose time is older or newer by more does not say it of now. Five minutes are what systems with tickets allow, too.
const DRIFT: u64 = 5 * 60;

/// Media type of a 409.
const SIZE_TYPE: &str = "text/x.tlog.size";

/// What a witness said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It cosigned: the signature line, ended by LF, verified.
    Cosigned(String),
    /// It knows the log at this size, so the proof has to begin there.
    Knows(u64),
}

/// Why a witness did not cosign. The log goes on without it.
#[derive(Debug, thiserror::Error)]
pub(super) enum WitnessError {
    /// 409 with more than it was sent, and the log has as much by now.
    #[error(
        "the witness confirmed {witness} entries already and was sent {sent}; the next head is sent later"
    )]
    Ahead {
        /// What it knows.
        witness: u64,
        /// What it was sent.
        sent: u64,
    },
    /// Its clock.
    #[error(
        "the cosignature's time is {seconds} seconds from ours; one of the clocks is wrong, set it"
    )]
    Clock {
        /// How far it is.
        seconds: u64,
    },
    /// 200 without a cosignature of this key that verifies.
    #[error(
        "the answer is not a cosignature of the checkpoint ({0}); check log.witness.vkey in site.toml"
    )]
    Cosignature(LogError),
    /// 403.
    #[error(
        "the witness does not accept the signature of the log's key; give its operator the key that /log/<site>/vkey shows"
    )]
    Forbidden,
    /// 422.
    #[error(
        "the witness knows another history under this log's key: the log may have been rolled back and gone on; stop, and compare the store with its newest backup"
    )]
    Inconsistent,
    /// 409 again, or with the size that was sent.
    #[error("the witness wants another size each time it is asked; tell its operator")]
    Restless,
    /// 409 with more than the log has.
    #[error(
        "the witness confirmed {witness} entries, the log has {ours}: the log may have been rolled back; stop, and restore the newest state of the store"
    )]
    RolledBack {
        /// What it knows.
        witness: u64,
        /// What we have.
        ours: u64,
    },
    /// 409 without a size.
    #[error(
        "the witness answered 409 without the size that it knows; check log.witness.url in site.toml"
    )]
    Size,
    /// Another status.
    #[error("the witness answered with status {0}; it is asked again later")]
    Status(u16),
    /// The proof cannot be made.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The question cannot be sent.
    #[error("a thread to ask the witness cannot be started: {0}")]
    Thread(std::io::Error),
    /// 404.
    #[error(
        "the witness does not know this log; give its operator the key that /log/<site>/vkey shows"
    )]
    Unknown,
    /// No answer.
    #[error(transparent)]
    Unreachable(#[from] RemoteError),
}

impl WitnessError {
    /// A word for counts.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::Ahead { .. } => "ahead",
            Self::Clock { .. } => "clock",
            Self::Cosignature(_) => "cosignature",
            Self::Forbidden => "forbidden",
            Self::Inconsistent => "inconsistent",
            Self::Restless => "restless",
            Self::RolledBack { .. } => "rolled-back",
            Self::Size => "size",
            Self::Status(_) => "status",
            Self::Store(_) => "store",
            Self::Thread(_) => "thread",
            Self::Unknown => "unknown",
            Self::Unreachable(_) => "unreachable",
        }
    }

    /// Does it speak against the log, and not only against the witness?
    pub(super) fn accuses(&self) -> bool {
        matches!(
            self,
            Self::Inconsistent | Self::RolledBack { .. } | Self::Store(_)
        )
    }
}

/// The body of add-checkpoint: old size, consistency proof, empty line, checkpoint.
pub(super) fn request(old: u64, proof: &[Hash], checkpoint: &str) -> String {
    let mut body = format!("old {old}\n");
    for hash in proof {
        // Writing into a String does not fail.
        let _ = writeln!(body, "{}", Base64::encode_string(hash));
    }
    body.push('\n');
    body.push_str(checkpoint);
    body
}

/// What an answer about `checkpoint` says, `now` in UNIX seconds. Nothing of it is believed that is not verified.
pub(super) fn read(
    answer: &Answer,
    checkpoint: &str,
    key: &WitnessKey,
    now: u64,
) -> Result<Said, WitnessError> {
    match answer.status {
        200 => cosigned(&answer.body, checkpoint, key, now),
        409 => size(answer).map(Said::Knows).ok_or(WitnessError::Size),
        403 => Err(WitnessError::Forbidden),
        404 => Err(WitnessError::Unknown),
        422 => Err(WitnessError::Inconsistent),
        other => Err(WitnessError::Status(other)),
    }
}

fn cosigned(
    body: &[u8],
    checkpoint: &str,
    key: &WitnessKey,
    now: u64,
) -> Result<Said, WitnessError> {
    let body = std::str::from_utf8(body).map_err(|_| WitnessError::Cosignature(LogError::Note))?;
    let (text, _) = note::parse(checkpoint).map_err(WitnessError::Cosignature)?;
    let lines = note::signature_lines(body).map_err(WitnessError::Cosignature)?;
    // Lines of other keys may be there, and go no further.
    let found = key.find(text, &lines).map_err(WitnessError::Cosignature)?;
    // Also refuses the time 0, which says nothing: tlog-witness forbids it.
    let seconds = found.time.abs_diff(now);
    if seconds > DRIFT {
        return Err(WitnessError::Clock { seconds });
    }
    Ok(Said::Cosigned(format!("{}\n", found.line)))
}

/// The size in a 409: decimal, ended by LF, in its own media type.
fn size(answer: &Answer) -> Option<u64> {
    let text = std::str::from_utf8(&answer.body).ok()?.strip_suffix('\n')?;
    let size: u64 = text.parse().ok()?;
    (size.to_string() == text && answer.media_type == SIZE_TYPE).then_some(size)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use raspiska_shared::log::{checkpoint::Checkpoint, cosignature::Cosigner, note::NoteSigner};

    use super::*;

    const NOW: u64 = 1_760_000_000;

    fn witness(seed: u8) -> Cosigner {
        Cosigner::new("witness.example/w1", SigningKey::from_bytes(&[seed; 32])).unwrap()
    }

    fn checkpoint(size: u64) -> String {
        let log = NoteSigner::new("log.example/x", SigningKey::from_bytes(&[4; 32])).unwrap();
        let origin = "log.example/x".to_owned();
        let root = [1; 32];
        Checkpoint { origin, size, root }.sign(&log)
    }

    fn cosign(seed: u8, size: u64, time: u64) -> String {
        let note = checkpoint(size);
        witness(seed).cosign(note::parse(&note).unwrap().0, time)
    }

    fn answer(status: u16, media_type: &str, body: &str) -> Result<Said, WitnessError> {
        let answer = Answer {
            status,
            media_type: media_type.to_owned(),
            body: body.as_bytes().to_vec(),
        };
        read(&answer, &checkpoint(5), witness(6).vkey(), NOW)
    }

    fn reason(status: u16, body: &str) -> &'static str {
        answer(status, "text/plain", body).unwrap_err().reason()
    }

    #[test]
    fn the_request_is_the_one_of_the_spec() {
        let body = request(3, &[[0; 32], [0xff; 32]], "checkpoint\n");
        let zeroes = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let ones = "//////////////////////////////////////////8=";
        assert_eq!(body, format!("old 3\n{zeroes}\n{ones}\n\ncheckpoint\n"));
        assert_eq!(request(0, &[], "checkpoint\n"), "old 0\n\ncheckpoint\n");
    }

    #[test]
    fn a_cosignature_is_taken_alone_out_of_the_answer() {
        let own = cosign(6, 5, NOW);
        let grease = "\u{2014} witness.example/w1 AAAAAAAAAAA=\n";
        let other = cosign(7, 5, NOW);
        for body in [own.clone(), format!("{grease}{own}{other}")] {
            let said = answer(200, "text/plain", &body).unwrap();
            assert_eq!(said, Said::Cosigned(own.clone()));
        }
        for time in [NOW - DRIFT, NOW + DRIFT] {
            assert!(answer(200, "", &cosign(6, 5, time)).is_ok());
        }
    }

    #[test]
    fn what_is_not_a_cosignature_of_this_checkpoint_by_this_key_now_is_refused() {
        let own = cosign(6, 5, NOW);
        for body in [
            String::new(),
            "\n".to_owned(),
            "OK\n".to_owned(),
            own.trim_end().to_owned(),
            format!("\n{own}"),
            format!("{own}\n"),
            own.repeat(65),
            cosign(7, 5, NOW),
            cosign(6, 4, NOW),
        ] {
            assert_eq!(reason(200, &body), "cosignature", "{body:?}");
        }
        for time in [0, NOW - DRIFT - 1, NOW + DRIFT + 1, u64::MAX >> 1] {
            assert_eq!(reason(200, &cosign(6, 5, time)), "clock", "{time}");
        }
    }

    #[test]
    fn a_size_has_one_spelling_and_its_own_media_type() {
        let size = |body| answer(409, SIZE_TYPE, body);
        assert_eq!(size("0\n").unwrap(), Said::Knows(0));
        assert_eq!(size("20852163\n").unwrap(), Said::Knows(20_852_163));
        for body in [
            "",
            "\n",
            "1",
            "01\n",
            "+1\n",
            "1\n\n",
            "1\r\n",
            "18446744073709551616\n",
        ] {
            assert_eq!(size(body).unwrap_err().reason(), "size", "{body:?}");
        }
        assert_eq!(reason(409, "1\n"), "size");
    }

    #[test]
    fn every_status_says_what_to_do() {
        assert_eq!(reason(403, ""), "forbidden");
        assert_eq!(reason(404, ""), "unknown");
        assert_eq!(reason(422, ""), "inconsistent");
        for status in [204, 301, 400, 429, 500, 503] {
            assert_eq!(reason(status, ""), "status");
        }
        let accusations = [
            WitnessError::RolledBack {
                witness: 9,
                ours: 5,
            },
            WitnessError::Inconsistent,
        ];
        for error in accusations {
            assert!(error.accuses());
            assert!(
                error.to_string().contains("may have been rolled back"),
                "{error}"
            );
        }
        assert!(!WitnessError::Unknown.accuses());
    }
}
