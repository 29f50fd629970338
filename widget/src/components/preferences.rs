//! Preferences: a switch for each category and, inside, for each service; everything off until the person says otherwise.

use super::{Pen, attrs, notice};
use crate::{
    bundle::{Bundle, Category, Service},
    deliver::operators_day,
    state::{Action, State},
    texts::{Texts, fill},
};

/// What the loader says of a category for which the browser's Global Privacy Control answers: nobody has decided it.
const SIGNAL: &str = "signal";

pub(super) fn preferences(pen: &mut Pen<'_>, state: &State, site: &Bundle, texts: &Texts) {
    pen.say("p", "lead", texts.preferences_lead);
    let day = operators_day(state.mail.now);
    for own in site.categories() {
        pen.el("section", "card", |pen| {
            row(pen, own.title(), own.about(), |pen| {
                if own.optional() {
                    switch(pen, own.id(), state.is_on(own));
                } else {
                    pen.say("span", "chip", texts.always);
                }
            });
            if state.mail.decided.get(own.id()).text() == SIGNAL {
                pen.say("p", "about", texts.signal);
            }
            pen.el("details", "", |pen| {
                pen.say("summary", "", texts.details);
                for service in own.services() {
                    draw_service(pen, own, service, state, texts);
                }
                if let Some(own) = site.notice(own.notice(), state.lang, &day) {
                    pen.say("h3", "", texts.notice);
                    notice::notice(pen, own.text());
                }
            });
        });
    }
}

fn draw_service(
    pen: &mut Pen<'_>,
    category: Category<'_>,
    own: Service<'_>,
    state: &State,
    texts: &Texts,
) {
    row(
        pen,
        own.name(),
        &fill(texts.provider, own.provider()),
        |pen| {
            if category.optional() {
                let purpose = own.purpose(category);
                switch(pen, &purpose, state.on.contains(&purpose));
            }
        },
    );
    pen.el("table", "", |pen| {
        pen.el("thead", "", |pen| {
            pen.el("tr", "", |pen| {
                for title in [texts.cookie_name, texts.cookie_about, texts.cookie_term] {
                    pen.say("th", "", title);
                }
            });
        });
        pen.el("tbody", "", |pen| {
            for cookie in own.cookies() {
                pen.el("tr", "", |pen| {
                    for text in [cookie.name(), cookie.about(), cookie.term()] {
                        pen.say("td", "", text);
                    }
                });
            }
        });
    });
}

/// A title with a sentence, and at its end a control that both stand for.
fn row(pen: &mut Pen<'_>, title: &str, about: &str, end: impl FnOnce(&mut Pen<'_>)) {
    pen.el("label", "row", |pen| {
        pen.el("span", "", |pen| {
            pen.say("strong", "", title);
            pen.say("span", "about", about);
        });
        end(pen);
    });
}

fn switch(pen: &mut Pen<'_>, purpose: &str, on: bool) {
    pen.tick(
        attrs!("type" = "checkbox", "role" = "switch", "name" = purpose),
        on,
        Action::Switch(String::from(purpose)),
    );
}
