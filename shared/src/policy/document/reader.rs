//! The strict reader of the canonical form. It never repairs: whatever it accepts is printed back byte for byte.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{Clause, Document, Item, Section, invisible, next, reserved};

/// Why a text is not a policy in canonical form, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct DocumentError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: DocumentFault,
}

/// What was expected of a line and not found there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// The text does not begin with a heading of level 1.
    #[error("expected the title, `# Title`")]
    Title,
    /// Two blocks touch each other.
    #[error("expected an empty line")]
    EmptyLine,
    /// Nothing stands where text must stand: a bare mark, a second empty line, an empty line at the end.
    #[error("expected text")]
    Text,
    /// Spaces at the end of a line, or more than one between a mark and its text.
    #[error("expected no spaces around the text")]
    Spaces,
    /// A character that a reader of the page would not see.
    #[error("expected no invisible characters, found U+{:04X}", u32::from(*.0))]
    Invisible(char),
    /// A paragraph begins like a clause, a bullet, a heading or the line before the closing.
    #[error("expected a paragraph, found the mark of something else")]
    Paragraph,
    /// The heading of the next section is malformed or has another number.
    #[error("expected the heading `## {0}. Title`, or `---` before closing paragraphs")]
    Section(u16),
    /// The next clause is malformed or has another number.
    #[error("expected clause `{0}. text`, a bullet, or an empty line after the section")]
    Clause(u16),
    /// A section has no clause.
    #[error("expected clause `1. text`, found the end of the section")]
    NoClauses,
    /// A bullet is not indented by three spaces.
    #[error("expected a bullet indented by three spaces, `   - text`")]
    Indent,
    /// A bullet stands before the first clause of its section.
    #[error("expected clause `1. text` before the first bullet")]
    Bullet,
    /// The text has a title and perhaps paragraphs, but no section.
    #[error("expected the heading `## 1. Title`, found the end of the text")]
    NoSections,
    /// A number does not fit 16 bits.
    #[error("expected at most 65535 sections, and as many clauses in each")]
    TooMany,
    /// The last line is not ended.
    #[error("expected a line feed at the end of the text")]
    LastLine,
}

/// Reads the canonical form.
pub(super) fn read(markdown: &str) -> Result<Document, DocumentError> {
    let lines: Vec<&str> = markdown.split('\n').collect();
    for (index, text) in lines.iter().enumerate() {
        if let Some(character) = text.chars().find(|c| invisible(*c)) {
            return Err(DocumentError {
                line: index + 1,
                fault: DocumentFault::Invisible(character),
            });
        }
    }
    match lines.split_last() {
        Some((&"", lines)) => Reader { lines, at: 0 }.document(),
        _ => Err(DocumentError {
            line: lines.len(),
            fault: DocumentFault::LastLine,
        }),
    }
}

/// A position in the text. Each method that reads a line leaves the position after it.
struct Reader<'a> {
    lines: &'a [&'a str],
    at: usize,
}

impl<'a> Reader<'a> {
    fn document(mut self) -> Result<Document, DocumentError> {
        let title = self
            .peek()
            .and_then(|line| line.strip_prefix("# "))
            .ok_or(self.fault(DocumentFault::Title))?;
        let title = self.take(title)?;
        let (mut preamble, mut sections, mut closing) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            let line = self.block()?.ok_or(self.fault(DocumentFault::NoSections))?;
            if line.starts_with("## ") {
                break;
            }
            preamble.push(self.paragraph(line)?);
        }
        loop {
            let number = next(&sections).ok_or(self.fault(DocumentFault::TooMany))?;
            sections.push(self.section(number)?);
            match self.block()? {
                None => {
                    return Ok(Document {
                        title,
                        preamble,
                        sections,
                        closing,
                    });
                }
                Some("---") => break,
                Some(_) => {}
            }
        }
        self.at += 1;
        while let Some(line) = self.block()? {
            closing.push(self.paragraph(line)?);
        }
        if closing.is_empty() {
            return Err(self.fault(DocumentFault::Text));
        }
        Ok(Document {
            title,
            preamble,
            sections,
            closing,
        })
    }

    fn section(&mut self, number: u16) -> Result<Section, DocumentError> {
        let heading = self
            .peek()
            .and_then(|line| line.strip_prefix("## "))
            .and_then(|rest| after(rest, number));
        let heading = heading.ok_or(self.fault(DocumentFault::Section(number)))?;
        let title = self.take(heading)?;
        let mut clauses: Vec<Clause> = Vec::new();
        self.block()?;
        while let Some(line) = self.peek().filter(|line| !line.is_empty()) {
            if let Some(text) = line.strip_prefix("   - ") {
                let clause = clauses
                    .last_mut()
                    .ok_or(self.fault(DocumentFault::Bullet))?;
                clause.items.push(Item {
                    text: self.take(text)?,
                });
            } else if line.trim_start().starts_with("- ") {
                return Err(self.fault(DocumentFault::Indent));
            } else {
                let number = next(&clauses).ok_or(self.fault(DocumentFault::TooMany))?;
                let fault = self.fault(DocumentFault::Clause(number));
                let text = self.take(after(line, number).ok_or(fault)?)?;
                clauses.push(Clause {
                    number,
                    text,
                    items: Vec::new(),
                });
            }
        }
        if clauses.is_empty() {
            return Err(self.fault(DocumentFault::NoClauses));
        }
        Ok(Section {
            number,
            title,
            clauses,
        })
    }

    fn paragraph(&mut self, line: &str) -> Result<String, DocumentError> {
        if reserved(line.trim_start()) {
            return Err(self.fault(DocumentFault::Paragraph));
        }
        self.take(line)
    }

    /// Steps over the empty line before a block; `None` at the end of the text.
    fn block(&mut self) -> Result<Option<&'a str>, DocumentError> {
        match self.peek() {
            None => return Ok(None),
            Some("") => self.at += 1,
            Some(_) => return Err(self.fault(DocumentFault::EmptyLine)),
        }
        let line = self.peek().filter(|line| !line.is_empty());
        line.map(Some).ok_or(self.fault(DocumentFault::Text))
    }

    /// Ends the current line with its text.
    fn take(&mut self, text: &str) -> Result<String, DocumentError> {
        if text.is_empty() {
            return Err(self.fault(DocumentFault::Text));
        }
        if text.trim() != text {
            return Err(self.fault(DocumentFault::Spaces));
        }
        self.at += 1;
        Ok(text.to_string())
    }

    fn peek(&self) -> Option<&'a str> {
        self.lines.get(self.at).copied()
    }

    fn fault(&self, fault: DocumentFault) -> DocumentError {
        DocumentError {
            line: self.at + 1,
            fault,
        }
    }
}

/// What follows the mark `number. `.
fn after(line: &str, number: u16) -> Option<&str> {
    line.strip_prefix(format!("{number}. ").as_str())
}
