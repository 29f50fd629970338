//! What somebody is told of their own consents: what holds, what would stop and go on, by when the data are gone.

use raspiska_shared::{purpose::LegalBasis, receipt::State};

use super::page::View;
use crate::{
    duty,
    html::Html,
    http::policies,
    rights::{Line, Person, Withdrawn, gone_by},
    words::state,
};

/// All of it, with what has just been done on top.
pub(super) fn person(
    html: &mut Html,
    view: &View<'_>,
    person: &Person,
    code: &str,
    withdrawn: Option<&[Withdrawn]>,
) {
    let words = view.words;
    if let Some(withdrawn) = withdrawn {
        done(html, view, withdrawn);
    }
    let lines = person.lines();
    let (given, before): (Vec<_>, Vec<_>) =
        lines.iter().partition(|line| line.state == State::Given);
    html.leaf("h2", &[], words.given);
    if given.is_empty() {
        html.leaf("p", &[], words.nothing_given);
    }
    let advertising = given.iter().filter(|line| {
        let purpose = view.purpose(line.edition, &line.purpose);
        purpose.is_some_and(|purpose| purpose.advertising)
    });
    if advertising.count() > 0 {
        form(html, view, person, code, |html| {
            let stop = [("name", "do"), ("value", "withdraw-advertising")];
            html.leaf("button", &stop, words.withdraw_advertising);
        });
    }
    for line in &given {
        let id = format!("p-{}", line.purpose.as_str().replace('/', "-"));
        let card = [("class", "given"), ("aria-labelledby", &*id)];
        html.element("section", &card, |html| {
            heading(html, view, line, &id);
            html.element("dl", &[], |html| would_stop(html, view, line, &given));
            form(html, view, person, code, |html| {
                hidden(html, "purpose", line.purpose.as_str());
                let withdraw = [
                    ("name", "do"),
                    ("value", "withdraw"),
                    ("aria-describedby", &*id),
                ];
                html.leaf("button", &withdraw, words.withdraw);
            });
        });
    }
    if !given.is_empty() {
        without_consent(html, view);
    }
    if !before.is_empty() {
        html.leaf("h2", &[], words.before);
    }
    for line in &before {
        let id = format!("p-{}", line.purpose.as_str().replace('/', "-"));
        let card = [("class", "given"), ("aria-labelledby", &*id)];
        html.element("section", &card, |html| {
            heading(html, view, line, &id);
            if line.state == State::Withdrawn {
                html.element("dl", &[], |html| gone(html, view, line, line.by.time));
            }
        });
    }
    html.leaf("p", &[("class", "note")], words.receipts_stay);
    form(html, view, person, code, |html| {
        let card = [("name", "do"), ("value", "card")];
        html.leaf("button", &card, words.card);
    });
}

fn done(html: &mut Html, view: &View<'_>, withdrawn: &[Withdrawn]) {
    let words = view.words;
    html.element("div", &[("class", "done"), ("role", "status")], |html| {
        if withdrawn.is_empty() {
            html.leaf("p", &[("class", "state")], words.done_before);
            return;
        }
        html.leaf("p", &[("class", "state")], words.done);
        for statement in withdrawn {
            html.element("p", &[], |html| {
                let titles = statement.purposes.iter().map(|id| view.title("", id));
                html.text(&titles.collect::<Vec<_>>().join(", "));
                let at = format!(
                    ". {} № {}, {}: ",
                    words.statement,
                    statement.index,
                    moment(view, statement.time)
                );
                html.text(&at);
                html.leaf(
                    "span",
                    &[("class", "code")],
                    &statement.statement.to_string(),
                );
            });
        }
        let mut purposes = withdrawn.iter().flat_map(|statement| &statement.purposes);
        let of_cookies = purposes.any(|id| {
            let mut categories = view.loaded.site.cookies.iter();
            categories.any(|own| own.id == id.category().unwrap_or(id.as_str()))
        });
        let device = match of_cookies {
            true => words.device_of_cookies,
            false => words.device_of_forms,
        };
        html.element("p", &[], |html| {
            html.text(words.from_now);
            html.text(" ");
            html.text(device);
        });
    });
}

