//! The rules that are words: what must not be said, not together, or not without something else; what has to be said.

use std::ops::Range;

use raspiska_shared::lang::Lang;

use super::{
    At, Place,
    lines::{Line, Lines},
    phrase::Phrase,
    rule::{Duty, Group, Role, Text},
};

/// Where the rule is broken. Without a text there is only the matrix, of which no words can be missing.
pub(super) fn look(rule: &Text, lines: &Lines, has_text: bool) -> Vec<Place> {
    let mut places = Vec::new();
    for group in &rule.found {
        let found = group_places(group, lines);
        if found.is_empty() {
            return Vec::new();
        }
        places.extend(found);
    }
    if rule.missing.is_empty() {
        return places;
    }
    let missing: Vec<&Duty> = rule
        .missing
        .iter()
        .filter(|duty| !said(&duty.roles, &duty.any, lines))
        .collect();
    if missing.is_empty() || !has_text {
        return Vec::new();
    }
    let home = rule
        .home
        .as_ref()
        .and_then(|group| group_lines(group, lines).next())
        .map(|(line, _)| line.at.clone());
    let home = home.or_else(|| Some(places.last()?.at.clone()));
    let home = home.unwrap_or(At::Whole);
    places.extend(missing.iter().map(|duty| {
        let (en, ru) = (duty.name.get(Lang::En), duty.name.get(Lang::Ru));
        Place::said(
            home.clone(),
            &format!("not said: {en}"),
            &format!("не сказано: {ru}"),
        )
    }));
    places
}

fn group_places(group: &Group, lines: &Lines) -> Vec<Place> {
    let lines = group_lines(group, lines);
    lines
        .map(|(line, quote)| Place::quoted(line.at.clone(), quote))
        .collect()
}

/// Every line with one of the phrases, with each phrase that it has; of those that overlap, the first.
fn group_lines<'a>(
    group: &'a Group,
    lines: &'a Lines,
) -> impl Iterator<Item = (&'a Line, &'a str)> {
    let excepted = |line: &Line| finds(&group.except, line);
    let lines = lines.of_roles(&group.roles);
    lines.filter(move |line| !excepted(line)).flat_map(|line| {
        let mut kept: Vec<Range<usize>> = Vec::new();
        for found in group.any.iter().filter_map(|own| own.find(&line.words)) {
            if kept
                .iter()
                .all(|own| own.end <= found.start || found.end <= own.start)
            {
                kept.push(found);
            }
        }
        kept.into_iter()
            .map(move |at| (line, line.words.quote(&at)))
    })
}

fn said(roles: &[Role], any: &[Phrase], lines: &Lines) -> bool {
    lines.of_roles(roles).any(|line| finds(any, line))
}

/// Has the line one of the phrases?
pub(super) fn finds(phrases: &[Phrase], line: &Line) -> bool {
    phrases.iter().any(|own| own.find(&line.words).is_some())
}
