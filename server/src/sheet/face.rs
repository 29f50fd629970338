//! Letters: how wide they are, where a line ends, and the font that goes into the file.

use std::ops::Range;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::{FontRef, MetadataProvider as _, instance::LocationRef, prelude::Size};

/// Golos Text, unchanged, under the SIL Open Font License beside it. Only the letters that a file uses go into it.
const REGULAR: &[u8] = include_bytes!("../../fonts/GolosText-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../fonts/GolosText-SemiBold.ttf");

/// One weight.
pub(super) struct Face {
    pub(super) font: Font,
    letters: FontRef<'static>,
    units: f32,
}

impl Face {
    /// None: the file in the program is no font. A test reads both.
    pub(super) fn regular() -> Option<Self> {
        Self::read(REGULAR)
    }

    /// The heavier one.
    pub(super) fn bold() -> Option<Self> {
        Self::read(BOLD)
    }

    fn read(file: &'static [u8]) -> Option<Self> {
        let font = Font::new(file.into(), 0)?;
        let letters = FontRef::new(file).ok()?;
        let units = font.units_per_em();
        Some(Self {
            font,
            letters,
            units,
        })
    }

    /// The text in letters that the font has. One that it has not is said by its number: an act loses nothing.
    pub(super) fn readable(&self, text: &str) -> String {
        let mut out = String::new();
        for letter in text.chars() {
            if letter == '\n' || self.letters.charmap().map(letter).is_some() {
                out.push(letter);
            } else {
                out.push_str(&format!("[U+{:04X}]", u32::from(letter)));
            }
        }
        out
    }

    /// The glyphs of a line, for a font of one unit.
    pub(super) fn glyphs(&self, line: &str) -> Vec<KrillaGlyph> {
        let glyph = |(at, letter): (usize, char)| {
            let (id, width) = self.glyph(letter);
            let range: Range<usize> = at..at + letter.len_utf8();
            KrillaGlyph::new(GlyphId::new(id), width, 0.0, 0.0, 0.0, range, None)
        };
        line.char_indices().map(glyph).collect()
    }

    /// How wide a text is, for a font of one unit.
    pub(super) fn width(&self, text: &str) -> f32 {
        text.chars().map(|letter| self.glyph(letter).1).sum()
    }

    fn glyph(&self, letter: char) -> (u32, f32) {
        let id = self.letters.charmap().map(letter).unwrap_or_default();
        let metrics = self
            .letters
            .glyph_metrics(Size::unscaled(), LocationRef::default());
        let width = metrics.advance_width(id).unwrap_or_default();
        (id.to_u32(), width / self.units)
    }

    /// Cuts a text into lines of at most this width, for a font of one unit: at spaces, and within a word that is wider than
    /// a line. A line keeps the space at its end: words stay apart for whoever reads the file without looking at it.
    pub(super) fn lines(&self, text: &str, width: f32) -> Vec<String> {
        let text = self.readable(text);
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            let mut line = String::new();
            let mut used = 0.0;
            for word in paragraph.split_inclusive(' ') {
                let wide = self.width(word.trim_end_matches(' '));
                if !line.is_empty() && used + wide > width {
                    lines.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                if wide <= width {
                    line.push_str(word);
                    used += self.width(word);
                    continue;
                }
                for letter in word.chars() {
                    let wide = self.glyph(letter).1;
                    if !line.is_empty() && used + wide > width && letter != ' ' {
                        lines.push(std::mem::take(&mut line));
                        used = 0.0;
                    }
                    line.push(letter);
                    used += wide;
                }
            }
            lines.push(line);
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_faces_have_what_an_act_is_written_in() {
        for face in [Face::regular().unwrap(), Face::bold().unwrap()] {
            let text = "АЯаяЁё AZaz 09 №«»„“—–…₽_-/:;.,()[]+%";
            assert_eq!(face.readable(text), text);
            assert_eq!(face.readable("имя 名\u{7}"), "имя [U+540D][U+0007]");
        }
    }

    #[test]
    fn no_line_is_wider_than_it_may_be_and_no_letter_is_lost() {
        let face = Face::regular().unwrap();
        let long = "x".repeat(90);
        let text = format!("Имя и отчество; адрес {long} конец. Ещё слово, ещё одно");
        let lines = face.lines(&text, 12.0);
        assert_eq!(lines.concat(), text);
        for line in &lines {
            assert!(face.width(line.trim_end()) <= 12.0, "{line:?}");
        }
        assert!(lines.len() > 5);
        assert_eq!(face.lines("а\nб", 12.0), ["а", "б"]);
        assert_eq!(face.lines("", 12.0), [""]);
    }
}
