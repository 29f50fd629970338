//! The text of a policy as a document: sections, numbered clauses, bullets; and its one canonical Markdown form.
//!
//! Receipts name a policy by the digest of its bytes, so a document must have exactly one spelling. The reader therefore
//! accepts only what [`Document::to_markdown`] prints:
//!
//! ```text
//! # Title
//!
//! A paragraph of the preamble.
//!
//! ## 1. Section
//!
//! 1. A clause, on one line
//!    - a bullet of the clause above
//! 2. The next clause
//!
//! ---
//!
//! A closing paragraph.
//! ```
//!
//! The preamble and the closing (with its `---`) may be absent. There is no inline markup: text is text.

use alloc::{
    borrow::Cow,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Serialize};

mod reader;
#[cfg(test)]
mod tests;

pub use reader::{DocumentError, DocumentFault};

/// A policy's text. Each string is one line, without spaces at its ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What the policy calls itself.
    pub title: String,
    /// Paragraphs before section 1.
    pub preamble: Vec<String>,
    /// The sections, numbered from 1 without gaps.
    pub sections: Vec<Section>,
    /// Paragraphs that belong to no section, after the last one.
    pub closing: Vec<String>,
}

/// A section: a heading and its clauses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its number in the document.
    pub number: u16,
    /// Its heading, without the number.
    pub title: String,
    /// Its clauses, numbered from 1 without gaps; at least one.
    pub clauses: Vec<Clause>,
}

/// A clause: what a reference like "2.6" points at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Its number in the section.
    pub number: u16,
    /// Its text, without the number.
    pub text: String,
    /// The bullets under it.
    pub items: Vec<Item>,
}

/// A bullet of a clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its text, without the mark.
    pub text: String,
}

impl Document {
    /// Reads the canonical form; refuses every text that [`Self::to_markdown`] would not print back byte for byte.
    pub fn parse(markdown: &str) -> Result<Self, DocumentError> {
        reader::read(markdown)
    }

    /// Prints the canonical form.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        self.to_string()
    }

    /// Finds a clause by its address, `"2.6"`.
    #[must_use]
    pub fn clause(&self, address: &str) -> Option<&Clause> {
        let (section, clause) = address.split_once('.')?;
        // Comparing as text leaves a clause one address: "02.6" and "+2.6" find nothing.
        let section = self
            .sections
            .iter()
            .find(|it| it.number.to_string() == section)?;
        section
            .clauses
            .iter()
            .find(|it| it.number.to_string() == clause)
    }

    /// Every word in reading order, the numbers of sections and clauses included.
    pub fn words(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let sections = self.sections.iter().flat_map(|section| {
            let clauses = section.clauses.iter().flat_map(|clause| {
                let items = clause.items.iter().flat_map(|item| words(&item.text));
                numbered(clause.number, &clause.text).chain(items.map(Cow::Borrowed))
            });
            numbered(section.number, &section.title).chain(clauses)
        });
        let title = words(&self.title).map(Cow::Borrowed);
        title
            .chain(plain(&self.preamble))
            .chain(sections)
            .chain(plain(&self.closing))
    }
}

impl Item {
    /// Reads `«Term» — meaning` or `«Term» (abbreviation) — meaning`; English quotes serve as well.
    #[must_use]
    pub fn definition(&self) -> Option<(&str, &str)> {
        let (term, rest) = [('«', '»'), ('“', '”')]
            .into_iter()
            .find_map(|(open, close)| self.text.strip_prefix(open)?.split_once(close))?;
        let rest = rest.trim_start();
        let rest = match rest.strip_prefix('(') {
            Some(inside) => inside.split_once(')')?.1.trim_start(),
            None => rest,
        };
        let meaning = rest.strip_prefix('—')?.trim();
        (!term.is_empty() && !meaning.is_empty()).then_some((term, meaning))
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", self.title)?;
        for paragraph in &self.preamble {
            writeln!(f, "\n{paragraph}")?;
        }
        for section in &self.sections {
            writeln!(f, "\n## {}. {}\n", section.number, section.title)?;
            for clause in &section.clauses {
                writeln!(f, "{}. {}", clause.number, clause.text)?;
                for item in &clause.items {
                    writeln!(f, "   - {}", item.text)?;
                }
            }
        }
        if !self.closing.is_empty() {
            f.write_str("\n---\n")?;
        }
        for paragraph in &self.closing {
            writeln!(f, "\n{paragraph}")?;
        }
        Ok(())
    }
}

/// The words of one text: its runs of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

fn plain(texts: &[String]) -> impl Iterator<Item = Cow<'_, str>> {
    texts.iter().flat_map(|text| words(text)).map(Cow::Borrowed)
}

fn numbered(number: u16, text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    core::iter::once(Cow::Owned(number.to_string())).chain(words(text).map(Cow::Borrowed))
}

/// Characters that would let the text that is read differ from the text that is signed, or hide a word from search.
pub(super) fn invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a paragraph would be taken for a heading, a clause, a bullet or the closing line.
pub(super) fn reserved(paragraph: &str) -> bool {
    let after_digits = paragraph.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = after_digits.len() < paragraph.len() && after_digits.starts_with(". ");
    number || paragraph.starts_with('#') || paragraph.starts_with("- ") || paragraph == "---"
}

/// The number that follows `done` parts.
pub(super) fn next<T>(done: &[T]) -> Option<u16> {
    u16::try_from(done.len() + 1).ok()
}
