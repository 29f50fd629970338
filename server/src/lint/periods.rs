//! Rules about days: one term with two beginnings, and a policy older than the law.

use std::collections::BTreeMap;

use raspiska_shared::lang::Lang;

use super::{
    At, Place, Subject,
    lines::{Line, Lines},
    phrase::Words,
    rule::{Role, WORDS},
};

/// A number and a unit as the policy has them, and where they are.
struct Term<'a> {
    line: &'a Line,
    quote: String,
    /// The name of the event from which it is counted.
    anchor: &'static str,
}

/// The same term of the same people, counted from different events.
pub(super) fn anchors(lines: &Lines) -> Vec<Place> {
    let mut places = Vec::new();
    for people in WORDS.people.values() {
        let mut terms: BTreeMap<(String, &str), Vec<Term<'_>>> = BTreeMap::new();
        for line in lines.about(Role::Clause, people) {
            for (key, term) in counted(line) {
                terms.entry(key).or_default().push(term);
            }
        }
        for same in terms.into_values() {
            let differ = same.iter().any(|term| term.anchor != same[0].anchor);
            places.extend(same.into_iter().filter(|_| differ).map(|term| {
                let name = WORDS.anchors.get(term.anchor).map(|anchor| &anchor.name);
                let from = |lang| name.map_or("", |name| name.get(lang));
                Place::said(
                    term.line.at.clone(),
                    &format!("«{}» from {}", term.quote, from(Lang::En)),
                    &format!("«{}» {}", term.quote, from(Lang::Ru)),
                )
            }));
        }
    }
    places
}

/// The terms of a line with the events nearest to them in their sentences.
fn counted(line: &Line) -> Vec<((String, &'static str), Term<'_>)> {
    let mut all = Vec::new();
    for sentence in line.words.text().split(". ").map(Words::of) {
        let events = events(&sentence);
        for at in 0..sentence.len() {
            let Some((number, unit, end)) = term(&sentence, at) else {
                continue;
            };
            let distance = |place: usize| place.abs_diff(at);
            let Some((_, anchor)) = events.iter().min_by_key(|(place, _)| distance(*place)) else {
                continue;
            };
            let quote = sentence.quote(&(at..end)).to_owned();
            all.push((
                (number, unit),
                Term {
                    line,
                    quote,
                    anchor,
                },
            ));
        }
    }
    all
}

fn events(sentence: &Words) -> Vec<(usize, &'static str)> {
    let mut events = Vec::new();
    for (name, anchor) in &WORDS.anchors {
        let places = anchor.any.iter().flat_map(|own| own.find_all(sentence));
        events.extend(places.map(|place| (place.start, name.as_str())));
    }
    events
}

/// `30 дней`, or `30 (тридцати) дней`, at this word: the number, the unit's name and the word after it.
fn term(sentence: &Words, at: usize) -> Option<(String, &'static str, usize)> {
    let number = sentence.get(at)?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut units = WORDS
        .units
        .iter()
        .flat_map(|(name, any)| any.iter().map(move |own| (name, own)));
    units.find_map(|(name, own)| {
        let unit = own
            .find_all(sentence)
            .into_iter()
            .find(|unit| unit.start == at + 1 || unit.start == at + 2)?;
        Some((number.to_owned(), name.as_str(), unit.end))
    })
}

/// Changes of the law since the policy came into force.
pub(super) fn calendar(subject: &Subject<'_>) -> Vec<Place> {
    let Some(effective) = subject.effective else {
        return Vec::new();
    };
    let since = WORDS.calendar.iter();
    let since = since
        .filter(|change| effective < change.day.as_str() && change.day.as_str() <= subject.today);
    since
        .map(|change| {
            let (en, ru) = (change.what.get(Lang::En), change.what.get(Lang::Ru));
            let day = &change.day;
            Place::said(At::Head, &format!("{day}: {en}"), &format!("{day}: {ru}"))
        })
        .collect()
}
