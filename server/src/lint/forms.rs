//! Rules about forms: what they ask, for what, and with which words beside the consent.

use raspiska_shared::{
    lang::{Lang, Localized},
    purpose::Purpose,
    site::{Field, Form, Site},
};

use super::{
    Finding, Place, each_once,
    matrix::is_advertising,
    phrase::Words,
    rule::{FORM_RULES, Group, OfForm, Rule},
};
use crate::{lint::At, site::Listed};

/// All that is found in the forms of a site on this day, in the order of the rules.
pub(crate) fn forms(site: &Site, listed: &Listed, today: &str) -> Vec<Finding> {
    let asked = Asked {
        site,
        listed,
        today,
    };
    let findings = FORM_RULES.iter().map(|rule| {
        let places = site.forms.iter().flat_map(|form| asked.look(rule, form));
        Finding {
            rule,
            places: each_once(places.collect()),
        }
    });
    findings
        .filter(|finding| !finding.places.is_empty())
        .collect()
}

struct Asked<'a> {
    site: &'a Site,
    listed: &'a Listed,
    today: &'a str,
}

impl<'a> Asked<'a> {
    fn look(&self, rule: &Rule, form: &'a Form) -> Vec<Place> {
        let groups = rule.text.iter().flat_map(|text| &text.found);
        match rule.form {
            Some(OfForm::Condition) => self.condition(form),
            Some(OfForm::Fields) => groups.flat_map(|group| self.fields(form, group)).collect(),
            Some(OfForm::Texts) => groups.flat_map(|group| self.texts(form, group)).collect(),
            Some(OfForm::Unlisted) => self.unlisted(form),
            None => Vec::new(),
        }
    }

    /// Fields that are in no item of the list of a purpose whose receipt commits to them.
    fn unlisted(&self, form: &Form) -> Vec<Place> {
        let mut places = Vec::new();
        for field in &form.fields {
            let words = self.listed.of(&form.name, &field.id);
            let notices = [&form.notice].into_iter().chain(&field.also_for);
            for (purpose, _) in notices.flat_map(|notice| self.purposes(notice)) {
                let named = |item: &Localized| words.iter().any(|word| item.says(word));
                if !purpose.data.iter().any(named) {
                    places.push(not_listed(form, field, words, purpose));
                }
            }
        }
        places
    }

    /// Advertising that has to be allowed before the form is sent, unless the form is for nothing else.
    fn condition(&self, form: &Form) -> Vec<Place> {
        let notices = [&form.notice].into_iter().chain(&form.optional);
        let mut all = notices.flat_map(|notice| self.purposes(notice));
        if all.all(|(purpose, _)| is_advertising(purpose)) {
            return Vec::new();
        }
        let own = self.purposes(&form.notice);
        let forced = own.filter(|(purpose, required)| *required && is_advertising(purpose));
        let place = |(purpose, _): (&Purpose, bool)| {
            let id = &purpose.id;
            Place::said(
                At::Form(form.name.clone()),
                &format!("is not sent without {id}"),
                &format!("не отправляется без {id}"),
            )
        };
        forced.map(place).collect()
    }

    /// Words in a form or in one of its consent documents.
    fn texts(&self, form: &Form, group: &Group) -> Vec<Place> {
        let mut places = Vec::new();
        for id in [&form.notice].into_iter().chain(&form.optional) {
            for &lang in &self.site.languages {
                let notice = self.site.notice(id, lang, self.today);
                let text = notice.map_or("", |notice| &notice.text);
                places.extend(said(At::Notice(id.clone(), lang), text, group));
            }
        }
        let at = At::Form(form.name.clone());
        for text in [&form.title, &form.lead, &form.submit] {
            places.extend(self.said(&at, text, group));
        }
        for field in &form.fields {
            let at = at_field(form, field);
            for text in [&field.label, &field.hint]
                .into_iter()
                .chain(&field.options)
            {
                places.extend(self.said(&at, text, group));
            }
        }
        places
    }

    /// Words that say what a field asks for. Its options are answers: a clinic may be somebody's topic.
    fn fields(&self, form: &Form, group: &Group) -> Vec<Place> {
        let at = At::Form(form.name.clone());
        let lead = self.said(&at, &form.lead, group);
        let fields = form.fields.iter().flat_map(|field| {
            let at = at_field(form, field);
            let mut places = said(at.clone(), &field.id, group);
            for text in [&field.label, &field.hint] {
                places.extend(self.said(&at, text, group));
            }
            for words in self.listed.of(&form.name, &field.id) {
                places.extend(said(at.clone(), words, group));
            }
            places
        });
        lead.into_iter().chain(fields).collect()
    }

    fn said(&self, at: &At, text: &Localized, group: &Group) -> Vec<Place> {
        let languages = self.site.languages.iter();
        let versions = languages.filter(|lang| text.has(**lang));
        versions
            .flat_map(|lang| said(at.clone(), text.get(*lang), group))
            .collect()
    }

    /// What a notice asks about today, and whether nothing is sent without it.
    fn purposes(&self, notice: &str) -> impl Iterator<Item = (&'a Purpose, bool)> {
        let governing = self.site.languages.first().copied().unwrap_or_default();
        let notice = self.site.notice(notice, governing, self.today);
        let asked = notice.into_iter().flat_map(|notice| &notice.purposes);
        asked.filter_map(|asked| {
            let mut all = self.site.purposes.iter();
            let purpose = all.find(|purpose| purpose.id == asked.id)?;
            Some((purpose, asked.required))
        })
    }
}

/// Each sentence in which one of the phrases is. A sentence that says what is not asked for, is not meant.
fn said(at: At, text: &str, group: &Group) -> Vec<Place> {
    let sentences = text.split(['.', '!', '?', ';', '\n']).map(Words::of);
    let found = sentences.filter_map(|words| {
        if group.except.iter().any(|own| own.find(&words).is_some()) {
            return None;
        }
        let quote = group.any.iter().find_map(|own| own.find(&words))?;
        Some(Place::quoted(at.clone(), words.quote(&quote)))
    });
    found.collect()
}

fn at_field(form: &Form, field: &Field) -> At {
    At::Field(form.name.clone(), field.id.clone())
}

fn not_listed(form: &Form, field: &Field, words: &[String], purpose: &Purpose) -> Place {
    let id = &purpose.id;
    let has = |lang| {
        let items = purpose.data.iter().map(|item| item.get(lang));
        let items: Vec<String> = items.map(|item| format!("«{item}»")).collect();
        items.join(", ")
    };
    let (en, ru) = if words.is_empty() {
        ("data is not said".to_owned(), "data не указано".to_owned())
    } else {
        let words = words.join("», «");
        (format!("data = «{words}»"), format!("data = «{words}»"))
    };
    Place::said(
        at_field(form, field),
        &format!("{en}; the list of {id} has {}", has(Lang::Ru)),
        &format!("{ru}; в перечне {id} есть {}", has(Lang::Ru)),
    )
}