/// The purpose, its state and since when, the text that it was given under.
fn heading(html: &mut Html, view: &View<'_>, line: &Line<'_>, id: &str) {
    html.leaf(
        "h3",
        &[("id", id)],
        &view.title(line.edition, &line.purpose),
    );
    html.element("p", &[("class", "note")], |html| {
        let class = match line.state {
            State::Given => "state given-now",
            State::Refused | State::Withdrawn => "state",
        };
        html.leaf("span", &[("class", class)], state(view.lang, line.state));
        html.text(", ");
        html.text(&moment(view, line.by.time));
        html.text(". ");
        html.text(view.words.text);
        html.text(": ");
        let edition = format!(
            "/policy/{}/{}?lang={}#n-{}",
            view.loaded.site.site,
            line.edition,
            view.lang.tag(),
            line.notice.id
        );
        html.leaf("a", &[("href", &edition)], &notice_title(view, line));
    });
}

/// What a withdrawal now would stop, what goes on and on which ground, and by when the data would be gone.
fn would_stop(html: &mut Html, view: &View<'_>, line: &Line<'_>, given: &[&Line<'_>]) {
    let words = view.words;
    if let Some(purpose) = view.purpose(line.edition, &line.purpose) {
        policies::fact(html, words.stops, |html| {
            html.text(purpose.about.get(view.lang));
        });
    }
    policies::fact(html, words.continues, |html| {
        let others: Vec<String> = given
            .iter()
            .filter(|other| other.purpose != line.purpose)
            .map(|other| view.title(other.edition, &other.purpose))
            .collect();
        if others.is_empty() {
            html.text(words.continues_nothing);
        } else {
            html.text(&format!("{} ({})", others.join(", "), words.by_consent));
        }
    });
    gone(html, view, line, view.now);
}

/// The last day on which the data may still be there, after a withdrawal at `since`.
fn gone(html: &mut Html, view: &View<'_>, line: &Line<'_>, since: u64) {
    let words = view.words;
    let Some(purpose) = view.purpose(line.edition, &line.purpose) else {
        return;
    };
    policies::fact(html, words.gone, |html| {
        let found = gone_by(view.law, &purpose.retention, since);
        match &found {
            Some((day, _)) => {
                let day = day.to_string();
                html.text(words.gone_by);
                let read = policies::date(view.lang, &day);
                html.leaf("time", &[("datetime", &day)], &read);
            }
            None => html.text(words.gone_later),
        }
        html.text(" (");
        match found {
            Some((_, Some(norm))) => html.text(norm.norm.get(view.lang)),
            _ => html.leaf("span", &[("lang", "ru")], &purpose.retention.norm),
        }
        html.text(")");
    });
}

/// What rests on other grounds, which a withdrawal does not touch.
fn without_consent(html: &mut Html, view: &View<'_>) {
    let others: Vec<String> = view
        .loaded
        .site
        .purposes
        .iter()
        .filter(|purpose| purpose.basis != LegalBasis::Consent)
        .map(|purpose| {
            let basis = policies::basis(view.lang, purpose.basis).to_lowercase();
            format!("{} ({basis})", purpose.title.get(view.lang))
        })
        .collect();
    if !others.is_empty() {
        html.leaf("p", &[("class", "note")], view.words.without_consent);
        html.element("ul", &[("class", "note")], |html| {
            for other in &others {
                html.leaf("li", &[], other);
            }
        });
    }
}

/// A form that says again who is asking.
pub(super) fn form(
    html: &mut Html,
    view: &View<'_>,
    person: &Person,
    code: &str,
    inside: impl FnOnce(&mut Html),
) {
    let action = view.action();
    let form = [("method", "post"), ("action", &*action)];
    html.element("form", &form, |html| {
        hidden(html, "receipt", &person.receipt.to_string());
        hidden(html, "code", code);
        inside(html);
    });
}

pub(super) fn hidden(html: &mut Html, name: &'static str, value: &str) {
    let input = [("type", "hidden"), ("name", name), ("value", value)];
    html.void("input", &input);
}

/// The first line of the text that was on the screen.
fn notice_title(view: &View<'_>, line: &Line<'_>) -> String {
    let notices = &view.loaded.site.notices;
    let shown = notices.iter().find(|own| own.sha256 == line.notice.sha256);
    let first = shown.and_then(|notice| notice.text.lines().next());
    let title = first.map(|first| first.trim_start_matches("# ").to_owned());
    title.unwrap_or_else(|| line.notice.id.clone())
}

/// Day and time on the operator's clock.
pub(super) fn moment(view: &View<'_>, millis: u64) -> String {
    let local = duty::local(millis);
    let day = policies::date(view.lang, &local.date().to_string());
    format!("{day}, {:02}:{:02}", local.hour(), local.minute())
}
