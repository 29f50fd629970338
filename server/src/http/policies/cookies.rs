//! What is kept in the browser, by category and service, and who gets the data. Countries are named: a transfer abroad has to
//! be seen as one (152-ФЗ, art. 12).

use raspiska_shared::site::{Cookie, CookieCategory, Service};

use super::{
    country,
    page::{View, fact},
    words::{self, Words},
};
use crate::{html::Html, site::HOME};

/// Writes the heading and every category.
pub(super) fn write(html: &mut Html, view: &View<'_>) {
    let words = view.words;
    html.leaf("h2", &[("id", "cookies")], words.cookies);
    html.leaf("p", &[("class", "lead")], words.cookies_lead);
    for category in &view.site.site.cookies {
        heading(html, words, category);
        html.leaf("p", &[], category.about.get(words.lang));
        for service in &category.services {
            let id = format!("v-{}-{}", category.id, service.id);
            html.element(
                "article",
                &[("class", "service"), ("aria-labelledby", &id)],
                |html| {
                    html.leaf("h4", &[("id", &id)], service.name.get(words.lang));
                    about(html, words, service);
                    if !service.cookies.is_empty() {
                        table(html, words, service);
                    }
                },
            );
        }
    }
}

fn heading(html: &mut Html, words: &Words, category: &CookieCategory) {
    html.element("h3", &[], |html| {
        html.text(category.title.get(words.lang));
        if category.notice.is_none() {
            html.text(" ");
            html.leaf("span", &[("class", "badge")], words.always_on);
        }
    });
}

fn about(html: &mut Html, words: &Words, service: &Service) {
    let lang = words.lang;
    if !service.about.is_empty() {
        html.leaf("p", &[], service.about.get(lang));
    }
    html.element("dl", &[], |html| {
        fact(html, words.gets, |html| {
            html.text(service.provider.get(lang))
        });
        fact(html, words.goes_to, |html| {
            html.text(country::name(lang, &service.country));
            if service.country != HOME {
                html.text(" — ");
                html.leaf("strong", &[], words.abroad);
            }
        });
    });
}

/// A narrow screen shows each row as a block of its own, which takes a table's roles away: they are named.
fn table(html: &mut Html, words: &Words, service: &Service) {
    let columns = [words.cookie, words.cookie_for, words.term, words.kept_in];
    let label = format!("{}: {}", words.stored, service.name.get(words.lang));
    html.element(
        "table",
        &[("role", "table"), ("aria-label", &label)],
        |html| {
            html.element("thead", &[("role", "rowgroup")], |html| {
                html.element("tr", &[("role", "row")], |html| {
                    for column in columns {
                        html.leaf("th", &[("role", "columnheader"), ("scope", "col")], column);
                    }
                });
            });
            html.element("tbody", &[("role", "rowgroup")], |html| {
                for cookie in &service.cookies {
                    html.element("tr", &[("role", "row")], |html| row(html, words, cookie));
                }
            });
        },
    );
}

fn row(html: &mut Html, words: &Words, cookie: &Cookie) {
    let lang = words.lang;
    html.element("th", &[("role", "rowheader"), ("scope", "row")], |html| {
        html.leaf("code", &[], &cookie.name);
    });
    for (column, text) in [
        (words.cookie_for, cookie.about.get(lang)),
        (words.term, cookie.term.get(lang)),
        (words.kept_in, words::place(lang, cookie.place)),
    ] {
        html.leaf("td", &[("role", "cell"), ("data-label", column)], text);
    }
}
