//! What became of each purpose. A consent covers what was asked: whoever gave it is asked again where more is done now, and
//! only there (152-ФЗ, art. 9(1)).

use std::{cmp::Ordering, collections::BTreeSet};

use raspiska_shared::{
    lang::{Lang, Localized},
    period::Period,
    policy::Policy,
    purpose::{Action, LegalBasis, Purpose, PurposeId, Retention, SubjectCategory},
};
use serde::Serialize;

/// What became of one purpose.
#[derive(Debug, Serialize)]
pub(crate) struct Change {
    /// Its id.
    pub(crate) purpose: PurposeId,
    /// Its name, the newer one if there is one.
    pub(crate) title: Localized,
    /// In one word.
    pub(crate) verdict: Verdict,
    /// Does it take a new consent of those who gave one before?
    pub(crate) ask_again: bool,
    /// In detail.
    pub(crate) differences: Vec<Difference>,
}

/// What became of a purpose, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// It was not there before.
    New,
    /// More is done than before, or on another ground: an older consent does not cover it.
    Widened,
    /// Less is done than before.
    Narrowed,
    /// Other words for the same.
    Reworded,
    /// It is no more.
    Gone,
}

/// One difference between a purpose and what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "of", content = "is")]
pub(crate) enum Difference {
    /// Another ground.
    Basis(LegalBasis),
    /// Other people.
    Category(SubjectCategory),
    /// Data that were not in the list.
    MoreData(Localized),
    /// Data that are no longer in the list.
    LessData(Localized),
    /// An action that was not in the list.
    MoreActions(Action),
    /// An action that is no longer in the list.
    LessActions(Action),
    /// A longer term, or one that ends with another event.
    LongerTerm(Retention),
    /// A shorter term.
    ShorterTerm(Retention),
    /// Somebody who did not get data, or another country.
    MoreRecipients(Localized),
    /// Somebody who gets no more data.
    LessRecipients(Localized),
    /// Its name, its description, its clauses or the norm of its term.
    Wording,
}

impl Difference {
    /// Does an older consent not cover it?
    pub(crate) const fn widens(&self) -> bool {
        match self {
            Self::Basis(_)
            | Self::Category(_)
            | Self::LongerTerm(_)
            | Self::MoreActions(_)
            | Self::MoreData(_)
            | Self::MoreRecipients(_) => true,
            Self::LessActions(_)
            | Self::LessData(_)
            | Self::LessRecipients(_)
            | Self::ShorterTerm(_)
            | Self::Wording => false,
        }
    }
}

/// What became of each purpose that is not as it was, in the order of the newer edition; what is gone comes last.
pub(crate) fn changes(old: &Policy, new: &Policy) -> Vec<Change> {
    let before = |id: &PurposeId| old.purposes.iter().find(|own| own.id == *id);
    let kept = new.purposes.iter().filter_map(|own| match before(&own.id) {
        None => Some(Change::whole(own, Verdict::New)),
        Some(before) => changed(before, own),
    });
    let gone = old
        .purposes
        .iter()
        .filter(|before| new.purposes.iter().all(|own| own.id != before.id));
    kept.chain(gone.map(|own| Change::whole(own, Verdict::Gone)))
        .collect()
}

impl Change {
    fn whole(purpose: &Purpose, verdict: Verdict) -> Self {
        Self {
            purpose: purpose.id.clone(),
            title: purpose.title.clone(),
            verdict,
            ask_again: false,
            differences: Vec::new(),
        }
    }
}

fn changed(old: &Purpose, new: &Purpose) -> Option<Change> {
    let differences = differences(old, new);
    let widened = differences.iter().any(Difference::widens);
    let verdict = if widened {
        Verdict::Widened
    } else if differences.iter().any(|own| *own != Difference::Wording) {
        Verdict::Narrowed
    } else {
        Verdict::Reworded
    };
    (!differences.is_empty()).then(|| Change {
        ask_again: widened && new.basis == LegalBasis::Consent,
        differences,
        ..Change::whole(new, verdict)
    })
}

fn differences(old: &Purpose, new: &Purpose) -> Vec<Difference> {
    let mut all = Vec::new();
    if old.basis != new.basis {
        all.push(Difference::Basis(new.basis));
    }
    if old.category != new.category {
        all.push(Difference::Category(new.category));
    }
    // Data are the same if they are called the same in the language that governs: of other words nobody knows here whether
    // they mean the same, and then people are asked.
    let name = |datum: &Localized| datum.get(Lang::default()).to_lowercase();
    let (more, less) = apart(&old.data, &new.data, name);
    all.extend(more.cloned().map(Difference::MoreData));
    all.extend(less.cloned().map(Difference::LessData));
    let (more, less) = apart(&old.actions, &new.actions, |action| format!("{action:?}"));
    all.extend(more.copied().map(Difference::MoreActions));
    all.extend(less.copied().map(Difference::LessActions));
    all.extend(term(&old.retention, &new.retention));
    let (more, less) = apart(&old.recipients, &new.recipients, |own| {
        (
            own.name.get(Lang::default()).to_lowercase(),
            own.country.clone(),
        )
    });
    all.extend(more.map(|own| Difference::MoreRecipients(own.name.clone())));
    all.extend(less.map(|own| Difference::LessRecipients(own.name.clone())));
    let words = |own: &Purpose| {
        (
            own.title.clone(),
            own.about.clone(),
            own.clauses.clone(),
            own.retention.norm.clone(),
        )
    };
    if words(old) != words(new) {
        all.push(Difference::Wording);
    }
    all
}

