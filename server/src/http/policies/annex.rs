//! What stands after the policy's text: the consent documents, the editions, how to check a digest.

use raspiska_shared::text::{Block, blocks};

use super::{
    changes,
    page::{View, fact},
    words,
};
use crate::html::Html;

/// The consent documents, folded.
pub(super) fn notices(html: &mut Html, view: &View<'_>) {
    html.leaf("h2", &[("id", "notices")], view.words.notices);
    html.leaf("p", &[("class", "lead")], view.words.notices_lead);
    for notice in view.notices() {
        html.element("details", &[("id", &format!("n-{}", notice.id))], |html| {
            let blocks = blocks(&notice.text);
            let title = match blocks.first() {
                Some(Block::Heading(_, title)) => title,
                _ => notice.id.as_str(),
            };
            html.element("summary", &[], |html| match title.split_once(": ") {
                Some((kind, subject)) => {
                    html.leaf("span", &[("class", "kind")], kind);
                    html.leaf("span", &[("class", "subject")], subject);
                }
                None => html.leaf("span", &[("class", "subject")], title),
            });
            html.element("div", &[("class", "notice")], |html| {
                write_blocks(html, blocks.get(1..).unwrap_or_default());
                html.element("p", &[("class", "digest")], |html| {
                    html.text("SHA-256 ");
                    html.leaf("code", &[], &notice.sha256.to_string());
                });
            });
        });
    }
}

/// A notice's text.
pub(crate) fn write_blocks(html: &mut Html, blocks: &[Block<'_>]) {
    let is_bullet = |block: &Block<'_>| matches!(block, Block::Bullet(_));
    // Runs of bullets are one list.
    for run in blocks.chunk_by(|a, b| is_bullet(a) && is_bullet(b)) {
        match run {
            [Block::Heading(_, text)] => html.leaf("h3", &[], text),
            [Block::Paragraph(text)] => html.element("p", &[], |html| html.prose(text)),
            bullets => html.element("ul", &[], |html| {
                for block in bullets {
                    if let Block::Bullet(text) = block {
                        html.element("li", &[], |html| html.prose(text));
                    }
                }
            }),
        }
    }
}

/// All editions, and how to check the text of this one.
pub(super) fn editions(html: &mut Html, view: &View<'_>) {
    let (words, site) = (view.words, &view.site.site);
    html.leaf("h2", &[("id", "editions")], words.editions);
    html.element("ul", &[("class", "editions")], |html| {
        for edition in site.editions.iter().rev() {
            html.element("li", &[], |html| {
                let day = words::date(words.lang, &edition.effective);
                html.leaf("a", &[("href", &view.path(&edition.edition))], &day);
                if edition.edition == site.edition {
                    html.leaf("span", &[("class", "badge")], words.in_force);
                } else if edition.effective > view.site.today {
                    html.leaf("span", &[("class", "badge")], words.coming);
                }
                if edition.edition != site.editions[0].edition {
                    html.text(" ");
                    let path = format!("{}/changes", view.path(&edition.edition));
                    html.leaf("a", &[("href", &path)], changes::title(words.lang));
                }
            });
        }
    });
    html.leaf("h3", &[], words.digest);
    html.leaf("p", &[], words.digest_lead);
    html.element("dl", &[("class", "digests")], |html| {
        fact(html, words.in_receipts, |html| {
            html.leaf("code", &[], &view.edition.sha256.to_string())
        });
        let hex: String = view
            .edition
            .sha256
            .as_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        fact(html, "sha256sum", |html| html.leaf("code", &[], &hex));
    });
    let text = format!("{}?format=markdown", view.path(&view.edition.edition));
    html.element("p", &[], |html| {
        let name = format!("{}-{}.md", site.site, view.edition.edition);
        html.leaf("a", &[("href", &text), ("download", &name)], words.download);
    });
}
