//! The policy's page: the text with an address for every clause, then the same as cards, consents, editions.

use raspiska_shared::{
    lang::Lang,
    notice::Notice,
    policy::{EditionRef, Policy, document::Document},
};

use super::{
    annex, cards, cookies, text,
    words::{self, Words},
};
use crate::{html::Html, site::Loaded};

/// All that one page shows.
pub(super) struct View<'a> {
    pub(super) site: &'a Loaded,
    pub(super) edition: &'a EditionRef,
    pub(super) policy: &'a Policy,
    pub(super) document: &'a Document,
    pub(super) words: &'static Words,
    pub(super) style: &'a str,
}

/// Writes one part of the page.
type Part = fn(&mut Html, &View<'_>);

impl<'a> View<'a> {
    /// The page of an edition in a language, if the site has it.
    pub(super) fn new(
        site: &'a Loaded,
        edition: &'a EditionRef,
        lang: Lang,
        style: &'a str,
    ) -> Option<Self> {
        Some(Self {
            site,
            edition,
            policy: site.policies.get(&edition.edition)?,
            document: site.documents.get(&(edition.edition.clone(), lang))?,
            words: words::of(lang),
            style,
        })
    }

    /// Where an edition of this policy is read.
    pub(super) fn path(&self, edition: &str) -> String {
        format!("/policy/{}/{edition}", self.site.site.site)
    }

    /// Is it not in force yet?
    fn is_coming(&self) -> bool {
        self.edition.effective.as_str() > self.site.today.as_str()
    }

    /// Only beside the edition in force: which services the site had before, it does not say.
    fn shows_cookies(&self) -> bool {
        let site = &self.site.site;
        self.edition.edition == site.edition && !site.cookies.is_empty()
    }

    /// The consent documents that go with this edition: those that are in force with it now, else those that were.
    pub(super) fn notices(&self) -> impl Iterator<Item = &'a Notice> + use<'a> {
        let (site, lang) = (self.site, self.words.lang);
        let day = if self.edition.edition == site.site.edition {
            site.today.as_str()
        } else {
            self.edition.effective.as_str()
        };
        site.site.notices.iter().filter(move |notice| {
            notice.lang == lang
                && notice.since.as_str() <= day
                && notice.until.as_deref().is_none_or(|until| day < until)
        })
    }
}

/// Writes the page.
pub(super) fn write(view: &View<'_>) -> String {
    let path = view.path(&view.edition.edition);
    frame(view, &view.document.title, &path, |html| {
        intro(html, view);
        html.element("div", &[("class", "columns")], |html| {
            html.element(
                "nav",
                &[("class", "contents"), ("aria-labelledby", "contents")],
                |html| contents(html, view),
            );
            html.element("article", &[("class", "text")], |html| {
                text::write(html, view.document)
            });
        });
        for (id, _, write) in sections(view) {
            html.element("section", &[("aria-labelledby", id)], |html| {
                write(html, view)
            });
        }
    })
}

/// What all pages of the policy have around their own, with the path at which this one stays.
pub(super) fn frame(
    view: &View<'_>,
    title: &str,
    path: &str,
    inside: impl FnOnce(&mut Html),
) -> String {
    let tag = view.words.lang.tag();
    Html::document(tag, |html| {
        html.element("head", &[], |html| head(html, view, title, path));
        html.element("body", &[("id", "top")], |html| {
            html.element("header", &[("class", "bar")], |html| bar(html, view));
            html.element("main", &[], inside);
            html.element("footer", &[], |html| {
                html.leaf("a", &[("href", "#top")], view.words.top);
                let href = format!("/verify?lang={tag}");
                html.leaf("a", &[("href", &href)], view.words.verify);
                let href = format!("/my/{}?lang={tag}", view.site.site.site);
                html.leaf("a", &[("href", &href)], view.words.my);
            });
        });
    })
}

/// What follows the text: id, heading, and what writes it.
fn sections(view: &View<'_>) -> impl Iterator<Item = (&'static str, &'static str, Part)> {
    let words = view.words;
    let all: [(_, _, Part); 4] = [
        ("purposes", words.purposes, cards::write),
        ("cookies", words.cookies, cookies::write),
        ("notices", words.notices, annex::notices),
        ("editions", words.editions, annex::editions),
    ];
    let shows_cookies = view.shows_cookies();
    all.into_iter()
        .filter(move |(id, ..)| shows_cookies || *id != "cookies")
}

fn head(html: &mut Html, view: &View<'_>, title: &str, path: &str) {
    let title = format!("{title} — {}", view.policy.controller.brand);
    html.void("meta", &[("charset", "utf-8")]);
    html.void(
        "meta",
        &[
            ("name", "viewport"),
            ("content", "width=device-width, initial-scale=1"),
        ],
    );
    html.void(
        "meta",
        &[("name", "color-scheme"), ("content", "light dark")],
    );
    html.leaf("title", &[], &title);
    // An empty icon: the browser would ask the host for one otherwise, and find none.
    html.void("link", &[("rel", "icon"), ("href", "data:,")]);
    html.void("link", &[("rel", "stylesheet"), ("href", view.style)]);
    html.void("link", &[("rel", "canonical"), ("href", path)]);
    for lang in &view.site.site.languages {
        let href = format!("?lang={}", lang.tag());
        html.void(
            "link",
            &[
                ("rel", "alternate"),
                ("hreflang", lang.tag()),
                ("href", &href),
            ],
        );
    }
}

fn bar(html: &mut Html, view: &View<'_>) {
    let controller = &view.policy.controller;
    let home = format!("https://{}", controller.website.to_lowercase());
    html.leaf(
        "a",
        &[("class", "brand"), ("href", &home)],
        &controller.brand,
    );
    for &lang in view
        .site
        .site
        .languages
        .iter()
        .filter(|lang| **lang != view.words.lang)
    {
        let href = format!("?lang={}", lang.tag());
        html.leaf(
            "a",
            &[
                ("href", &href),
                ("hreflang", lang.tag()),
                ("lang", lang.tag()),
            ],
            view.words.other,
        );
    }
}

fn intro(html: &mut Html, view: &View<'_>) {
    let (words, controller) = (view.words, &view.policy.controller);
    html.element("div", &[("class", "intro")], |html| {
        html.leaf("h1", &[], &view.document.title);
        if view.edition.edition != view.site.site.edition {
            html.element("p", &[("class", "warning")], |html| {
                html.text(if view.is_coming() {
                    words.not_yet
                } else {
                    words.not_current
                });
                html.text(" ");
                html.leaf(
                    "a",
                    &[("href", &view.path(&view.site.site.edition))],
                    words.current,
                );
            });
        }
        html.element("dl", &[("class", "facts")], |html| {
            fact(html, words.effective, |html| {
                html.leaf(
                    "time",
                    &[("datetime", &view.edition.effective)],
                    &words::date(words.lang, &view.edition.effective),
                );
            });
            fact(html, words.operator, |html| {
                html.text(controller.name.get(words.lang))
            });
            fact(html, words.contact, |html| html.prose(&controller.email));
        });
        paragraphs(html, &view.document.preamble);
    });
}

/// A term and what it is.
pub(crate) fn fact(html: &mut Html, term: &str, inside: impl FnOnce(&mut Html)) {
    html.element("div", &[], |html| {
        html.leaf("dt", &[], term);
        html.element("dd", &[], inside);
    });
}

fn contents(html: &mut Html, view: &View<'_>) {
    html.leaf("h2", &[("id", "contents")], view.words.contents);
    html.element("ol", &[], |html| {
        for section in &view.document.sections {
            let (href, number) = (format!("#s-{}", section.number), section.number.to_string());
            html.element("li", &[], |html| {
                html.element("a", &[("href", &href)], |html| {
                    html.leaf("span", &[("class", "number")], &number);
                    html.text(&section.title);
                });
            });
        }
    });
    html.element("ul", &[], |html| {
        for (id, heading, _) in sections(view) {
            let href = format!("#{id}");
            html.element("li", &[], |html| {
                html.leaf("a", &[("href", &href)], heading)
            });
        }
    });
}

/// Plain paragraphs.
pub(super) fn paragraphs(html: &mut Html, texts: &[String]) {
    for text in texts {
        html.element("p", &[], |html| html.prose(text));
    }
}
