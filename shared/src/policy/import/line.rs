//! The lines of an operator's text: white space made even, marks taken off.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use super::{ImportError, ImportFault, LIMIT};
use crate::policy::document::{invisible, reserved};

/// A line that is not empty.
pub(super) struct Line {
    /// Its place in the text, counted from 1.
    pub(super) number: usize,
    /// Whether an empty line stands above.
    pub(super) gap: bool,
    /// What it begins with.
    pub(super) mark: Mark,
    /// What follows the mark, in single spaces.
    pub(super) text: String,
}

/// The beginning of a line.
pub(super) enum Mark {
    /// Text.
    None,
    /// `- `
    Bullet,
    /// `1. ` or `- 1. `; the digits.
    Number(String),
}

impl Line {
    pub(super) fn fault(&self, fault: ImportFault) -> ImportError {
        ImportError {
            line: self.number,
            fault,
        }
    }

    /// Whether the line is numbered so.
    pub(super) fn bears(&self, number: u16) -> bool {
        matches!(&self.mark, Mark::Number(digits) if *digits == number.to_string())
    }

    /// Whether the line looks like the beginning of a sentence.
    pub(super) fn begins(&self) -> bool {
        self.text
            .chars()
            .find(|c| c.is_alphanumeric())
            .is_some_and(char::is_uppercase)
    }

    /// Whether the line looks like the rest of a sentence that was cut.
    pub(super) fn completes(&self, sentence: &str) -> bool {
        !finished(sentence) && !self.begins()
    }

    /// Continues a text with the line.
    pub(super) fn join(&self, text: &mut String) {
        text.push(' ');
        text.push_str(&self.text);
    }

    /// The text after a mark.
    pub(super) fn filled(&self) -> Result<String, ImportError> {
        if self.text.is_empty() {
            return Err(self.fault(ImportFault::Empty));
        }
        Ok(self.text.clone())
    }

    /// The text of a line that begins a paragraph outside the sections.
    pub(super) fn paragraph(&self) -> Result<String, ImportError> {
        if reserved(&self.text) {
            return Err(self.fault(ImportFault::Reserved));
        }
        Ok(self.text.clone())
    }
}

/// Whether a sentence, or an entry of a list, is over.
pub(super) fn finished(text: &str) -> bool {
    text.trim_end_matches(['»', '”', '"', ')', ']'])
        .ends_with(['.', '!', '?', '…', ';'])
}

/// Splits a text; empty lines remain as the `gap` of the next.
pub(super) fn lines(text: &str) -> Result<Vec<Line>, ImportError> {
    if text.len() > LIMIT {
        let line = text
            .bytes()
            .take(LIMIT)
            .filter(|byte| *byte == b'\n')
            .count()
            + 1;
        return Err(ImportError {
            line,
            fault: ImportFault::TooLarge,
        });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut lines, mut gap) = (Vec::new(), false);
    for (number, raw) in (1..).zip(text.split('\n')) {
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        if let Some(character) = raw.chars().find(|c| *c != '\t' && invisible(*c)) {
            return Err(ImportError {
                line: number,
                fault: ImportFault::Invisible(character),
            });
        }
        let plain = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        if plain.is_empty() {
            gap = true;
            continue;
        }
        let (mark, text) = marked(&plain);
        let line = Line {
            number,
            gap,
            mark,
            text: text.to_string(),
        };
        if !matches!(line.mark, Mark::Number(_)) && nested(text) {
            return Err(line.fault(ImportFault::Nested));
        }
        lines.push(line);
        gap = false;
    }
    Ok(lines)
}

fn marked(line: &str) -> (Mark, &str) {
    // "-5" is a number and "--" a rule; "-text" is a bullet whose space was lost.
    let bullet = line
        .strip_prefix(['-', '–', '•'])
        .filter(|rest| !rest.starts_with(|c: char| c == '-' || c.is_ascii_digit()));
    let rest = bullet.unwrap_or(line).trim_start();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, after) = rest.split_at(digits);
    match after.strip_prefix('.') {
        Some(text) if !number.is_empty() && (text.is_empty() || text.starts_with(' ')) => {
            (Mark::Number(number.to_string()), text.trim_start())
        }
        _ if bullet.is_some() => (Mark::Bullet, rest),
        _ => (Mark::None, line),
    }
}

/// `1.1. text` or `1.1.1. text`; three digits a part leave dates alone.
fn nested(line: &str) -> bool {
    let first = line
        .split(' ')
        .next()
        .and_then(|word| word.strip_suffix('.'))
        .unwrap_or_default();
    first
        .split('.')
        .all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
}
