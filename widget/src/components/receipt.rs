//! A receipt: where it is in the log, the file to keep, the code that withdraws without this device.

use super::Pen;
use crate::{
    calendar::Moment,
    host,
    kept::Kept,
    state::{Action, State},
    texts::{Texts, digits, fill},
};

/// What a receipt is called where it stands in a list.
pub(super) fn caption(kept: &Kept, state: &State, texts: &Texts) -> String {
    let moment =
        Moment::new(kept.number("time") / 1000, state.mail.ahead).date_and_time(state.lang);
    [
        &moment,
        ", ",
        &fill(texts.entry, &digits(kept.number("index"))),
    ]
    .concat()
}

/// The file and the code.
pub(super) fn actions(pen: &mut Pen<'_>, kept: &Kept, texts: &Texts) {
    let code = kept.text("code");
    if !code.is_empty() {
        pen.el("div", "code", |pen| {
            pen.say("span", "small", texts.code);
            pen.say("code", "", code);
            pen.button("quiet", texts.copy, Action::Copy(String::from(code)));
            // The code stays in the fragment, which no server sees.
            pen.link(texts.code_note, &host::my_page(kept.text("hash"), code));
        });
    }
    pen.button(
        "",
        texts.download,
        Action::Download(String::from(kept.text("hash"))),
    );
}

/// A receipt that has just come.
pub(super) fn card(pen: &mut Pen<'_>, kept: &Kept, state: &State, texts: &Texts) {
    let heading = kept.notice("text").lines().next().unwrap_or_default();
    pen.el("section", "receipt", |pen| {
        pen.say("p", "small", texts.receipt);
        pen.say("h3", "", heading.strip_prefix("# ").unwrap_or(heading));
        pen.say("p", "small", &caption(kept, state, texts));
        actions(pen, kept, texts);
    });
}
