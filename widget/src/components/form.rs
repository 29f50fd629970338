//! A form of the site. Each consent is a block of its own with its own box, unticked, and its whole text one step away
//! (152-ФЗ, art. 9(1)); nothing is tucked into the button.

use super::{Attrs, Pen, attrs, not_ready, notice, receipt};
use crate::{
    bundle::{Bundle, Field, Form},
    deliver::operators_day,
    host,
    state::{Action, Load, Slot, State},
    texts::{Texts, count},
};

pub(super) fn form(pen: &mut Pen<'_>, state: &State, name: &str, texts: &Texts) {
    let Load::Ready(site) = &state.bundle else {
        not_ready(pen, matches!(state.bundle, Load::Failed), texts);
        return;
    };
    let Some(form) = site.form(name) else { return };
    if state.draft.sent.is_empty() {
        blank(pen, form, state, site, texts);
    } else {
        outcome(pen, form, state, site, texts);
    }
}

fn blank(pen: &mut Pen<'_>, form: Form<'_>, state: &State, site: &Bundle, texts: &Texts) {
    pen.with(
        "form",
        attrs!("novalidate" = "true", "aria-labelledby" = "form"),
        |pen| {
            pen.submit();
            pen.tell("h2", attrs!("id" = "form"), form.title());
            pen.say("p", "lead", form.lead());
            let represented = state.draft.represented(form);
            for (at, own) in form.fields().enumerate() {
                let hidden = own.of_representative() && !represented;
                field(pen, at, own, hidden, state, texts);
            }
            for (at, id) in form.notices().enumerate() {
                consent(pen, at, id, state, site, texts);
            }
            let left = if state.draft.tried {
                state.draft.faults(form, texts)
            } else {
                0
            };
            let check = if left > 0 {
                count(&texts.check, left, state.lang)
            } else {
                String::new()
            };
            pen.tell("p", attrs!("class" = "bad", "role" = "status"), &check);
            pen.el("div", "actions", |pen| {
                pen.tell(
                    "button",
                    attrs!("type" = "submit", "class" = "main"),
                    form.submit(),
                );
                pen.link(
                    texts.policy_link,
                    &host::policy_page(site.edition(), state.lang),
                );
            });
        },
    );
}

/// One that is not asked stays where it is, hidden: what stands beside it keeps its place.
fn field(pen: &mut Pen<'_>, at: usize, own: Field<'_>, hidden: bool, state: &State, texts: &Texts) {
    let draft = &state.draft;
    let fault = if draft.tried && !hidden {
        draft.fault(at, own, texts)
    } else {
        String::new()
    };
    let help = if fault.is_empty() { own.hint() } else { &fault };
    let value = draft.values.get(at).map_or("", String::as_str);
    let (tag, kind) = match own.kind() {
        "long" => ("textarea", ""),
        "choice" => ("select", ""),
        // A module of the page puts the control beside it, and writes here what the receipt says of the file.
        "file" => ("input", "hidden"),
        "phone" => ("input", "tel"),
        kind => ("input", kind),
    };
    // The names of fields and of the kinds are also those of autocomplete; a representative's are nobody's that the browser knows.
    let autocomplete = if own.of_representative() {
        ""
    } else if kind == "text" {
        own.id()
    } else {
        kind
    };
    let help_id = [own.id(), "-help"].concat();
    let attrs: Attrs<'_> = attrs!(
        "id" = own.id(),
        "name" = own.id(),
        "type" = kind,
        "autocomplete" = autocomplete,
        "aria-required" = truth(own.required()),
        "aria-invalid" = truth(!fault.is_empty()),
        "aria-describedby" = if help.is_empty() { "" } else { &help_id },
    );
    let place: Attrs<'_> = attrs!("class" = "field", "hidden" = truth(hidden));
    pen.with("div", place, |pen| {
        pen.with("label", attrs!("for" = own.id()), |pen| {
            pen.text(own.label());
            if !own.required() {
                pen.say("span", "small", texts.optional);
            }
        });
        pen.with(tag, attrs, |pen| {
            pen.typed(value, Slot::Field(at));
            if tag == "select" {
                option(pen, "", texts.choose, value);
                for text in own.options() {
                    option(pen, text, text, value);
                }
            }
        });
        pen.tell(
            "p",
            attrs!(
                "id" = &help_id,
                "class" = if fault.is_empty() { "small" } else { "bad" }
            ),
            help,
        );
    });
}

fn option(pen: &mut Pen<'_>, value: &str, label: &str, chosen: &str) {
    pen.tell(
        "option",
        attrs!("value" = value, "selected" = truth(value == chosen)),
        label,
    );
}

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "" }
}

/// The first consent is the one that the form needs; the others are free.
fn consent(pen: &mut Pen<'_>, at: usize, id: &str, state: &State, site: &Bundle, texts: &Texts) {
    let Some(own) = site.notice(id, state.lang, &operators_day(state.mail.now)) else {
        return;
    };
    let ticked = state.draft.ticked(at);
    let missing = at == 0 && state.draft.tried && !ticked;
    let help = if missing {
        texts.no_consent
    } else if at > 0 {
        texts.optional_note
    } else {
        ""
    };
    let help_id = [id, "-help"].concat();
    pen.with(
        "div",
        attrs!("class" = "consent", "data-notice" = id),
        |pen| {
            pen.el("label", "tick", |pen| {
                let attrs: Attrs<'_> = attrs!(
                    "type" = "checkbox",
                    "aria-invalid" = truth(missing),
                    "aria-describedby" = if help.is_empty() { "" } else { &help_id },
                );
                pen.tick(attrs, ticked, Action::Tick(at));
                pen.say("span", "", own.sentence());
            });
            pen.tell(
                "p",
                attrs!(
                    "id" = &help_id,
                    "class" = if missing { "bad" } else { "small" }
                ),
                help,
            );
            pen.el("details", "", |pen| {
                pen.say("summary", "", texts.read_notice);
                notice::notice(pen, own.text());
            });
        },
    );
}

/// What became of what was sent: from the outbox while it is on its way, from the receipts when it has arrived.
fn outcome(pen: &mut Pen<'_>, form: Form<'_>, state: &State, site: &Bundle, texts: &Texts) {
    let mail = &state.mail;
    let ours = |id: &str| state.draft.sent.iter().any(|own| own == id);
    let mut on_the_way = false;
    let mut reason = String::new();
    for item in mail.outbox.iter().filter(|item| ours(item.text("id"))) {
        on_the_way = true;
        if item.refused() {
            reason = texts.reason(item.text("refused"), site.email());
        }
    }
    let (title, note) = if !reason.is_empty() {
        (texts.not_sent, reason.as_str())
    } else if !on_the_way {
        (texts.sent, form.done())
    } else if mail.waiting {
        (texts.waiting, texts.waiting_note)
    } else {
        (texts.sending, "")
    };
    pen.with(
        "div",
        attrs!("class" = "outcome", "role" = "status"),
        |pen| {
            pen.tell("h2", attrs!("id" = "outcome", "tabindex" = "-1"), title);
            pen.say("p", "lead", note);
            for kept in &mail.receipts {
                if ours(kept.text("id")) && !kept.text("code").is_empty() {
                    receipt::card(pen, kept, state, texts);
                }
            }
            pen.say("p", "small", &state.status);
            if !on_the_way || !reason.is_empty() {
                pen.button("quiet", texts.one_more, Action::Again);
            }
        },
    );
}
