//! A site as its operator wrote it down: a directory with `site.toml`, the editions of its policy, and its notices.

mod check;
mod config;
mod error;
mod evidence;
mod fit;
mod forgotten;
mod hooks;
mod listed;
mod load;
mod look;
mod names;
mod period;
mod services;
mod witnesses;

use std::{collections::BTreeMap, path::Path};

use raspiska_shared::{
    lang::Lang,
    policy::{Policy, document::Document},
    purpose::PurposeId,
    site::Site,
};

pub(crate) use config::{Banner, GateConfig};
pub(crate) use error::SiteError;
pub(crate) use evidence::EvidenceRule;
pub(crate) use forgotten::forgotten;
pub(crate) use hooks::SiteHook;
pub(crate) use listed::Listed;
pub(crate) use load::{fitting, load, load_on, read_edition, today};
pub(crate) use look::{Look, Reopen};
pub(crate) use names::table;
pub(crate) use witnesses::{Witness, Witnesses};

/// Hours that the operator's calendar day is ahead of UTC. Moscow has had no other offset since 26.10.2014 (248-ФЗ).
pub(crate) const MOSCOW_HOURS: i8 = 3;

/// Where the operator is. Data that go elsewhere are a cross-border transfer (152-ФЗ, art. 12) and said to be one.
pub(crate) const HOME: &str = "RU";

/// The bundle of the site in `dir` as it is on the day `today`, `YYYY-MM-DD`; without the log's verifier key, which the
/// server has and the directory does not.
///
/// # Errors
/// A sentence that names the file and says what to do.
pub fn read(dir: &Path, today: &str) -> Result<Site, String> {
    load_on(dir, today)
        .map(|loaded| loaded.site)
        .map_err(|error| error.to_string())
}

/// One site, read and checked.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// The bundle that everyone gets. `log.vkey` is empty until [`Self::set_vkey`].
    pub(crate) site: Site,
    /// The exact Markdown of each edition in each language.
    pub(crate) texts: BTreeMap<(String, Lang), String>,
    /// The same texts as documents.
    pub(crate) documents: BTreeMap<(String, Lang), Document>,
    /// Each edition's data.
    pub(crate) policies: BTreeMap<String, Policy>,
    /// Which item of the policy's lists each field of a form is.
    pub(crate) listed: Listed,
    /// Who watches its log; none: nobody.
    pub(crate) witnesses: Option<Witnesses>,
    /// Of which purposes evidence is kept.
    pub(crate) evidence: BTreeMap<PurposeId, EvidenceRule>,
    /// Who is told of decisions.
    pub(crate) hooks: Vec<SiteHook>,
    /// The words of the banner, in every language of the site.
    pub(crate) banner: BTreeMap<Lang, Banner>,
    /// How its gate works.
    pub(crate) gate: GateConfig,
    /// Where its question stands.
    pub(crate) look: Look,
    /// The day on which it was read: what is in force was chosen by it.
    pub(crate) today: String,
    /// After how many days a choice about cookies is asked for again.
    pub(crate) choice_days: u16,
}

impl Loaded {
    /// Completes the bundle with the log's verifier key, which the server has and the directory does not.
    pub(crate) fn set_vkey(&mut self, vkey: String) {
        self.site.log.vkey = vkey;
    }
}

/// The calendar day, `YYYY-MM-DD`, of a moment in UNIX seconds, where the operator is.
pub(crate) fn day(unix_seconds: u64) -> String {
    let moment = i64::try_from(unix_seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .unwrap_or(jiff::Timestamp::MAX);
    jiff::tz::offset(MOSCOW_HOURS)
        .to_datetime(moment)
        .date()
        .to_string()
}

#[cfg(test)]
pub(crate) use load::fitting_on;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
