//! The page as it is written: its frame, and the ways in.

use base64ct::{Base64, Encoding as _};
use qrcode::{EcLevel, QrCode, render::svg};
use raspiska_shared::{
    digest::Digest,
    lang::Lang,
    problem::Kind,
    purpose::{Purpose, PurposeId},
};

use super::{
    cases::{self, By, Read},
    said, words,
    words::Words,
};
use crate::{
    app::{App, SiteState},
    html::Html,
    law::Law,
    rights::{Person, Ticketed, Withdrawn},
    site::Loaded,
};

/// What every page of a site needs.
pub(super) struct View<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) law: &'a Law,
    pub(super) lang: Lang,
    pub(super) words: &'static Words,
    /// UNIX milliseconds.
    pub(super) now: u64,
    styles: [String; 3],
    script: String,
}

/// What a page is about.
pub(super) enum Content<'a> {
    /// Receipt and code are asked for; with what was typed if that was wrong.
    Door(Option<&'a str>),
    /// Who was recognised, and what has just been withdrawn.
    Person {
        person: &'a Person,
        code: &'a str,
        withdrawn: Option<&'a [Withdrawn]>,
        /// Of this person.
        requests: &'a [Read],
        /// The request that has just come.
        ticketed: Option<&'a Ticketed>,
    },
    /// One request, by its number and code.
    Case(&'a Read, &'a By<'a>),
    /// Receipt and code to print.
    Card(Digest, &'a str),
    /// A link in a letter was followed: nothing is done before the button.
    Unsubscribe(&'a PurposeId),
    /// The button was pressed.
    Unsubscribed(&'a PurposeId),
    /// The link is none of ours.
    NoLink,
    /// Something went wrong.
    Failed(Kind),
}

impl<'a> View<'a> {
    pub(super) fn new(app: &'a App, site: &'a SiteState, lang: Lang) -> Self {
        let assets = app.assets();
        Self {
            loaded: &site.loaded,
            law: app.duties().law(),
            lang,
            words: words::of(lang),
            now: app.clock().millis(),
            styles: [assets.style(), assets.verify_style(), assets.my_style()],
            script: assets.my_script(),
        }
    }

    /// A purpose in the edition that was signed, or today's; a service has its category's.
    pub(super) fn purpose(&self, edition: &str, id: &PurposeId) -> Option<&'a Purpose> {
        let loaded = self.loaded;
        let signed = loaded.policies.get(edition);
        let purposes = signed.map_or(&loaded.site.purposes, |policy| &policy.purposes);
        let named = |id: &str| purposes.iter().find(|own| own.id.as_str() == id);
        named(id.as_str()).or_else(|| named(id.category()?))
    }

    /// What people call a purpose.
    pub(super) fn title(&self, edition: &str, id: &PurposeId) -> String {
        let title = self
            .purpose(edition, id)
            .map(|own| own.title.get(self.lang));
        let service = self.loaded.site.cookies.iter().find_map(|category| {
            let mut services = category.services.iter();
            let named = |own: &str| format!("{}/{own}", category.id) == id.as_str();
            services.find(|service| named(&service.id))
        });
        match (title, service) {
            (Some(title), Some(service)) => format!("{title}: {}", service.name.get(self.lang)),
            (Some(title), None) => title.to_owned(),
            (None, _) => id.to_string(),
        }
    }

    /// Where forms go: the address of the page, with the language.
    pub(super) fn action(&self) -> String {
        format!("/my/{}?lang={}", self.loaded.site.site, self.lang.tag())
    }
}

/// Writes a page.
pub(super) fn write(view: &View<'_>, content: &Content<'_>) -> String {
    Html::document(view.lang.tag(), |html| {
        html.element("head", &[], |html| head(html, view, content));
        html.element("body", &[], |html| {
            html.element("header", &[("class", "bar")], |html| {
                bar(html, view, content)
            });
            html.element("main", &[], |html| body(html, view, content));
            html.element("footer", &[], |html| {
                let (site, tag) = (&view.loaded.site.site, view.lang.tag());
                let policy = format!("/policy/{site}?lang={tag}");
                html.leaf("a", &[("href", &policy)], view.words.policy);
                let verify = format!("/verify?lang={tag}");
                html.leaf("a", &[("href", &verify)], view.words.verify);
            });
        });
    })
}

fn body(html: &mut Html, view: &View<'_>, content: &Content<'_>) {
    let words = view.words;
    html.leaf("h1", &[], title(words, content));
    match content {
        Content::Door(typed) => door(html, view, *typed),
        Content::Person {
            person,
            code,
            withdrawn,
            requests,
            ticketed,
        } => {
            if let Some(ticketed) = ticketed {
                cases::received(html, view, ticketed);
            }
            said::person(html, view, person, code, *withdrawn);
            if !requests.is_empty() {
                html.leaf("h2", &[("id", "requests")], words.requests);
            }
            let receipt = person.receipt.to_string();
            let by = By {
                receipt: &receipt,
                code,
            };
            for read in requests.iter().rev() {
                cases::card(html, view, read, &by);
            }
            cases::form(html, view, person, code);
        }
        Content::Case(read, by) => {
            html.leaf("h2", &[], words.your_request);
            cases::card(html, view, read, by);
        }
        Content::Card(receipt, code) => cases::print(html, view, receipt, code),
        Content::Unsubscribe(purpose) => {
            html.leaf("p", &[("class", "lead")], words.unsubscribe_lead);
            html.leaf("p", &[("class", "state")], &view.title("", purpose));
            // To the address of the link: it is all that is needed.
            html.element("form", &[("method", "post")], |html| {
                html.leaf("button", &[("class", "main")], words.unsubscribe);
            });
        }
        Content::Unsubscribed(purpose) => {
            html.element("div", &[("class", "done"), ("role", "status")], |html| {
                html.leaf("p", &[("class", "state")], &view.title("", purpose));
                html.leaf("p", &[], words.unsubscribed);
            });
        }
        Content::NoLink => write_to_us(html, view, words.link_wrong),
        Content::Failed(kind) => {
            let sentence = match kind {
                Kind::BadRequest => words.malformed,
                _ => words.failed,
            };
            html.element("div", &[("class", "warning"), ("role", "alert")], |html| {
                html.leaf("p", &[], sentence);
            });
            html.element("p", &[], |html| {
                html.leaf("a", &[("href", &view.action())], words.again);
            });
        }
    }
}

fn title(words: &Words, content: &Content<'_>) -> &'static str {
    match content {
        Content::Unsubscribe(_) => words.unsubscribe_title,
        Content::Unsubscribed(_) => words.unsubscribed_title,
        Content::NoLink => words.link_title,
        Content::Card(..) => words.card_title,
        Content::Case(..) | Content::Door(_) | Content::Person { .. } | Content::Failed(_) => {
            words.title
        }
    }
}

/// Receipt and code. What was typed stays, but for the code.
fn door(html: &mut Html, view: &View<'_>, typed: Option<&str>) {
    let words = view.words;
    html.leaf("p", &[("class", "lead")], words.lead);
    if typed.is_some() {
        html.element("div", &[("class", "warning"), ("role", "alert")], |html| {
            html.leaf("p", &[], words.wrong);
        });
    }
    let action = view.action();
    let form = [
        ("class", "door"),
        ("method", "post"),
        ("action", &*action),
        ("autocomplete", "off"),
    ];
    html.element("form", &form, |html| {
        // Shown by the script: the hash is computed here.
        html.element("div", &[("class", "file"), ("hidden", "")], |html| {
            html.leaf("label", &[("for", "file")], words.file);
            html.void(
                "input",
                &[
                    ("id", "file"),
                    ("type", "file"),
                    ("accept", ".json,application/json"),
                ],
            );
            let status = [("role", "status"), ("data-wrong", words.file_wrong)];
            html.element("p", &status, |_| {});
        });
        let typed = typed.unwrap_or_default();
        field(html, "receipt", words.receipt, words.receipt_hint, typed);
        field(html, "code", words.code, words.code_hint, "");
        let show = [("class", "main"), ("name", "do"), ("value", "show")];
        html.leaf("button", &show, words.show);
    });
    write_to_us(html, view, words.no_code);
}

fn field(html: &mut Html, name: &'static str, label: &str, hint: &str, value: &str) {
    let described = format!("{name}-hint");
    html.leaf("label", &[("for", name)], label);
    let input = [
        ("id", name),
        ("name", name),
        ("required", ""),
        ("maxlength", "64"),
        ("spellcheck", "false"),
        ("autocapitalize", "off"),
        ("autocomplete", "off"),
        ("aria-describedby", &described),
        // Nothing at all where it is empty, which is the same.
        ("value", value),
    ];
    html.void("input", &input);
    html.leaf("p", &[("id", &described), ("class", "note")], hint);
}

fn write_to_us(html: &mut Html, view: &View<'_>, sentence: &str) {
    html.element("p", &[], |html| {
        html.text(sentence);
        html.text(" ");
        html.prose(&view.loaded.site.controller.email);
    });
}

fn head(html: &mut Html, view: &View<'_>, content: &Content<'_>) {
    html.void("meta", &[("charset", "utf-8")]);
    let viewport = "width=device-width, initial-scale=1";
    html.void("meta", &[("name", "viewport"), ("content", viewport)]);
    html.void(
        "meta",
        &[("name", "color-scheme"), ("content", "light dark")],
    );
    html.void("meta", &[("name", "robots"), ("content", "noindex")]);
    let brand = &view.loaded.site.controller.brand;
    let title = format!("{} — {brand}", title(view.words, content));
    html.leaf("title", &[], &title);
    // An empty icon: the browser would ask the host for one otherwise, and find none.
    html.void("link", &[("rel", "icon"), ("href", "data:,")]);
    for style in &view.styles {
        html.void("link", &[("rel", "stylesheet"), ("href", style)]);
    }
    html.element("script", &[("src", &view.script), ("defer", "")], |_| {});
}

fn bar(html: &mut Html, view: &View<'_>, content: &Content<'_>) {
    let controller = &view.loaded.site.controller;
    let home = format!("https://{}", controller.website.to_lowercase());
    html.leaf(
        "a",
        &[("class", "brand"), ("href", &home)],
        &controller.brand,
    );
    // What came in a body would be lost on the way to another language.
    let posted = matches!(
        content,
        Content::Card(..) | Content::Case(..) | Content::Person { .. } | Content::Unsubscribed(_)
    );
    if posted {
        return;
    }
    let languages = view.loaded.site.languages.iter();
    for lang in languages.filter(|lang| **lang != view.lang) {
        let (tag, href) = (lang.tag(), format!("?lang={}", lang.tag()));
        html.leaf(
            "a",
            &[("href", &href), ("hreflang", tag), ("lang", tag)],
            view.words.other,
        );
    }
}

/// A picture of a link for cameras, as a `data:` address. None: longer than any picture holds.
pub(super) fn qr(link: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M).ok()?;
    let picture = code
        .render::<svg::Color<'_>>()
        .min_dimensions(240, 240)
        .build();
    let encoded = Base64::encode_string(picture.as_bytes());
    Some(format!("data:image/svg+xml;base64,{encoded}"))
}
