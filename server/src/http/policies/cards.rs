//! The matrix of purposes as cards: for what, on what ground, which data, how long. 152-ФЗ, art. 18.1(1)2.

use raspiska_shared::purpose::{Action, LegalBasis, Purpose};

use super::{
    page::{View, fact},
    words::{self, Words},
};
use crate::html::Html;

/// Writes the heading and all cards. Purposes that a visitor is asked about come first.
pub(super) fn write(html: &mut Html, view: &View<'_>) {
    let (words, purposes) = (view.words, &view.policy.purposes);
    html.leaf("h2", &[("id", "purposes")], words.purposes);
    html.leaf("p", &[("class", "lead")], words.purposes_lead);
    let (asked, others): (Vec<_>, Vec<_>) = purposes
        .iter()
        .partition(|purpose| purpose.basis == LegalBasis::Consent);
    for (heading, group) in [(words.by_consent, asked), (words.without_consent, others)] {
        if group.is_empty() {
            continue;
        }
        html.leaf("h3", &[], heading);
        html.element("div", &[("class", "cards")], |html| {
            for purpose in group {
                let id = format!("p-{}", purpose.id);
                html.element(
                    "article",
                    &[("class", "card"), ("aria-labelledby", &id)],
                    |html| {
                        card(html, view, purpose, &id);
                    },
                );
            }
        });
    }
}

fn card(html: &mut Html, view: &View<'_>, purpose: &Purpose, id: &str) {
    let words = view.words;
    let lang = words.lang;
    let subject = view
        .policy
        .subjects
        .iter()
        .find(|subject| subject.category == purpose.category);
    if let Some(subject) = subject {
        html.leaf("p", &[("class", "kind")], subject.title.get(lang));
    }
    html.leaf("h4", &[("id", id)], purpose.title.get(lang));
    html.leaf("p", &[], purpose.about.get(lang));
    html.element("dl", &[], |html| facts(html, words, purpose));
    let notice = view
        .notices()
        .find(|notice| notice.purposes.iter().any(|asked| asked.id == purpose.id));
    if let Some(notice) = notice {
        html.element("p", &[("class", "more")], |html| {
            html.leaf(
                "a",
                &[("href", &format!("#n-{}", notice.id))],
                words.consent_text,
            );
        });
    }
}

fn facts(html: &mut Html, words: &Words, purpose: &Purpose) {
    let lang = words.lang;
    fact(html, words.basis, |html| {
        html.text(words::basis(lang, purpose.basis))
    });
    fact(html, words.data, |html| match &purpose.data[..] {
        [] => html.text(words.no_data),
        data => html.text(&joined(data.iter().map(|data| data.get(lang)))),
    });
    fact(html, words.actions, |html| {
        html.text(&joined(
            purpose
                .actions
                .iter()
                .map(|action| words::action(lang, *action)),
        ));
    });
    fact(html, words.term, |html| {
        html.text(&words::term(lang, &purpose.retention));
        html.text(" (");
        // A norm has one spelling, whatever the page's language.
        html.leaf(
            "span",
            &[("class", "norm"), ("lang", "ru")],
            &purpose.retention.norm,
        );
        html.text(").");
    });
    fact(
        html,
        words.recipients,
        |html| match &purpose.recipients[..] {
            [] if purpose.actions.contains(&Action::Transfer) => html.text(words.unnamed),
            [] => html.text(words.nobody),
            all => html.text(&joined(
                all.iter().map(|recipient| recipient.name.get(lang)),
            )),
        },
    );
    fact(html, words.clauses, |html| {
        for (at, clause) in purpose.clauses.iter().enumerate() {
            if at > 0 {
                html.text(", ");
            }
            html.leaf(
                "a",
                &[("href", &format!("#c-{}", clause.replace('.', "-")))],
                clause,
            );
        }
    });
}

/// A list in a sentence. Members that have commas themselves are kept apart by semicolons.
fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let parts: Vec<&str> = parts.collect();
    let separator = if parts.iter().any(|part| part.contains(',')) {
        "; "
    } else {
        ", "
    };
    parts.join(separator)
}
