//! Reads an operator's numbered plain text into a document.
//!
//! Such texts come out of word processors: lists lose their indentation, numbers become bullets, page breaks cut sentences
//! in two. The marks that survive decide:
//!
//! - `N. text` is a *heading* when it has no final punctuation and is followed by an empty line and clause 1; else a
//!   *clause*, and must bear the next number of its section. A bullet that begins with a number is a clause as well.
//! - `- text` (also `–` and `•`) is a *bullet* of the clause above, indented or not, empty lines around it or not.
//! - A line without a mark continues the line above it.
//! - After an empty line, text without a mark goes by two signs: whether the text above is a finished sentence, and whether
//!   this one begins with a capital. Neither: a page break cut the sentence, and the halves are joined. Both: a paragraph of
//!   its own; after the last clause it belongs to the closing. One without the other would be a guess, and is an error.
//!
//! Nothing is repaired or dropped: each word of the text is in the document, in the same order.

use alloc::{string::String, vec::Vec};

use super::document::{Clause, Document, Item, Section, next};
use line::{Line, Mark};

mod date;
mod line;
#[cfg(test)]
mod tests;

/// The longest text that is read, in bytes.
pub const LIMIT: usize = 1024 * 1024;

/// What an operator's text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The text.
    pub document: Document,
    /// The first day in force as its preamble states it, `YYYY-MM-DD`.
    pub effective: String,
}

/// Why a text is not a numbered policy, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct ImportError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: ImportFault,
}

/// What was expected of a line and not found there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportFault {
    /// The text is longer than [`LIMIT`].
    #[error("expected a text of at most 1 MiB")]
    TooLarge,
    /// A control character, or another that a reader of the page would not see.
    #[error("expected no invisible characters, found U+{:04X}", u32::from(*.0))]
    Invisible(char),
    /// The text does not begin with a title.
    #[error("expected the title of the policy")]
    Title,
    /// A heading has another number, or a clause stands before the first heading.
    #[error(
        "expected the heading `{0}. Title`: no final punctuation, then an empty line and clause 1"
    )]
    Section(u16),
    /// A clause has another number than the next one.
    #[error(
        "expected clause `{0}. text`, or a heading: no final punctuation, then an empty line and clause 1"
    )]
    Clause(u16),
    /// A number in a number.
    #[error("expected clauses numbered `1. text` in each section, found a number like `1.1.`")]
    Nested,
    /// Nothing in the text is numbered.
    #[error("expected the heading `1. Title`, found the end of the text")]
    NoSections,
    /// A bullet stands before the first clause.
    #[error("expected a section and its clause 1 before the first bullet")]
    Bullet,
    /// A number or a bullet without text.
    #[error("expected text after the mark")]
    Empty,
    /// A paragraph of its own stands between clauses.
    #[error(
        "expected a number or a bullet: only after the last clause may a paragraph stand alone"
    )]
    Loose,
    /// A page break or a new paragraph: the two signs disagree.
    #[error(
        "expected either the rest of the sentence above, or a capital after a finished sentence; \
         remove the empty line above if this continues the sentence"
    )]
    Ambiguous,
    /// A paragraph begins as a heading of the Markdown form does, or is its line before the closing.
    #[error("expected a paragraph that neither begins with `#` nor is `---`")]
    Reserved,
    /// The preamble names no effective date.
    #[error("expected «вступает в силу 01 января 2025 года» above the first section")]
    NoDate,
    /// What follows «вступает в силу» is not a date.
    #[error("expected a date like «01 января 2025» or «01.01.2025» after «вступает в силу»")]
    Date,
    /// The calendar has no such day.
    #[error("expected a day that exists in the calendar")]
    Impossible,
    /// The preamble names two effective dates.
    #[error("expected one effective date, found another")]
    TwoDates,
    /// A number does not fit 16 bits.
    #[error("expected at most 65535 sections, and as many clauses in each")]
    TooMany,
}

/// Reads an operator's text.
pub fn import(text: &str) -> Result<Imported, ImportError> {
    let lines = line::lines(text)?;
    let numbered = |line: &Line| matches!(line.mark, Mark::Number(_));
    let (head, body) = lines.split_at(lines.iter().position(numbered).unwrap_or(lines.len()));
    if let Some(bullet) = head.iter().find(|line| matches!(line.mark, Mark::Bullet)) {
        return Err(bullet.fault(ImportFault::Bullet));
    }
    let Some((first, rest)) = head.split_first() else {
        let line = body.first().map_or(1, |line| line.number);
        return Err(ImportError {
            line,
            fault: ImportFault::Title,
        });
    };
    let (title, preamble) = opening(first, rest)?;
    let Some(start) = body.first() else {
        let line = text.lines().count();
        return Err(ImportError {
            line,
            fault: ImportFault::NoSections,
        });
    };
    let (sections, closing) = sections(body)?;
    let effective = date::effective(first.number, &title, &preamble)?;
    let effective = effective.ok_or(start.fault(ImportFault::NoDate))?;
    let preamble = preamble
        .into_iter()
        .map(|(_, paragraph)| paragraph)
        .collect();
    let document = Document {
        title,
        preamble,
        sections,
        closing,
    };
    Ok(Imported {
        document,
        effective,
    })
}

