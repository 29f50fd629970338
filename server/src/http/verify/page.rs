//! The page as it is served, with the ways in for a file.

use raspiska_shared::lang::Lang;

use super::{
    results,
    words::{self, Words},
};
use crate::html::Html;

/// What the page refers to.
pub(super) struct Parts<'a> {
    /// The paths of the style sheets, the general one first.
    pub(super) styles: [&'a str; 2],
    /// The path of the script.
    pub(super) script: &'a str,
    /// The path of the Wasm.
    pub(super) wasm: &'a str,
    /// What the script says, as JSON.
    pub(super) said: &'a str,
    /// The logs of this server, as JSON.
    pub(super) logs: &'a str,
}

/// Writes the page.
pub(super) fn write(lang: Lang, parts: &Parts<'_>) -> String {
    let words = words::of(lang);
    Html::document(lang.tag(), |html| {
        html.element("head", &[], |html| head(html, words, parts));
        html.element("body", &[], |html| {
            html.element("header", &[("class", "bar")], |html| bar(html, words));
            let data = [
                ("id", "verify"),
                ("data-said", parts.said),
                ("data-logs", parts.logs),
            ];
            html.element("main", &data, |html| {
                html.leaf("h1", &[], words.title);
                html.leaf("p", &[("class", "lead")], words.lead);
                html.element("noscript", &[], |html| without_script(html, words));
                // Shown by the script: without it there is nothing to press.
                html.element("div", &[("id", "tools"), ("hidden", "")], |html| {
                    tools(html, words);
                });
                html.element("p", &[("id", "said"), ("role", "status")], |_| {});
                html.element(
                    "section",
                    &[
                        ("id", "results"),
                        ("aria-label", words.results),
                        ("hidden", ""),
                    ],
                    |_| {},
                );
                html.element("section", &[("class", "checks")], |html| {
                    checks(html, words)
                });
            });
            results::write(html, words);
        });
    })
}

fn head(html: &mut Html, words: &Words, parts: &Parts<'_>) {
    html.void("meta", &[("charset", "utf-8")]);
    let viewport = "width=device-width, initial-scale=1";
    html.void("meta", &[("name", "viewport"), ("content", viewport)]);
    html.void(
        "meta",
        &[("name", "color-scheme"), ("content", "light dark")],
    );
    html.leaf("title", &[], words.title);
    // An empty icon: the browser would ask the host for one otherwise, and find none.
    html.void("link", &[("rel", "icon"), ("href", "data:,")]);
    for style in parts.styles {
        html.void("link", &[("rel", "stylesheet"), ("href", style)]);
    }
    // Beside the script, not after it: the page is to be ready before a network goes away.
    html.void(
        "link",
        &[
            ("rel", "preload"),
            ("as", "fetch"),
            ("href", parts.wasm),
            ("crossorigin", ""),
        ],
    );
    html.element(
        "script",
        &[
            ("src", parts.script),
            ("data-wasm", parts.wasm),
            ("defer", ""),
        ],
        |_| {},
    );
}

fn bar(html: &mut Html, words: &Words) {
    html.leaf("span", &[("class", "brand")], "Raspiska");
    for lang in Lang::ALL.into_iter().filter(|lang| *lang != words.lang) {
        let (tag, href) = (lang.tag(), format!("?lang={}", lang.tag()));
        html.leaf(
            "a",
            &[("href", &href), ("hreflang", tag), ("lang", tag)],
            words.other,
        );
    }
}

fn without_script(html: &mut Html, words: &Words) {
    html.element("div", &[("class", "warning")], |html| {
        html.leaf("p", &[], words.no_script);
    });
}

fn tools(html: &mut Html, words: &Words) {
    html.element("button", &[("id", "drop"), ("type", "button")], |html| {
        html.leaf("strong", &[], words.drop);
        html.leaf("span", &[], words.drop_or);
    });
    html.void(
        "input",
        &[
            ("id", "file"),
            ("type", "file"),
            ("accept", ".json,application/json"),
            ("aria-label", words.drop),
            ("multiple", ""),
            ("hidden", ""),
        ],
    );
    html.element("details", &[], |html| {
        html.leaf("summary", &[], words.paste);
        html.leaf("label", &[("for", "text")], words.paste_label);
        let plain = [
            ("rows", "4"),
            ("spellcheck", "false"),
            ("autocomplete", "off"),
        ];
        let attributes = [&[("id", "text")], &plain[..]].concat();
        html.element("textarea", &attributes, |_| {});
        html.leaf(
            "button",
            &[("id", "paste"), ("type", "button")],
            words.paste_button,
        );
    });
    html.element("details", &[("id", "own")], |html| {
        html.leaf("summary", &[], words.own_key);
        html.leaf("label", &[("for", "key")], words.own_key_label);
        html.void(
            "input",
            &[
                ("id", "key"),
                ("spellcheck", "false"),
                ("autocomplete", "off"),
                ("aria-describedby", "key-hint"),
            ],
        );
        html.leaf(
            "p",
            &[("id", "key-hint"), ("class", "note")],
            words.own_key_hint,
        );
    });
}

fn checks(html: &mut Html, words: &Words) {
    html.leaf("h2", &[], words.checks);
    html.element("ol", &[], |html| {
        for sentence in words.checked {
            html.leaf("li", &[], sentence);
        }
    });
    html.element("p", &[("class", "note")], |html| {
        html.text(words.elsewhere);
        html.text(" ");
        html.leaf("code", &[], "raspiska verify FILE");
        for verifier in ["verify.py", "verify.mjs"] {
            html.text(", ");
            html.leaf("a", &[("href", &spec(verifier))], verifier);
        }
        html.text(". ");
        html.text(words.independent);
        html.text(" ");
        html.leaf("a", &[("href", &spec("receipt-file.md"))], words.format);
        html.text(".");
    });
}

/// What any server publishes beside its binary.
fn spec(file: &str) -> String {
    format!("/spec/{file}")
}
