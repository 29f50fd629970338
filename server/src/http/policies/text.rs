//! The policy's text: each clause with its number and its address.

use raspiska_shared::policy::document::{Clause, Document, Item, Section};

use super::page::paragraphs;
use crate::html::Html;

/// Writes all sections and the closing.
pub(super) fn write(html: &mut Html, document: &Document) {
    for section in &document.sections {
        write_section(html, section);
    }
    if !document.closing.is_empty() {
        html.element("div", &[("class", "closing")], |html| {
            paragraphs(html, &document.closing)
        });
    }
}

fn write_section(html: &mut Html, section: &Section) {
    let (id, number) = (format!("s-{}", section.number), section.number.to_string());
    html.element("section", &[("aria-labelledby", &id)], |html| {
        html.element("h2", &[("id", &id)], |html| {
            html.leaf("span", &[("class", "number")], &number);
            html.text(&section.title);
        });
        html.element("ol", &[("class", "clauses")], |html| {
            for clause in &section.clauses {
                write_clause(html, section.number, clause);
            }
        });
    });
}

fn write_clause(html: &mut Html, section: u16, clause: &Clause) {
    let id = format!("c-{section}-{}", clause.number);
    let number = format!("{section}.{}", clause.number);
    html.element("li", &[("id", &id)], |html| {
        html.leaf(
            "a",
            &[("class", "number"), ("href", &format!("#{id}"))],
            &number,
        );
        html.element("div", &[], |html| {
            html.element("p", &[], |html| html.prose(&clause.text));
            if !clause.items.is_empty() {
                html.element("ul", &[], |html| {
                    for item in &clause.items {
                        html.element("li", &[], |html| write_item(html, item));
                    }
                });
            }
        });
    });
}

/// A definition shows its term; its text stays what it is.
fn write_item(html: &mut Html, item: &Item) {
    let closing = item.definition().and_then(|_| {
        item.text
            .char_indices()
            .find(|(_, c)| matches!(c, '»' | '”'))
    });
    let Some((at, quote)) = closing else {
        return html.prose(&item.text);
    };
    let (term, meaning) = item.text.split_at(at + quote.len_utf8());
    html.leaf("dfn", &[], term);
    html.prose(meaning);
}
