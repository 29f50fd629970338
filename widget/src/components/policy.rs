//! The policy: table of contents, search, the text with its numbers.

use super::{Pen, attrs, not_ready, notice};
use crate::{
    bundle::Bundle,
    calendar::written,
    document::{Document, clauses, items, matches, number},
    host,
    json::Json,
    search::Query,
    state::{Action, Load, Slot, State},
    texts::{Texts, count, digits, fill},
};

pub(super) fn policy(pen: &mut Pen<'_>, state: &State, site: &Bundle, texts: &Texts) {
    let Load::Ready(document) = &state.document else {
        not_ready(pen, matches!(state.document, Load::Failed), texts);
        return;
    };
    let query = Query::new(&state.query);
    pen.el("div", "tools", |pen| {
        pen.with(
            "input",
            attrs!(
                "type" = "search",
                "aria-label" = texts.search,
                "placeholder" = texts.search
            ),
            |pen| {
                pen.typed(&state.query, Slot::Query);
            },
        );
        let found = found(document, &query, state, texts);
        pen.tell("p", attrs!("class" = "small", "role" = "status"), &found);
        pen.el("div", "actions", |pen| {
            pen.link(
                texts.page,
                &host::policy_page(site.edition(), state.document_lang),
            );
            if let Some(other) = site.other_language(state.document_lang) {
                // By the reader's language, not by the site's: it offers what is not on the screen.
                pen.button(
                    "quiet",
                    Texts::of(state.document_lang).other_language,
                    Action::Document(other),
                );
            }
        });
        pen.el("details", "", |pen| {
            pen.say("summary", "", texts.contents);
            for (at, section) in document.sections().iter().enumerate() {
                pen.button("quiet", &heading(section), Action::GoTo(at));
            }
        });
    });
    pen.with(
        "article",
        attrs!("lang" = state.document_lang.tag()),
        |pen| {
            if query.is_empty() {
                pen.say("h3", "", document.title());
                paragraphs(pen, document, "preamble");
            }
            for (at, own) in document.sections().iter().enumerate() {
                section(pen, at, own, &query);
            }
            if query.is_empty() {
                paragraphs(pen, document, "closing");
            }
        },
    );
}

fn heading(section: &Json) -> String {
    [
        &digits(section.get("number").number()),
        ". ",
        section.get("title").text(),
    ]
    .concat()
}

fn paragraphs(pen: &mut Pen<'_>, document: &Document, part: &str) {
    for text in document.paragraphs(part) {
        pen.el("p", "", |pen| notice::line(pen, text.text()));
    }
}

fn found(document: &Document, query: &Query, state: &State, texts: &Texts) -> String {
    if query.is_empty() {
        return fill(texts.effective, &written(document.effective(), state.lang));
    }
    match document.count(query) {
        0 => String::from(texts.nothing_found),
        number => count(&texts.found, number, state.lang),
    }
}

fn section(pen: &mut Pen<'_>, at: usize, own: &Json, query: &Query) {
    let mut titled = false;
    for clause in clauses(own) {
        if !matches(own, clause, query) {
            continue;
        }
        if !core::mem::replace(&mut titled, true) {
            let id = ["section-", &digits(at as u64)].concat();
            pen.tell("h3", attrs!("id" = &id, "tabindex" = "-1"), &heading(own));
        }
        pen.el("div", "clause", |pen| {
            pen.say("span", "number", &number(own, clause));
            pen.el("p", "", |pen| marked(pen, clause.get("text").text(), query));
            if !items(clause).is_empty() {
                pen.el("ul", "", |pen| {
                    for item in items(clause) {
                        pen.el("li", "", |pen| marked(pen, item.get("text").text(), query));
                    }
                });
            }
        });
    }
}

/// A text with what was searched for marked.
fn marked(pen: &mut Pen<'_>, text: &str, query: &Query) {
    if query.is_empty() {
        notice::line(pen, text);
        return;
    }
    for (text, found) in query.runs(text) {
        if found {
            pen.say("mark", "", text);
        } else {
            pen.text(text);
        }
    }
}
