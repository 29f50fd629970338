//! "My consents": what holds, since when, on what text, with what data; the receipts; withdrawal here and by code.

use raspiska_shared::{period::Period, receipt::State as Decided};

use super::{Pen, attrs, notice, receipt};
use crate::{
    bundle::Bundle,
    calendar::{Moment, after},
    code::ByCode,
    consents::Row,
    json::Json,
    kept::{Kept, state_name},
    outbox::Item,
    state::{Action, Slot, State},
    texts::{Texts, count, digits, fill},
};

pub(super) fn consents(pen: &mut Pen<'_>, state: &State, site: &Bundle, texts: &Texts) {
    let rows = state.mail.rows(site);
    if rows.is_empty() {
        pen.el("div", "empty", |pen| {
            pen.say("h3", "", texts.empty);
            pen.say("p", "", texts.empty_note);
        });
    } else {
        pen.say("p", "lead", texts.consents_lead);
    }
    for own in &rows {
        pen.with(
            "section",
            attrs!("class" = "card", "data-purpose" = own.purpose),
            |pen| {
                row(pen, own, state, site, texts);
            },
        );
    }
    by_code(pen, &state.by_code, site, texts);
}

fn row(pen: &mut Pen<'_>, own: &Row<'_>, state: &State, site: &Bundle, texts: &Texts) {
    pen.el("div", "row", |pen| {
        pen.el("span", "", |pen| {
            pen.say("strong", "", own.title);
            if own.since > 0 {
                let since = Moment::new(own.since, state.mail.ahead).date(state.lang);
                pen.say("span", "about", &fill(texts.since, &since));
            }
        });
        chip(pen, own.state, texts);
    });
    for (name, state) in &own.exceptions {
        pen.el("div", "row", |pen| {
            pen.say("span", "about", name);
            chip(pen, *state, texts);
        });
    }
    for item in &own.pending {
        pending(pen, item, site, texts);
    }
    if state.asked == own.purpose {
        question(pen, own, state, site, texts);
    } else if own.gives() {
        pen.el("div", "actions", |pen| {
            pen.button("", texts.withdraw, Action::Ask(String::from(own.purpose)));
        });
    }
    if !own.receipts.is_empty() {
        pen.el("details", "", |pen| {
            pen.say(
                "summary",
                "",
                &count(&texts.receipts, own.receipts.len(), state.lang),
            );
            for kept in &own.receipts {
                pen.el("article", "", |pen| entry(pen, kept, state, site, texts));
            }
        });
    }
}

fn chip(pen: &mut Pen<'_>, state: Decided, texts: &Texts) {
    pen.tell(
        "span",
        attrs!("class" = "chip", "data-state" = state_name(state)),
        texts.state(state),
    );
}

fn pending(pen: &mut Pen<'_>, item: &Item, site: &Bundle, texts: &Texts) {
    if item.refused() {
        let reason = texts.reason(item.text("refused"), site.email());
        pen.say("p", "bad", &[texts.not_sent, ". ", &reason].concat());
    } else {
        pen.say("p", "pending", texts.pending);
    }
}

/// Says what stops and by when the data are gone, before anything happens.
fn question(pen: &mut Pen<'_>, own: &Row<'_>, state: &State, site: &Bundle, texts: &Texts) {
    let period = site
        .purpose(own.purpose)
        .map_or(Period::Days(30), |purpose| purpose.destroy_within());
    let gone = Moment::new(after(state.mail.now, period), state.mail.ahead).date(state.lang);
    pen.with(
        "div",
        attrs!(
            "class" = "question",
            "role" = "group",
            "aria-labelledby" = "asked"
        ),
        |pen| {
            pen.tell(
                "h3",
                attrs!("id" = "asked", "tabindex" = "-1"),
                &fill(texts.withdraw_title, own.title),
            );
            pen.el("ul", "", |pen| {
                pen.say("li", "", &fill(texts.withdraw_stops, own.title));
                if site.category(own.purpose).is_some() {
                    pen.say("li", "", texts.withdraw_cookies);
                }
                pen.say("li", "", &fill(texts.withdraw_date, &gone));
                pen.say("li", "", texts.withdraw_rest);
            });
            pen.el("div", "actions", |pen| {
                pen.button("main", texts.withdraw_yes, Action::Withdraw);
                pen.button("", texts.withdraw_no, Action::Ask(String::new()));
            });
        },
    );
}

fn entry(pen: &mut Pen<'_>, kept: &Kept, state: &State, site: &Bundle, texts: &Texts) {
    pen.el("div", "row", |pen| {
        pen.say("span", "about", &receipt::caption(kept, state, texts));
        if let Some((_, state)) = kept.decisions().first() {
            chip(pen, *state, texts);
        }
    });
    let disclosures: Vec<Json> = kept.disclosures().collect();
    if !disclosures.is_empty() {
        pen.say("h3", "", texts.disclosed);
        pen.el("dl", "", |pen| {
            for part in &disclosures {
                if let [_, name, value] = part.list() {
                    pen.say("dt", "", site.label(name.text()));
                    pen.say("dd", "", value.text());
                }
            }
        });
    }
    receipt::actions(pen, kept, texts);
    pen.el("details", "", |pen| {
        pen.say("summary", "", texts.notice);
        notice::notice(pen, kept.notice("text"));
    });
}

fn by_code(pen: &mut Pen<'_>, own: &ByCode, site: &Bundle, texts: &Texts) {
    let outcome = match &own.outcome {
        None => String::new(),
        Some(Ok(index)) => fill(texts.by_code_done, &digits(*index)),
        Some(Err(kind)) => texts.reason(kind, site.email()),
    };
    pen.el("details", "card", |pen| {
        pen.say("summary", "", texts.by_code);
        pen.say("p", "", texts.by_code_note);
        pen.el("label", "field", |pen| {
            pen.text(texts.by_code_file);
            pen.with(
                "input",
                attrs!("type" = "file", "accept" = ".json"),
                Pen::take_file,
            );
        });
        short(pen, texts.by_code_hash, "hash", &own.hash, Slot::Hash);
        short(pen, texts.code, "code", &own.code, Slot::Code);
        pen.tell("p", attrs!("role" = "status"), &outcome);
        pen.el("div", "actions", |pen| {
            pen.button(
                "",
                if own.busy {
                    texts.sending
                } else {
                    texts.withdraw
                },
                Action::SendCode,
            );
        });
    });
}

fn short(pen: &mut Pen<'_>, label: &str, name: &str, value: &str, slot: Slot) {
    pen.el("label", "field", |pen| {
        pen.text(label);
        pen.with(
            "input",
            attrs!(
                "name" = name,
                "autocomplete" = "off",
                "spellcheck" = "false"
            ),
            |pen| {
                pen.typed(value, slot);
            },
        );
    });
}
