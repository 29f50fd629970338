//! The plain structure of a notice: headings, paragraphs, bullets. No inline markup, so that what is signed is what is read.

use alloc::vec::Vec;
use serde::Serialize;

/// One block of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Block<'a> {
    /// `- text`
    Bullet(&'a str),
    /// `# text` is level 1, `## text` level 2.
    Heading(u8, &'a str),
    /// Any other line.
    Paragraph(&'a str),
}

/// Splits a text into its blocks, one a line; empty lines separate and mean nothing else.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            if let Some(heading) = line.strip_prefix("## ") {
                Block::Heading(2, heading)
            } else if let Some(heading) = line.strip_prefix("# ") {
                Block::Heading(1, heading)
            } else if let Some(bullet) = line.strip_prefix("- ") {
                Block::Bullet(bullet)
            } else {
                Block::Paragraph(line)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_line_becomes_the_block_that_it_looks_like() {
        assert_eq!(
            blocks("# Согласие\n\nЯ разрешаю.\n\n## Зачем\n\n- ответить\n- помочь\n"),
            [
                Block::Heading(1, "Согласие"),
                Block::Paragraph("Я разрешаю."),
                Block::Heading(2, "Зачем"),
                Block::Bullet("ответить"),
                Block::Bullet("помочь"),
            ]
        );
    }
}
