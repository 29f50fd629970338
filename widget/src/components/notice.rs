//! A consent document, word for word: the structure is drawn, nothing is added.

use raspiska_shared::text::{Block, blocks};

use super::{Pen, attrs};

/// The document, in a frame of its own that scrolls.
pub(super) fn notice(pen: &mut Pen<'_>, text: &str) {
    // What scrolls has to be reached by keyboard.
    pen.with("div", attrs!("class" = "notice", "tabindex" = "0"), |pen| {
        let mut list = false;
        for block in blocks(text) {
            let (tag, text) = match block {
                Block::Heading(1, text) => ("h4", text),
                Block::Heading(_, text) => ("h5", text),
                Block::Bullet(text) => ("li", text),
                Block::Paragraph(text) => ("p", text),
            };
            let bullet = tag == "li";
            if bullet && !list {
                pen.begin("ul", "");
            } else if list && !bullet {
                pen.close();
            }
            list = bullet;
            pen.el(tag, "", |pen| line(pen, text));
        }
        if list {
            pen.close();
        }
    });
}

/// A line with its addresses as links.
pub(super) fn line(pen: &mut Pen<'_>, text: &str) {
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches(|c| " .,;:)»".contains(c));
        if bare.starts_with("https://") {
            pen.link(bare, bare);
        } else if bare.contains('@') && bare.contains('.') {
            pen.tell("a", attrs!("href" = &["mailto:", bare].concat()), bare);
        } else {
            pen.text(word);
            continue;
        }
        pen.text(&word[bare.len()..]);
    }
}
