//! A document on paper: headings, paragraphs and tables set on pages of A4, as PDF/A-2a and PDF/UA-1. The same content gives
//! the same bytes, so that a signature can be laid beside the file.
//!
//! What is here decides where each line stands; [`draw`] writes it, with the tags by which a reader who does not see the page
//! follows it.

mod draw;
mod face;

use self::face::Face;

/// Points in a millimetre: 72 to an inch of 25.4 mm.
const MM: f32 = 72.0 / 25.4;
/// ISO 216, A4.
const WIDTH: f32 = 210.0 * MM;
const HEIGHT: f32 = 297.0 * MM;
/// Margins as ГОСТ Р 7.0.97-2016 3.3 has them at least: 20 left, 10 right, 20 above, 20 below. A file needs a little more.
const LEFT: f32 = 25.0 * MM;
const RIGHT: f32 = 15.0 * MM;
const TOP: f32 = 20.0 * MM;
const BOTTOM: f32 = 22.0 * MM;
/// Where lines may stand.
const ROOM: f32 = WIDTH - LEFT - RIGHT;
const FLOOR: f32 = HEIGHT - BOTTOM;
/// From one line to the next, in sizes of the letters.
const LEADING: f32 = 1.35;
/// Between the rule of a table and its letters.
const PAD: f32 = 3.5;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SheetError {
    /// A font cannot be read.
    #[error("the program's own font cannot be read; build it again from its sources")]
    Font,
    /// The writer of the format refused it.
    #[error("the PDF cannot be written ({0}); use the page in HTML, and report this")]
    Refused(String),
}

/// Size and weight of letters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// In points.
    pub(crate) size: f32,
    /// Is it heavy?
    pub(crate) bold: bool,
}

/// The columns of a table.
pub(crate) struct Columns<'a> {
    /// Parts of the width; together 1.
    pub(crate) shares: &'a [f32],
    /// What each is called; empty: the first cell of each row says what the row is.
    pub(crate) titles: &'a [&'a str],
    /// Size of the letters, in points.
    pub(crate) size: f32,
}

/// A document that is being set.
pub(crate) struct Sheet {
    regular: Face,
    bold: Face,
    pages: Vec<Vec<Ink>>,
    y: f32,
    leaves: usize,
    parts: Vec<Part>,
    headings: Vec<(String, usize, f32)>,
}

/// What a document is besides its pages.
pub(crate) struct About<'a> {
    /// Its title.
    pub(crate) title: &'a str,
    /// Its language, BCP 47.
    pub(crate) lang: &'a str,
    /// At the foot of each page, before its number.
    pub(crate) foot: &'a str,
    /// When it was made, UNIX seconds.
    pub(crate) time: u64,
}

/// Something on a page.
enum Ink {
    /// Letters: the line, where its foot stands, and whether it is text of the document or decoration.
    Line {
        text: String,
        x: f32,
        y: f32,
        style: Style,
        leaf: bool,
    },
    /// A rule across the page.
    Rule { x: f32, y: f32, width: f32 },
}

/// A part of the document with the lines that belong to it, by their number.
enum Part {
    Heading(u16, String, Vec<usize>),
    Paragraph(Vec<usize>),
    Table(Vec<Row>),
}

/// A row of a table.
#[derive(Default)]
struct Row {
    head: bool,
    first_is_head: bool,
    cells: Vec<Vec<usize>>,
}

/// The cells of a row, cut into lines.
struct Cut {
    cells: Vec<(f32, Style, Vec<String>)>,
}

impl Sheet {
    /// An empty page.
    pub(crate) fn new() -> Result<Self, SheetError> {
        Ok(Self {
            regular: Face::regular().ok_or(SheetError::Font)?,
            bold: Face::bold().ok_or(SheetError::Font)?,
            pages: vec![Vec::new()],
            y: TOP,
            leaves: 0,
            parts: Vec::new(),
            headings: Vec::new(),
        })
    }

    /// The file.
    pub(crate) fn finish(self, about: &About<'_>) -> Result<Vec<u8>, SheetError> {
        draw::file(&self, about)
    }

    /// Goes on at the top of the next page.
    pub(crate) fn new_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Leaves room.
    pub(crate) fn skip(&mut self, points: f32) {
        self.y += points;
    }

    /// Goes on at the top of the next page, unless so much is left on this one.
    pub(crate) fn keep(&mut self, points: f32) {
        if self.y + points > FLOOR {
            self.new_page();
        }
    }

    /// A heading, in the middle.
    pub(crate) fn heading(&mut self, level: u16, text: &str, size: f32) {
        let style = Style { size, bold: true };
        let lines = self.face(style).lines(text, ROOM / size);
        self.keep(size * LEADING * 4.0);
        self.headings
            .push((text.to_owned(), self.pages.len() - 1, self.y));
        let middle = |face: &Face, line: &str| (ROOM - face.width(line.trim_end()) * size) / 2.0;
        let leaves = lines.into_iter().map(|line| {
            let x = LEFT + middle(self.face(style), &line);
            self.line(line, x, style)
        });
        let leaves = leaves.collect();
        self.parts
            .push(Part::Heading(level, text.to_owned(), leaves));
    }

