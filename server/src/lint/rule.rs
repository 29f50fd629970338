//! The rules as data: `www/lint`. What a rule says, what it looks for and the norm it comes from are there, for a lawyer to
//! correct; the code knows only how to look.

use std::{collections::BTreeMap, sync::LazyLock};

use raspiska_shared::{lang::Localized, purpose::SubjectCategory};
use serde::{Deserialize, Serialize};

use super::phrase::{Phrase, Words};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(include_str!(concat!("../../../www/lint/", $name, ".toml"))),*]
    };
}

/// The rules, by what they are about.
const FILES: &[&str] = &files![
    "people", "terms", "consent", "cookies", "rights", "operator", "wording",
];

const FORMS: &str = include_str!("../../../www/lint/forms.toml");

const VOCABULARY: &str = include_str!("../../../www/lint/vocabulary.toml");

/// Every rule, in the order of the ids. A test reads every file: none is lost here.
pub(super) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let files = FILES.iter().filter_map(|text| toml::from_str(text).ok());
    let mut rules: Vec<Rule> = files.flat_map(|file: File| file.rules).collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules
});

/// The rules about forms, in the order of the ids.
pub(super) static FORM_RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| toml::from_str(FORMS).map_or_else(|_| Vec::new(), |file: File| file.rules));

/// The words that several rules need. A test reads the file.
pub(super) static WORDS: LazyLock<Vocabulary> =
    LazyLock::new(|| toml::from_str(VOCABULARY).unwrap_or_default());

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "rule")]
    rules: Vec<Rule>,
}

/// How much a finding weighs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// Worth knowing.
    Info,
    /// May be held against the operator.
    Warning,
    /// Against the law, or against the policy's own words.
    Error,
}

/// How well the norm of a rule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Mark {
    /// From memory: a lawyer has to check it.
    M,
    /// Read in a primary text.
    P,
    /// From a secondary source.
    S,
}

/// One rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// Its id, `L01`.
    pub(crate) id: String,
    /// How much it weighs.
    pub(crate) severity: Severity,
    /// The rule in one sentence.
    pub(crate) says: Localized,
    /// What to do.
    pub(crate) advice: Localized,
    /// The norm that it comes from.
    pub(crate) norm: String,
    /// How well that norm is known.
    pub(crate) mark: Mark,
    /// What it looks for in the text.
    #[serde(skip_serializing)]
    pub(super) text: Option<Text>,
    /// What it looks at besides.
    #[serde(skip_serializing)]
    pub(super) also: Option<Also>,
    /// What it looks at in a form.
    #[serde(skip_serializing)]
    pub(super) form: Option<OfForm>,
    /// A text that breaks it.
    #[serde(skip_serializing)]
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for whoever reads the rule, and for the tests")
    )]
    pub(super) bad: String,
    /// A text that keeps it.
    #[serde(skip_serializing)]
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for whoever reads the rule, and for the tests")
    )]
    pub(super) good: String,
}

/// Broken where all of `found` are in the text, and, if anything has to be there, not all of `missing` is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    /// Each has to be there.
    #[serde(default)]
    pub(super) found: Vec<Group>,
    /// What the policy has to say.
    #[serde(default)]
    pub(super) missing: Vec<Duty>,
    /// Where what is missing would be expected.
    pub(super) home: Option<Group>,
}

/// Phrases of one meaning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    /// The kinds of lines; none: the whole text.
    #[serde(default, rename = "in")]
    pub(super) roles: Vec<Role>,
    /// One of these.
    pub(super) any: Vec<Phrase>,
    /// But not in a line with one of these.
    #[serde(default)]
    pub(super) except: Vec<Phrase>,
}

/// Something that a policy has to say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Duty {
    /// What it is.
    pub(super) name: Localized,
    /// The kinds of lines; none: the whole text.
    #[serde(default, rename = "in")]
    pub(super) roles: Vec<Role>,
    /// It is said with one of these.
    pub(super) any: Vec<Phrase>,
}

