//! What a policy says that it should not, and what it does not say: the rules of `www/lint` over its text and its matrix.
//!
//! The rules F01 to F04 are about what the forms of a site ask: [`forms`]. Those of error stop a start.
//!
//! A rule is data: phrases that must not be there, or not together, and phrases that have to be. What is more than words is
//! in [`people`], [`periods`] and [`matrix`]. Whether a finding holds is a lawyer's question; that it is found is this
//! module's.

mod forms;
mod lines;
mod matrix;
mod people;
mod periods;
mod phrase;
mod rule;
mod text;

use std::{collections::BTreeMap, fmt};

use raspiska_shared::{
    lang::{Lang, Localized},
    policy::{Policy, document::Document},
    purpose::PurposeId,
};
use serde::{Serialize, Serializer};

use self::{
    lines::Lines,
    rule::{Also, FORM_RULES, RULES, WORDS},
};
pub(crate) use forms::forms;
pub(crate) use rule::{Rule, Severity};

/// What is looked at. The text is the Russian one: the law's words are Russian, and so are the rules'.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Subject<'a> {
    /// The text.
    pub(crate) document: Option<&'a Document>,
    /// The matrix.
    pub(crate) policy: Option<&'a Policy>,
    /// First day in force, `YYYY-MM-DD`.
    pub(crate) effective: Option<&'a str>,
    /// The day of the look: changes of the law that are still to come are nobody's fault.
    pub(crate) today: &'a str,
}

/// A rule that is broken, and where.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    /// The rule.
    #[serde(flatten)]
    pub(crate) rule: &'static Rule,
    /// Where, in the order of the text; at least one.
    pub(crate) places: Vec<Place>,
}

/// One place where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    /// The place.
    pub(crate) at: At,
    /// The words there, or what is missing.
    pub(crate) what: Localized,
}

/// A place in a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum At {
    /// Before the first section.
    Head,
    /// A section.
    Section(u16),
    /// A clause of a section.
    Clause(u16, u16),
    /// After the last section.
    Foot,
    /// The text as a whole.
    Whole,
    /// The operator's card in the matrix.
    Controller,
    /// A purpose of the matrix.
    Purpose(PurposeId),
    /// A form of the site.
    Form(String),
    /// A form and one of its fields.
    Field(String, String),
    /// A consent document in one language.
    Notice(String, Lang),
}

/// All that is found, in the order of the rules.
pub(crate) fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let lines = Lines::of(subject.document, subject.policy, &WORDS);
    let findings = RULES.iter().map(|rule| {
        let mut places = rule
            .text
            .as_ref()
            .map(|text| text::look(text, &lines, subject.document.is_some()))
            .unwrap_or_default();
        if let Some(also) = rule.also {
            places.extend(look(also, subject, &lines));
        }
        places.sort_by(|a, b| a.at.cmp(&b.at));
        let places = each_once(places);
        Finding { rule, places }
    });
    findings
        .filter(|finding| !finding.places.is_empty())
        .collect()
}

/// Is there a rule with this id?
pub(crate) fn has_rule(id: &str) -> bool {
    let mut all = RULES.iter().chain(FORM_RULES.iter());
    all.any(|rule| rule.id == id)
}

fn each_once(places: Vec<Place>) -> Vec<Place> {
    let mut kept = Vec::new();
    for place in places {
        if !kept.contains(&place) {
            kept.push(place);
        }
    }
    kept
}

fn look(also: Also, subject: &Subject<'_>, lines: &Lines) -> Vec<Place> {
    match also {
        Also::Advertising => matrix::advertising(subject),
        Also::Aimless => people::aimless(subject, lines),
        Also::Anchors => periods::anchors(lines),
        Also::Calendar => periods::calendar(subject),
        Also::Endless => matrix::endless(subject),
        Also::Incomplete => people::incomplete(subject, lines),
        Also::Observed => people::observed(subject, lines),
        Also::Operator => matrix::operator(subject),
        Also::Party => people::party(lines),
        Also::StopEvent => people::stop_event(subject, lines),
        Also::Transfer => matrix::transfer(subject),
    }
}

impl Place {
    /// Words of the policy itself.
    fn quoted(at: At, text: &str) -> Self {
        let quote = format!("«{text}»");
        Self::said(at, &quote, &quote)
    }

    /// Words of ours.
    fn said(at: At, en: &str, ru: &str) -> Self {
        let what = BTreeMap::from([(Lang::En, en.to_owned()), (Lang::Ru, ru.to_owned())]);
        Self {
            at,
            what: Localized::new(what),
        }
    }
}

/// In one sentence, for whoever is refused by it.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in &self.places {
            write!(f, "{}: {}; ", place.at, place.what.get(Lang::En))?;
        }
        let rule = self.rule;
        let (says, advice) = (rule.says.get(Lang::En), rule.advice.get(Lang::En));
        write!(f, "{}: {says} {advice} ({})", rule.id, rule.norm)
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head => f.write_str("head"),
            Self::Section(section) => write!(f, "{section}"),
            Self::Clause(section, clause) => write!(f, "{section}.{clause}"),
            Self::Foot => f.write_str("foot"),
            Self::Whole => f.write_str("text"),
            Self::Controller => f.write_str("controller"),
            Self::Purpose(id) => write!(f, "purpose {id}"),
            Self::Form(form) => write!(f, "form {form}"),
            Self::Field(form, field) => write!(f, "form {form}, field {field}"),
            Self::Notice(id, lang) => write!(f, "notice {id}.{}", lang.tag()),
        }
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod forms_tests;
#[cfg(test)]
mod tests;
