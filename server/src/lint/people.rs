//! Rules about categories of people: for each, what for, on what ground, which data, which actions, for how long
//! (152-ФЗ, art. 18.1(1) п. 2).

use raspiska_shared::{
    lang::Lang,
    policy::Policy,
    purpose::{Action, LegalBasis, SubjectCategory, Until},
};

use super::{
    At, Place, Subject,
    lines::{Line, Lines},
    phrase::Phrase,
    rule::{Role, WORDS},
    text::finds,
};
use crate::words;

/// What the text has to say of a category besides the purpose, with our words for it.
const PARTS: [(Role, &str, &str); 4] = [
    (Role::Basis, "ground", "основание"),
    (Role::Data, "list of data", "перечень данных"),
    (Role::Actions, "actions", "действия"),
    (Role::Terms, "term", "срок"),
];

/// Categories of people of whom the policy does not say what their data are for.
pub(super) fn aimless(subject: &Subject<'_>, lines: &Lines) -> Vec<Place> {
    let mut places = Vec::new();
    for (category, people, first) in mentioned(lines) {
        if !has(lines, Role::Purposes, people) {
            places.push(lacks(first, category, "purpose", "цель"));
            let parts = missing(lines, people).map(|(en, ru)| lacks(first, category, en, ru));
            places.extend(parts);
        }
    }
    places.extend(subject.policy.into_iter().flat_map(|policy| {
        let idle = |category: &SubjectCategory| {
            policy
                .purposes
                .iter()
                .all(|purpose| purpose.category != *category)
        };
        let categories = policy.subjects.iter().map(|subjects| subjects.category);
        categories.filter(idle).map(|category| {
            Place::said(
                At::Whole,
                &format!(
                    "policy.toml: {}: no purpose",
                    words::category(Lang::En, category)
                ),
                &format!(
                    "policy.toml: {}: нет цели",
                    words::category(Lang::Ru, category)
                ),
            )
        })
    }));
    places
}

/// Categories with a purpose of whom something else is not said; purposes of the matrix with an empty list.
pub(super) fn incomplete(subject: &Subject<'_>, lines: &Lines) -> Vec<Place> {
    let mut places = Vec::new();
    for (category, people, _) in mentioned(lines) {
        if let Some(purpose) = lines.about(Role::Purposes, people).next() {
            let parts = missing(lines, people).map(|(en, ru)| lacks(purpose, category, en, ru));
            places.extend(parts);
        }
    }
    for purpose in purposes(subject.policy) {
        let lists = [
            (
                purpose.data.is_empty(),
                "the list of data is empty",
                "перечень данных пуст",
            ),
            (
                purpose.actions.is_empty(),
                "the list of actions is empty",
                "перечень действий пуст",
            ),
        ];
        let empty = lists.into_iter().filter(|(empty, ..)| *empty);
        places
            .extend(empty.map(|(_, en, ru)| Place::said(At::Purpose(purpose.id.clone()), en, ru)));
    }
    places
}

/// A term that ends when consent is withdrawn, for people whose data do not rest on consent.
pub(super) fn stop_event(subject: &Subject<'_>, lines: &Lines) -> Vec<Place> {
    let mut places = Vec::new();
    for (_, people, _) in mentioned(lines) {
        let by = |phrases: &[Phrase]| {
            lines
                .about(Role::Basis, people)
                .any(|line| finds(phrases, line))
        };
        if by(&WORDS.by_consent) || !by(&WORDS.by_contract) {
            continue;
        }
        let terms = lines.about(Role::Terms, people);
        places.extend(terms.filter_map(|line| quote(&WORDS.consent_ends, line)));
    }
    let wrong = purposes(subject.policy).filter(|purpose| {
        purpose.retention.until == Until::Withdrawal && purpose.basis != LegalBasis::Consent
    });
    places.extend(wrong.map(|purpose| {
        Place::said(
            At::Purpose(purpose.id.clone()),
            "ends with a withdrawal, but does not rest on consent",
            "прекращается отзывом, но основана не на согласии",
        )
    }));
    places
}

