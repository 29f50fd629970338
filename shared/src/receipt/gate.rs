//! The gate's note: what a page held back and what it let go before the person decided.
//!
//! The page writes it, and the person's key signs it: evidence of what the site did while it waited for an answer. It has ids
//! and times, nothing else.

use alloc::string::{String, ToString};
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::purpose::is_purpose;

/// A gate's note: lines `held analytics 12`, each ended by LF, in the order of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct GateNote(String);

/// One line of the note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateLine<'a> {
    /// What happened.
    pub act: GateAct,
    /// To which purpose, or which service of a category.
    pub purpose: &'a str,
    /// Milliseconds from the page's start.
    pub at: u32,
}

/// What the gate did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateAct {
    /// Something was held back.
    Held,
    /// Something was let go, by an earlier decision.
    Let,
    /// The person let one thing go this once, without deciding about the rest.
    Once,
}

/// The text is not a gate's note.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a gate's note is 1 to {} bytes of lines `held|let|once <purpose> <milliseconds>`, each ended by LF, in the order of time",
    GateNote::MAX_LEN
)]
pub struct GateNoteError;

impl GateNote {
    /// Longest note in bytes, some eighty lines: a receipt has 32 KiB for everything.
    pub const MAX_LEN: usize = 2048;

    /// Latest moment in milliseconds, a day: no page waits that long for an answer.
    pub const MAX_AT: u32 = 24 * 60 * 60 * 1000;

    /// The note as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its lines.
    pub fn lines(&self) -> impl Iterator<Item = GateLine<'_>> {
        self.0.split_terminator('\n').filter_map(GateLine::read)
    }
}

impl FromStr for GateNote {
    type Err = GateNoteError;

    fn from_str(text: &str) -> Result<Self, GateNoteError> {
        if text.len() > Self::MAX_LEN {
            return Err(GateNoteError);
        }
        let lines = text.strip_suffix('\n').ok_or(GateNoteError)?;
        let mut last = 0;
        for line in lines.split('\n') {
            let at = GateLine::read(line).ok_or(GateNoteError)?.at;
            if at < last {
                return Err(GateNoteError);
            }
            last = at;
        }
        Ok(Self(text.to_string()))
    }
}

impl<'de> Deserialize<'de> for GateNote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl<'a> GateLine<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (act, rest) = line.split_once(' ')?;
        let (purpose, at) = rest.split_once(' ')?;
        let act = match act {
            "held" => GateAct::Held,
            "let" => GateAct::Let,
            "once" => GateAct::Once,
            _ => return None,
        };
        // One spelling of a number: no sign, no zero before it.
        if !is_purpose(purpose) || at.starts_with('+') || (at.starts_with('0') && at != "0") {
            return None;
        }
        let at = at.parse().ok().filter(|at| *at <= GateNote::MAX_AT)?;
        Some(Self { act, purpose, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_note_says_what_happened_to_which_purpose_when() {
        let note: GateNote = "held analytics/counter 0\nlet media 12\nonce maps 86400000\n"
            .parse()
            .unwrap();
        let line = |act, purpose, at| GateLine { act, purpose, at };
        let lines: Vec<_> = note.lines().collect();
        assert_eq!(
            lines,
            [
                line(GateAct::Held, "analytics/counter", 0),
                line(GateAct::Let, "media", 12),
                line(GateAct::Once, "maps", 86_400_000),
            ]
        );
    }

    #[test]
    fn two_things_may_happen_at_once() {
        assert!("held a 5\nheld b 5\n".parse::<GateNote>().is_ok());
    }

    #[test]
    fn the_longest_note_is_read_and_one_byte_more_is_not() {
        // 128 lines of 16 bytes.
        let longest = "held analytics 1".replace("analytics", "counters") + "\n";
        assert_eq!(longest.len(), 16);
        let longest = longest.repeat(GateNote::MAX_LEN / 16);
        assert!(longest.parse::<GateNote>().is_ok());
        let longer = longest.replacen("counters", "counters2", 1);
        assert_eq!(longer.parse::<GateNote>(), Err(GateNoteError));
    }

    #[test]
    fn another_spelling_is_refused() {
        for text in [
            "",
            "\n",
            "held analytics 1",
            "held analytics 1\n\n",
            "held analytics 1\r\n",
            " held analytics 1\n",
            "held  analytics 1\n",
            "held analytics 1 \n",
            "held analytics\n",
            "held analytics \n",
            "Held analytics 1\n",
            "kept analytics 1\n",
            "held Analytics 1\n",
            "held a/b/c 1\n",
            "held analytics -1\n",
            "held analytics +1\n",
            "held analytics 01\n",
            "held analytics 00\n",
            "held analytics 1.5\n",
            "held analytics 86400001\n",
            "held analytics 4294967296\n",
            "held analytics 2\nheld media 1\n",
        ] {
            assert_eq!(text.parse::<GateNote>(), Err(GateNoteError), "{text:?}");
        }
    }

    #[test]
    fn the_sentence_says_what_a_note_is() {
        let sentence = GateNoteError.to_string();
        assert!(sentence.contains("2048") && sentence.contains("order of time"));
    }
}