/// The title and the paragraphs before section 1, each with its first line.
fn opening(first: &Line, rest: &[Line]) -> Result<(String, Vec<(usize, String)>), ImportError> {
    let mut title = first.paragraph()?;
    let mut preamble: Vec<(usize, String)> = Vec::new();
    for line in rest {
        match preamble.last_mut() {
            None if line.completes(&title) => line.join(&mut title),
            Some((_, above)) if !line.gap || line.completes(above) => line.join(above),
            _ => preamble.push((line.number, line.paragraph()?)),
        }
    }
    Ok((title, preamble))
}

/// The sections, and the paragraphs after the last clause.
fn sections(body: &[Line]) -> Result<(Vec<Section>, Vec<String>), ImportError> {
    let (mut sections, mut closing) = (Vec::<Section>::new(), Vec::<String>::new());
    let marked = |line: &Line| !matches!(line.mark, Mark::None);
    let last_mark = body.iter().rposition(marked).unwrap_or(0);
    let mut at = 0;
    while let Some(line) = body.get(at) {
        if let Some((title, length)) = heading(&body[at..]) {
            let number = next(&sections).ok_or(line.fault(ImportFault::TooMany))?;
            if !line.bears(number) {
                return Err(line.fault(ImportFault::Section(number)));
            }
            line.filled()?;
            sections.push(Section {
                number,
                title,
                clauses: Vec::new(),
            });
            at += length;
            continue;
        }
        let section = sections
            .last_mut()
            .ok_or(line.fault(ImportFault::Section(1)))?;
        match &line.mark {
            Mark::Number(_) => {
                let number = next(&section.clauses).ok_or(line.fault(ImportFault::TooMany))?;
                if !line.bears(number) {
                    return Err(line.fault(ImportFault::Clause(number)));
                }
                section.clauses.push(Clause {
                    number,
                    text: line.filled()?,
                    items: Vec::new(),
                });
            }
            Mark::Bullet => {
                let clause = section
                    .clauses
                    .last_mut()
                    .ok_or(line.fault(ImportFault::Bullet))?;
                clause.items.push(Item {
                    text: line.filled()?,
                });
            }
            Mark::None if closing.is_empty() => {
                let above = lowest(section).ok_or(line.fault(ImportFault::Clause(1)))?;
                match (line::finished(above), line.begins()) {
                    _ if !line.gap => line.join(above),
                    (false, false) => line.join(above),
                    (true, true) if at > last_mark => closing.push(line.paragraph()?),
                    (true, true) => return Err(line.fault(ImportFault::Loose)),
                    _ => return Err(line.fault(ImportFault::Ambiguous)),
                }
            }
            Mark::None => match closing.last_mut() {
                Some(above) if !line.gap || line.completes(above) => line.join(above),
                _ => closing.push(line.paragraph()?),
            },
        }
        at += 1;
    }
    Ok((sections, closing))
}

/// The heading that the lines begin with and how many of them it takes, if they do.
fn heading(lines: &[Line]) -> Option<(String, usize)> {
    let (first, rest) = lines.split_first()?;
    if !matches!(first.mark, Mark::Number(_)) {
        return None;
    }
    let wrapped = rest
        .iter()
        .take_while(|line| !line.gap && matches!(line.mark, Mark::None))
        .count();
    let below = rest.get(wrapped)?;
    let mut title = first.text.clone();
    rest[..wrapped]
        .iter()
        .for_each(|line| line.join(&mut title));
    let heading =
        below.gap && below.bears(1) && !title.ends_with(['.', '!', '?', '…', ',', ';', ':']);
    heading.then_some((title, wrapped + 1))
}

/// The last text of a section: of its last bullet, else of its last clause.
fn lowest(section: &mut Section) -> Option<&mut String> {
    let clause = section.clauses.last_mut()?;
    Some(match clause.items.last_mut() {
        Some(item) => &mut item.text,
        None => &mut clause.text,
    })
}
