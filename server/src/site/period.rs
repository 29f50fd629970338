//! A site on other days than the one on which it was read: nothing but the day decides what is in force.

use std::{borrow::Cow, collections::BTreeSet, ops::Bound};

use raspiska_shared::site::Site;

use super::{Loaded, MOSCOW_HOURS, SiteError, fit};
use crate::lint::{self, Finding, Severity};

impl Loaded {
    /// Do notices, forms and cookies fit the policy of the day?
    pub(super) fn fits(&self) -> Result<(), SiteError> {
        fit::notices(&self.site, &self.today)?;
        fit::forms(&self.site, &self.today)?;
        fit::cookies(&self.site, &self.today)
    }

    /// What is wrong with the forms, today and on each day to come on which something is.
    pub(crate) fn form_findings(&self) -> Vec<(String, Vec<Finding>)> {
        let days = std::iter::once(self.today.clone()).chain(self.changes());
        let found = days.map(|day| {
            let findings = lint::forms(&self.as_of(&day), &self.listed, &day);
            (day, findings)
        });
        found
            .filter(|(day, findings)| *day == self.today || !findings.is_empty())
            .collect()
    }

    /// Does no form ask what it must not, today and on each day to come?
    pub(crate) fn asks_fairly(&self) -> Result<(), SiteError> {
        let found = self.form_findings().into_iter();
        let mut all = found.flat_map(|(_, findings)| findings);
        let first = all.find(|finding| finding.rule.severity == Severity::Error);
        first.map_or(Ok(()), |finding| Err(SiteError::Form(Box::new(finding))))
    }

    /// The days to come on which something else is in force, ascending.
    pub(super) fn changes(&self) -> BTreeSet<String> {
        let editions = self.site.editions.iter().map(|edition| &edition.effective);
        let notices = self.site.notices.iter();
        let notices = notices.flat_map(|notice| [Some(&notice.since), notice.until.as_ref()]);
        let days = editions.chain(notices.flatten());
        days.filter(|day| **day > self.today).cloned().collect()
    }

    /// The site as it is on this day.
    pub(super) fn on(&self, day: &str) -> Result<Self, SiteError> {
        let mut other = self.clone();
        other.site = self.as_of(day).into_owned();
        day.clone_into(&mut other.today);
        other.fits().map_err(|source| SiteError::Coming {
            day: day.to_owned(),
            source: Box::new(source),
        })?;
        Ok(other)
    }

    /// The site at the beginning of each period to come, with its first moment, UNIX seconds.
    pub(crate) fn later(&self) -> Result<Vec<(u64, Self)>, SiteError> {
        let days = self.changes().into_iter();
        days.map(|day| Ok((midnight(&day), self.on(&day)?)))
            .collect()
    }

    /// The bundle with the policy that is in force on this day: a receipt is held against the documents of the day on which
    /// it was signed, whenever it comes.
    pub(crate) fn as_of(&self, day: &str) -> Cow<'_, Site> {
        let until = (Bound::Unbounded, Bound::Included(day));
        match self.policies.range::<str, _>(until).next_back() {
            Some((edition, policy)) if *edition != self.site.edition => {
                let mut site = self.site.clone();
                site.edition.clone_from(edition);
                site.controller.clone_from(&policy.controller);
                site.purposes.clone_from(&policy.purposes);
                Cow::Owned(site)
            }
            _ => Cow::Borrowed(&self.site),
        }
    }
}

/// The first moment of a calendar day where the operator is, UNIX seconds. Days are checked when they are read.
fn midnight(day: &str) -> u64 {
    let date = day
        .parse::<jiff::civil::Date>()
        .unwrap_or(jiff::civil::Date::MAX);
    let moment = jiff::tz::offset(MOSCOW_HOURS).to_timestamp(date.at(0, 0, 0, 0));
    let seconds = moment.map_or(i64::MAX, jiff::Timestamp::as_second);
    u64::try_from(seconds).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::day;

    #[test]
    fn a_day_begins_at_its_midnight() {
        for text in ["2025-01-01", "2026-02-28", "2027-12-31"] {
            assert_eq!(day(midnight(text)), text);
            assert_ne!(day(midnight(text) - 1), text);
        }
    }
}