/// A contract as the ground for people of whom the policy itself says that others hand over their data.
pub(super) fn party(lines: &Lines) -> Vec<Place> {
    let mut places = Vec::new();
    for (_, people, _) in mentioned(lines) {
        let of_them = |line: &&Line| {
            // The term that is explained comes first: who else is named there does not matter.
            people
                .iter()
                .any(|own| own.find(&line.words).is_some_and(|at| at.start == 0))
        };
        let definition = lines.of_roles(&[Role::Definition]).filter(of_them);
        let outsiders: Vec<Place> = definition
            .filter_map(|line| quote(&WORDS.no_party, line))
            .collect();
        let by_contract = lines.about(Role::Basis, people);
        let grounds: Vec<Place> = by_contract
            .filter_map(|line| quote(&WORDS.by_contract, line))
            .collect();
        if !outsiders.is_empty() && !grounds.is_empty() {
            places.extend(grounds.into_iter().chain(outsiders));
        }
    }
    places
}

/// Nothing is collected, but the list has data that only a site, an application or a script of the operator can collect.
pub(super) fn observed(subject: &Subject<'_>, lines: &Lines) -> Vec<Place> {
    let mut places = Vec::new();
    for (_, people, _) in mentioned(lines) {
        let denied = lines
            .of_roles(&[Role::Clause])
            .filter(|line| finds(people, line));
        let denied: Vec<Place> = denied
            .filter_map(|line| quote(&WORDS.not_collected, line))
            .collect();
        let data = lines.about(Role::Data, people);
        let data: Vec<Place> = data
            .filter_map(|line| quote(&WORDS.observed, line))
            .collect();
        if !denied.is_empty() && !data.is_empty() {
            places.extend(denied.into_iter().chain(data));
        }
    }
    let uncollected: Vec<_> = purposes(subject.policy)
        .filter(|purpose| !purpose.actions.contains(&Action::Collect))
        .map(|purpose| At::Purpose(purpose.id.clone()))
        .collect();
    let matrix = lines.of_roles(&[Role::Matrix]);
    let matrix = matrix.filter(|line| uncollected.contains(&line.at));
    places.extend(matrix.filter_map(|line| quote(&WORDS.observed, line)));
    places
}

/// The categories that the text speaks of, each with the line where it does first.
fn mentioned(lines: &Lines) -> impl Iterator<Item = (SubjectCategory, &'static [Phrase], &Line)> {
    WORDS.people.iter().filter_map(|(category, people)| {
        let first = lines
            .of_roles(&[Role::Clause])
            .find(|line| finds(people, line))?;
        Some((*category, people.as_slice(), first))
    })
}

fn missing(lines: &Lines, people: &[Phrase]) -> impl Iterator<Item = (&'static str, &'static str)> {
    let absent = move |(role, ..): &(Role, _, _)| !has(lines, *role, people);
    PARTS.into_iter().filter(absent).map(|(_, en, ru)| (en, ru))
}

fn has(lines: &Lines, role: Role, people: &[Phrase]) -> bool {
    let there: Vec<&Line> = lines.about(role, people).collect();
    if role != Role::Data {
        return !there.is_empty();
    }
    let listed = |own: &&Phrase| there.iter().any(|line| own.find(&line.words).is_some());
    // One word may be there by chance: whose data, or what is not wanted.
    WORDS.data.iter().filter(listed).count() > 1
}

fn lacks(line: &Line, category: SubjectCategory, en: &str, ru: &str) -> Place {
    Place::said(
        line.at.clone(),
        &format!("{}: no {en}", words::category(Lang::En, category)),
        &format!("{}: нет: {ru}", words::category(Lang::Ru, category)),
    )
}

fn purposes(policy: Option<&Policy>) -> impl Iterator<Item = &raspiska_shared::purpose::Purpose> {
    policy.into_iter().flat_map(|policy| &policy.purposes)
}

fn quote(phrases: &[Phrase], line: &Line) -> Option<Place> {
    let found = phrases.iter().find_map(|own| own.find(&line.words))?;
    Some(Place::quoted(line.at.clone(), line.words.quote(&found)))
}