    /// A paragraph.
    pub(crate) fn paragraph(&mut self, text: &str, style: Style) {
        let lines = self.face(style).lines(text, ROOM / style.size);
        let leaves = lines
            .into_iter()
            .map(|line| self.line(line, LEFT, style))
            .collect();
        self.parts.push(Part::Paragraph(leaves));
    }

    /// A table; its titles stand on each of its pages again.
    pub(crate) fn table(
        &mut self,
        columns: &Columns<'_>,
        rows: impl IntoIterator<Item = Vec<String>>,
    ) {
        let size = columns.size;
        let mut set = Vec::new();
        let titles: Vec<String> = columns.titles.iter().map(|&own| own.to_owned()).collect();
        let head = (!titles.is_empty()).then(|| self.cut(columns, &titles, true));
        // Titles alone at the foot of a page would belong to nothing.
        self.keep(size * LEADING * 6.0);
        self.rule();
        if let Some(head) = &head {
            let cells = self.row(head, None, true);
            set.push(Row {
                head: true,
                first_is_head: false,
                cells,
            });
        }
        for texts in rows {
            let cut = self.cut(columns, &texts, false);
            let cells = self.row(&cut, head.as_ref(), true);
            set.push(Row {
                head: false,
                first_is_head: head.is_none(),
                cells,
            });
        }
        self.parts.push(Part::Table(set));
    }

    /// Cuts a row. In a table without titles the first cell is the row's.
    fn cut(&self, columns: &Columns<'_>, texts: &[String], head: bool) -> Cut {
        let cells = columns.shares.iter().zip(texts).enumerate();
        let cells = cells.map(|(at, (share, text))| {
            let bold = head || (at == 0 && columns.titles.is_empty());
            let style = Style {
                size: columns.size,
                bold,
            };
            let width = share * ROOM;
            // A cell of nothing would be no cell to whoever hears the table.
            let text = if text.is_empty() { "—" } else { text };
            let lines = self
                .face(style)
                .lines(text, (width - 2.0 * PAD) / columns.size);
            (width, style, lines)
        });
        Cut {
            cells: cells.collect(),
        }
    }

    /// Sets a row and the rule under it. It stays whole where it fits a page; else it goes on on the next one.
    fn row(&mut self, cut: &Cut, head: Option<&Cut>, leaf: bool) -> Vec<Vec<usize>> {
        let count = cut.cells.iter().map(|(.., lines)| lines.len()).max();
        let count = count.unwrap_or_default();
        let size = cut.cells.first().map_or(10.0, |(_, style, _)| style.size);
        let leading = size * LEADING;
        let mut leaves = vec![Vec::new(); cut.cells.len()];
        let mut from = 0;
        while from < count {
            let fits = |room: f32| {
                let mut fitting = 0;
                let mut used = 2.0 * PAD + leading;
                while used <= room && fitting < count - from {
                    fitting += 1;
                    used += leading;
                }
                fitting
            };
            let here = fits(FLOOR - self.y);
            let whole = fits(FLOOR - TOP - 4.0 * leading) == count - from;
            if here == 0 || (here < count - from && whole) {
                self.new_page();
                self.rule();
                if let Some(head) = head {
                    self.row(head, None, false);
                }
                if here == 0 || whole {
                    continue;
                }
            }
            let top = self.y + PAD;
            let mut x = LEFT;
            for ((width, style, lines), own) in cut.cells.iter().zip(&mut leaves) {
                self.y = top;
                for line in lines.iter().skip(from).take(here) {
                    let leaf = self.ink(line.clone(), x + PAD, *style, leaf);
                    own.extend(leaf);
                }
                x += width;
            }
            let lines = (from..from + here).len();
            self.y = top + PAD;
            for _ in 0..lines {
                self.y += leading;
            }
            self.rule();
            from += here;
        }
        leaves
    }

    fn rule(&mut self) {
        let y = self.y;
        self.put(Ink::Rule {
            x: LEFT,
            y,
            width: ROOM,
        });
    }

    /// A line of the document; gives its number.
    fn line(&mut self, text: String, x: f32, style: Style) -> usize {
        self.keep(style.size * LEADING);
        self.ink(text, x, style, true).unwrap_or_default()
    }

    fn ink(&mut self, text: String, x: f32, style: Style, leaf: bool) -> Option<usize> {
        // Letters stand on their line with about a quarter of their size below it.
        let y = self.y + style.size;
        self.y += style.size * LEADING;
        self.put(Ink::Line {
            text,
            x,
            y,
            style,
            leaf,
        });
        leaf.then(|| {
            self.leaves += 1;
            self.leaves - 1
        })
    }

    fn put(&mut self, ink: Ink) {
        if let Some(page) = self.pages.last_mut() {
            page.push(ink);
        }
    }

    fn face(&self, style: Style) -> &Face {
        if style.bold {
            &self.bold
        } else {
            &self.regular
        }
    }
}

#[cfg(test)]
mod tests;