/// What only the newer list has, and what only the older one had.
fn apart<'a, T, K: Ord>(
    old: &'a [T],
    new: &'a [T],
    key: impl Fn(&T) -> K + Copy + 'a,
) -> (impl Iterator<Item = &'a T>, impl Iterator<Item = &'a T>) {
    let had: BTreeSet<K> = old.iter().map(key).collect();
    let has: BTreeSet<K> = new.iter().map(key).collect();
    (
        new.iter().filter(move |own| !had.contains(&key(own))),
        old.iter().filter(move |own| !has.contains(&key(own))),
    )
}

fn term(old: &Retention, new: &Retention) -> Option<Difference> {
    let longest = |own: &Retention| own.at_most.map_or(u32::MAX, days);
    let parts = [
        longest(new).cmp(&longest(old)),
        days(new.destroy_within).cmp(&days(old.destroy_within)),
        new.backups_within
            .map_or(0, days)
            .cmp(&old.backups_within.map_or(0, days)),
    ];
    if new.until != old.until || parts.contains(&Ordering::Greater) {
        Some(Difference::LongerTerm(new.clone()))
    } else if parts.contains(&Ordering::Less) {
        Some(Difference::ShorterTerm(new.clone()))
    } else {
        None
    }
}

/// The most days that a period can have: 31 a month, 366 a year.
fn days(period: Period) -> u32 {
    match period {
        Period::Days(count) => u32::from(count),
        Period::Months(count) => u32::from(count) * 31,
        Period::Years(count) => u32::from(count) * 366,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use raspiska_shared::{party::Recipient, purpose::Until};

    use super::*;
    use crate::site::sample;

    fn policy() -> Policy {
        sample::jetcrm().policies["2025-01-01"].clone()
    }

    /// What becomes of the purpose "analytics" by a change.
    fn after(change: impl FnOnce(&mut Purpose)) -> (Verdict, bool) {
        let (old, mut new) = (policy(), policy());
        let mut purposes = new.purposes.iter_mut();
        change(purposes.find(|own| own.id.as_str() == "analytics").unwrap());
        let [change] = &changes(&old, &new)[..] else {
            panic!("one purpose was changed")
        };
        assert_eq!(change.purpose.as_str(), "analytics");
        (change.verdict, change.ask_again)
    }

    fn text(text: &str) -> Localized {
        Localized::new(BTreeMap::from([(Lang::Ru, text.to_owned())]))
    }

    #[test]
    fn more_is_asked_for_again() {
        let widened = (Verdict::Widened, true);
        assert_eq!(after(|own| own.data.push(text("голос"))), widened);
        assert_eq!(after(|own| own.actions.push(Action::Transfer)), widened);
        assert_eq!(
            after(|own| own.retention.at_most = "P2Y".parse().ok()),
            widened
        );
        assert_eq!(after(|own| own.retention.at_most = None), widened);
        assert_eq!(
            after(|own| own.retention.destroy_within = Period::Months(1)),
            widened
        );
        assert_eq!(
            after(|own| own.retention.backups_within = Some(Period::Days(1))),
            widened
        );
        assert_eq!(
            after(|own| own.retention.until = Until::PurposeReached),
            widened
        );
        assert_eq!(
            after(|own| own.category = SubjectCategory::Candidate),
            widened
        );
        let recipient = Recipient {
            name: text("ООО «Счётчик»"),
            country: "RU".to_owned(),
        };
        assert_eq!(after(|own| own.recipients.push(recipient)), widened);
        // Less in one place does not make up for more in another.
        let other = |own: &mut Purpose| own.data[0] = text("голос");
        assert_eq!(after(other), widened);
        // No consent can be asked for what does not rest on it.
        assert_eq!(
            after(|own| own.basis = LegalBasis::Contract),
            (Verdict::Widened, false)
        );
    }

    #[test]
    fn less_and_other_words_are_not() {
        let narrowed = (Verdict::Narrowed, false);
        assert_eq!(after(|own| own.data.truncate(1)), narrowed);
        assert_eq!(after(|own| own.actions.truncate(3)), narrowed);
        assert_eq!(
            after(|own| own.retention.at_most = Some(Period::Months(6))),
            narrowed
        );
        let reworded = (Verdict::Reworded, false);
        assert_eq!(after(|own| own.title = text("Счёт посещений")), reworded);
        assert_eq!(after(|own| own.clauses.truncate(1)), reworded);
        assert_eq!(
            after(|own| own.retention.norm = "ст. 5(7)".to_owned()),
            reworded
        );
    }

    #[test]
    fn a_purpose_comes_and_goes() {
        let (old, mut new) = (policy(), policy());
        assert!(changes(&old, &new).is_empty());
        new.purposes.retain(|own| own.id.as_str() != "ads");
        let verdicts = |changes: Vec<Change>| -> Vec<_> {
            let told = changes
                .into_iter()
                .map(|own| (own.purpose.to_string(), own.verdict, own.ask_again));
            told.collect()
        };
        assert_eq!(
            verdicts(changes(&old, &new)),
            [("ads".to_owned(), Verdict::Gone, false)]
        );
        assert_eq!(
            verdicts(changes(&new, &old)),
            [("ads".to_owned(), Verdict::New, false)]
        );
    }
}
