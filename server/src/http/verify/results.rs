//! Templates of the verdicts. The script puts what a file says into their slots and takes away what stays empty.

use super::words::Words;
use crate::html::Html;

/// Writes the templates.
pub(super) fn write(html: &mut Html, words: &Words) {
    html.element("template", &[("id", "holds")], |html| holds(html, words));
    html.element("template", &[("id", "fails")], |html| fails(html, words));
}

fn holds(html: &mut Html, words: &Words) {
    html.element("article", &[], |html| {
        verdict(html);
        html.element("div", &[("class", "inside")], |html| {
            html.element("dl", &[("class", "rows")], |html| {
                row(html, words.site, "audience");
                row_and(html, words.who, "who", |html| aside(html, "category"));
                row(html, words.how, "how");
                row(html, words.page, "page");
                row_and(html, words.before, "before", |html| {
                    html.leaf("span", &[("class", "aside")], words.before_by);
                });
                row_and(html, words.signed, "signed", |html| {
                    html.leaf("span", &[("class", "aside")], words.signed_by);
                });
                row_and(html, words.logged, "logged", |html| {
                    html.leaf("span", &[("class", "aside")], words.logged_by);
                });
                row(html, words.entry, "entry");
                row(html, words.of, "of");
                row_and(html, words.policy, "policy", |html| aside(html, "edition"));
            });
            part(html, words.decisions, |html| list(html, "decisions"));
            part(html, words.values, |html| {
                list(html, "values");
                note(html, "valuesNote", words.values_note);
                note(html, "hidden", "");
            });
            folded(html, words.text, "textTitle", |html| {
                let text = [("class", "notice"), ("data-slot", "text")];
                html.element("div", &text, |_| {});
            });
            folded(html, words.log, "origin", |html| {
                html.element("dl", &[("class", "rows")], |html| {
                    row(html, words.key, "vkey");
                    row(html, words.of_receipt, "receipt");
                    row(html, words.of_text, "textDigest");
                    row(html, words.of_policy, "policyDigest");
                    row(html, words.of_signer, "subject");
                    row(html, words.of_account, "account");
                });
            });
            limits(html, words);
        });
    });
}

fn limits(html: &mut Html, words: &Words) {
    html.element("section", &[("class", "limits")], |html| {
        html.leaf("h3", &[], words.limits);
        html.element("ul", &[], |html| {
            html.leaf("li", &[], words.limit_person);
            html.leaf("li", &[], words.limit_later);
        });
        // Only for a log of this server, and only while there is a network.
        html.element("div", &[("class", "ask"), ("data-slot", "ask")], |html| {
            html.leaf("button", &[("type", "button")], words.ask);
            html.leaf("p", &[("class", "note")], words.ask_note);
            html.element("div", &[("role", "status")], |_| {});
        });
    });
}

fn fails(html: &mut Html, words: &Words) {
    html.element("article", &[], |html| {
        verdict(html);
        html.element("p", &[("data-slot", "why")], |_| {});
        html.element("p", &[("class", "note"), ("data-row", "")], |html| {
            html.text(words.for_specialists);
            html.text(": ");
            html.element("code", &[("data-slot", "kind")], |_| {});
            html.text(", ");
            html.element("span", &[("lang", "en"), ("data-slot", "detail")], |_| {});
        });
    });
}

/// A verdict's head: what it is and of which file.
fn verdict(html: &mut Html) {
    html.element("header", &[], |html| {
        html.element(
            "span",
            &[("class", "sign"), ("aria-hidden", "true")],
            |_| {},
        );
        html.element("h2", &[("data-slot", "title")], |_| {});
        html.element("p", &[("class", "name"), ("data-slot", "name")], |_| {});
        html.element("p", &[("data-slot", "lead")], |_| {});
    });
}

/// A term and a place for what it is; the script takes away rows that stay empty.
fn row(html: &mut Html, term: &str, slot: &'static str) {
    row_and(html, term, slot, |_| {});
}

fn row_and(html: &mut Html, term: &str, slot: &'static str, beside: impl FnOnce(&mut Html)) {
    html.element("div", &[("data-row", "")], |html| {
        html.leaf("dt", &[], term);
        html.element("dd", &[], |html| {
            html.element("span", &[("data-slot", slot)], |_| {});
            beside(html);
        });
    });
}

fn aside(html: &mut Html, slot: &'static str) {
    html.element("span", &[("class", "aside"), ("data-slot", slot)], |_| {});
}

fn part(html: &mut Html, title: &str, inside: impl FnOnce(&mut Html)) {
    html.element("section", &[("data-row", "")], |html| {
        html.leaf("h3", &[], title);
        inside(html);
    });
}

fn list(html: &mut Html, slot: &'static str) {
    html.element("dl", &[("class", "rows"), ("data-slot", slot)], |_| {});
}

fn note(html: &mut Html, slot: &'static str, text: &str) {
    html.leaf("p", &[("class", "note"), ("data-slot", slot)], text);
}

fn folded(html: &mut Html, kind: &str, slot: &'static str, inside: impl FnOnce(&mut Html)) {
    html.element("details", &[("data-part", slot)], |html| {
        html.element("summary", &[], |html| {
            html.leaf("span", &[("class", "kind")], kind);
            html.element("span", &[("class", "subject"), ("data-slot", slot)], |_| {});
        });
        inside(html);
    });
}
