//! A form in the hands of a person: what was typed, what is missing, what is sent. Pure.

use raspiska_shared::receipt::State;

use crate::{
    bundle::{Bundle, Field, Form},
    json::Json,
    outbox::{Item, Occasion, REPRESENTATIVE},
    texts::{self, Texts},
};

/// What was typed and ticked so far. Nothing is ticked beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    /// One value for each field.
    pub(crate) values: Vec<String>,
    /// The form's notice first, then the optional ones.
    pub(crate) ticks: Vec<bool>,
    /// The person tried to send it, so errors are shown.
    pub(crate) tried: bool,
    /// The outbox items that it became.
    pub(crate) sent: Vec<String>,
}

impl Draft {
    /// An empty one.
    pub(crate) fn new(form: Form<'_>) -> Self {
        Self {
            values: vec![String::new(); form.fields().count()],
            ticks: vec![false; form.notices().count()],
            ..Self::default()
        }
    }

    /// What is wrong with a field; empty: nothing.
    pub(crate) fn fault(&self, at: usize, field: Field<'_>, texts: &Texts) -> String {
        let value = self.value(at);
        if value.is_empty() {
            return if field.required() {
                texts::fill(texts.fill, field.label())
            } else {
                String::new()
            };
        }
        if value.chars().count() > field.max() {
            return texts::fill(texts.too_long, &texts::digits(field.max() as u64));
        }
        let (fits, sentence) = match field.kind() {
            "email" => (is_email(value), texts.bad_email),
            "phone" => (is_phone(value), texts.bad_phone),
            "url" => (value.starts_with("http"), texts.bad_url),
            _ => (true, ""),
        };
        String::from(if fits { "" } else { sentence })
    }

    /// Does a representative sign, at the age that was chosen?
    pub(crate) fn represented(&self, form: Form<'_>) -> bool {
        let mut fields = form.fields().enumerate();
        fields.any(|(at, field)| field.represents(self.value(at)))
    }

    /// How many places there are to correct; the consent without which nothing may be sent is one of them.
    pub(crate) fn faults(&self, form: Form<'_>, texts: &Texts) -> usize {
        let represented = self.represented(form);
        let fields = form.fields().enumerate();
        let wrong = fields
            .filter(|(at, field)| {
                (represented || !field.of_representative())
                    && !self.fault(*at, *field, texts).is_empty()
            })
            .count();
        wrong + usize::from(!self.ticked(0))
    }

    /// What was typed into a field.
    pub(crate) fn value(&self, at: usize) -> &str {
        self.values.get(at).map_or("", |value| value.trim())
    }

    /// Is the box of a notice ticked?
    pub(crate) fn ticked(&self, at: usize) -> bool {
        self.ticks.get(at) == Some(&true)
    }

    /// One item for each notice of the form: the required one with every field that was filled in, an optional one with those
    /// that it covers, or, if it was left unticked, the refusal and no data.
    pub(crate) fn items(
        &self,
        form: Form<'_>,
        bundle: &Bundle,
        occasion: &Occasion<'_>,
        id: &mut dyn FnMut() -> String,
    ) -> Vec<Item> {
        let mut items = Vec::new();
        let represented = self.represented(form);
        for (at, notice) in form.notices().enumerate() {
            let Some(notice) = bundle.notice(notice, occasion.lang, occasion.day) else {
                continue;
            };
            let state = if self.ticked(at) {
                State::Given
            } else {
                State::Refused
            };
            let mut decisions = Vec::new();
            for purpose in notice.purposes() {
                decisions.push((purpose, state));
            }
            let named = [notice.id(), notice.lang(), notice.sha256()];
            let mut item = Item::new(
                &id(),
                "form",
                form.category(),
                named,
                &decisions,
                bundle,
                occasion,
            );
            let mut fields = Vec::new();
            for (place, field) in form.fields().enumerate() {
                let covered = (at == 0 || field.is_also_for(notice.id()))
                    && (represented || !field.of_representative());
                let value = self.value(place);
                if covered && self.ticked(at) && !value.is_empty() {
                    fields.push(Json::List(vec![
                        Json::from_text(field.id()),
                        Json::from_text(value),
                    ]));
                }
            }
            if represented {
                item.0.set("by", Json::from_text(REPRESENTATIVE));
            }
            if !fields.is_empty() {
                item.0.set("fields", Json::List(fields));
            }
            items.push(item);
        }
        items
    }
}

/// Catches slips of the finger and lets every address through that may exist.
fn is_email(value: &str) -> bool {
    let Some((name, domain)) = value.split_once('@') else {
        return false;
    };
    let dots = domain.starts_with('.') || domain.ends_with('.') || !domain.contains('.');
    !name.is_empty() && !dots && !value.contains(' ')
}

/// ITU-T E.164 has up to 15 digits; how they are grouped is a matter of taste.
fn is_phone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (10..=15).contains(&digits)
        && value
            .bytes()
            .all(|b| b.is_ascii_digit() || b" +-().".contains(&b))
}

#[cfg(test)]
mod tests;
