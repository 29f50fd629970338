//! The dialog around preferences, policy and consents: one native `<dialog>`, so that the browser keeps the focus inside,
//! closes it by Escape and dims the page.

use super::{Pen, attrs, consents, not_ready, policy, preferences};
use crate::{
    state::{Action, Load, State, View},
    texts::Texts,
};

pub(super) fn dialog(pen: &mut Pen<'_>, state: &State, texts: &Texts) {
    let title = match state.view {
        View::Policy => texts.policy,
        View::Consents => texts.consents,
        _ => texts.preferences_title,
    };
    pen.with(
        "dialog",
        attrs!(
            "aria-labelledby" = "title",
            "closedby" = "any",
            "dir" = "auto"
        ),
        |pen| {
            pen.closed();
            pen.el("div", "head", |pen| {
                pen.tell("h2", attrs!("id" = "title", "tabindex" = "-1"), title);
                pen.with(
                    "button",
                    attrs!(
                        "type" = "button",
                        "class" = "close",
                        "aria-label" = texts.close
                    ),
                    |pen| {
                        pen.press(Action::Close);
                    },
                );
                pen.with("nav", attrs!("aria-label" = texts.views), |pen| {
                    tab(pen, state, texts.cookies, View::Preferences);
                    tab(pen, state, texts.consents, View::Consents);
                    tab(pen, state, texts.policy, View::Policy);
                });
            });
            content(pen, state, texts);
            pen.tell(
                "p",
                attrs!("class" = "status", "role" = "status"),
                &state.status,
            );
        },
    );
}

fn tab(pen: &mut Pen<'_>, state: &State, label: &str, view: View) {
    let current = if state.view == view { "page" } else { "" };
    pen.with(
        "button",
        attrs!("type" = "button", "aria-current" = current),
        |pen| {
            pen.press(Action::Open(view));
            pen.text(label);
        },
    );
}

fn content(pen: &mut Pen<'_>, state: &State, texts: &Texts) {
    let (key, footer) = match state.view {
        View::Policy => ("policy", false),
        View::Consents => ("consents", false),
        View::Preferences => ("preferences", true),
        _ => return,
    };
    let Load::Ready(site) = &state.bundle else {
        not_ready(pen, matches!(state.bundle, Load::Failed), texts);
        return;
    };
    pen.el("div", "body", |pen| {
        // Each view is made anew, so that it begins at its top.
        pen.key(key);
        match state.view {
            View::Policy => policy::policy(pen, state, site, texts),
            View::Consents => consents::consents(pen, state, site, texts),
            _ => preferences::preferences(pen, state, site, texts),
        }
    });
    if footer {
        pen.el("div", "foot", |pen| {
            pen.button("main", texts.refuse_all, Action::RefuseAll);
            pen.button("main", texts.give_all, Action::GiveAll);
            pen.button("main", texts.save, Action::Save);
        });
    }
}