/// Checks that are more than words: one function each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Also {
    /// A category of people without a purpose.
    Aimless,
    /// Advertising on another ground than consent.
    Advertising,
    /// One term, counted from two events.
    Anchors,
    /// Older than the law.
    Calendar,
    /// No longest term in the matrix.
    Endless,
    /// A category with a purpose, but without ground, data, actions or term.
    Incomplete,
    /// Data that only a script can collect, where nothing is collected.
    Observed,
    /// Who the operator is, in the matrix; a mailbox elsewhere than the site.
    Operator,
    /// A contract to which the person is no party.
    Party,
    /// A term that ends with consent, where the ground is another.
    StopEvent,
    /// Data are handed over, and nobody is named.
    Transfer,
}

/// What is looked at in the forms of a site: one function each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OfForm {
    /// Advertising without which a form is not sent.
    Condition,
    /// The words of the fields.
    Fields,
    /// The words of the form and of its consent documents.
    Texts,
    /// Data that the policy does not list.
    Unlisted,
}

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// Which actions are done.
    Actions,
    /// On which ground.
    Basis,
    /// A clause or a bullet of it.
    Clause,
    /// Which data.
    Data,
    /// What a term means.
    Definition,
    /// After the last section.
    Foot,
    /// Before the first section.
    Head,
    /// A section's heading.
    Heading,
    /// A purpose of the matrix.
    Matrix,
    /// What for.
    Purposes,
    /// For how long.
    Terms,
}

/// The words that several rules need.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vocabulary {
    /// Sections whose headings say what they are for.
    sections: BTreeMap<Role, Vec<Phrase>>,
    /// Clauses that say so themselves.
    clauses: BTreeMap<Role, Vec<Phrase>>,
    /// How a policy speaks of each category of people.
    pub(super) people: BTreeMap<SubjectCategory, Vec<Phrase>>,
    /// A line that lists data has two of these.
    pub(super) data: Vec<Phrase>,
    /// Data that only the site or a script can collect.
    pub(super) observed: Vec<Phrase>,
    /// Nothing is collected.
    pub(super) not_collected: Vec<Phrase>,
    /// The ground is consent.
    pub(super) by_consent: Vec<Phrase>,
    /// The ground is a contract.
    pub(super) by_contract: Vec<Phrase>,
    /// The term ends with consent.
    pub(super) consent_ends: Vec<Phrase>,
    /// In a definition: somebody else hands over the person's data.
    pub(super) no_party: Vec<Phrase>,
    /// A purpose of advertising, by its id or its name.
    pub(super) advertising: Vec<Phrase>,
    /// Units of time, each with its name.
    pub(super) units: BTreeMap<String, Vec<Phrase>>,
    /// From what a term is counted, each with its name.
    pub(super) anchors: BTreeMap<String, Anchor>,
    /// When the law changed.
    pub(super) calendar: Vec<Change>,
}

/// An event from which terms are counted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Anchor {
    /// What it is called.
    pub(super) name: Localized,
    /// How it is written.
    pub(super) any: Vec<Phrase>,
}

/// A day on which the law changed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// `YYYY-MM-DD`.
    pub(super) day: String,
    /// What changed.
    pub(super) what: Localized,
}

impl Vocabulary {
    /// What a section with this heading is for.
    pub(super) fn sections(&self, heading: &Words) -> impl Iterator<Item = Role> {
        roles(&self.sections, heading)
    }

    /// What this clause and its bullets are for.
    pub(super) fn clauses(&self, clause: &Words) -> impl Iterator<Item = Role> {
        roles(&self.clauses, clause)
    }
}

fn roles(table: &BTreeMap<Role, Vec<Phrase>>, words: &Words) -> impl Iterator<Item = Role> {
    let found = |phrases: &Vec<Phrase>| phrases.iter().any(|own| own.find(words).is_some());
    let rows = table.iter().filter(move |(_, phrases)| found(phrases));
    rows.map(|(role, _)| *role)
}

#[cfg(test)]
pub(super) fn read() -> Result<(), toml::de::Error> {
    toml::from_str::<Vocabulary>(VOCABULARY)?;
    toml::from_str::<File>(FORMS)?;
    for text in FILES {
        toml::from_str::<File>(text)?;
    }
    Ok(())
}
