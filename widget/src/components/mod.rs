//! What is drawn. Every component is a function that writes values with a [`Pen`]; what a person does comes back as an
//! [`Action`]. Components of Yew's own kind would each bring a life cycle along, and none of these has a life of its own.

mod consents;
mod dialog;
mod form;
mod notice;
mod pen;
mod policy;
mod preferences;
mod receipt;

use yew::{Callback, Html};

use self::pen::{Attrs, Pen, attrs};
use crate::{
    state::{Action, State, View},
    texts::Texts,
};

/// A surface: a form in the page, or the dialog.
pub(crate) fn surface(state: &State, link: &Callback<Action>) -> Html {
    let texts = Texts::of(state.lang);
    Pen::draw(link, |pen| match &state.view {
        View::Form(name) => form::form(pen, state, name, texts),
        _ => dialog::dialog(pen, state, texts),
    })
}

/// While something loads, and when it failed.
fn not_ready(pen: &mut Pen<'_>, failed: bool, texts: &Texts) {
    pen.with("div", attrs!("class" = "empty", "role" = "status"), |pen| {
        if failed {
            pen.say("p", "", texts.not_loaded);
            pen.button("", texts.again, Action::Retry);
        } else {
            pen.say("p", "", texts.loading);
        }
    });
}
