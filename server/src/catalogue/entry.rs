//! One entry: the members of `www/services/<id>.toml`.

use std::collections::BTreeMap;

use raspiska_shared::{
    lang::Localized,
    site::{Cookie, Service, Step},
};
use serde::{Deserialize, Serialize};

/// A service, as every site that uses it would describe it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// What `use` names, and the service's id in `data-service`.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: Localized,
    /// The legal person that gets the data.
    pub(crate) provider: Localized,
    /// ISO 3166 code of where the data go.
    pub(crate) country: String,
    /// What it usually is for.
    pub(crate) purposes: Vec<Usual>,
    /// What it does, in a sentence or two.
    pub(crate) about: Localized,
    /// Addresses of its scripts, frames and pixels.
    pub(crate) patterns: Vec<String>,
    /// Addresses that belong to it.
    pub(crate) examples: Vec<String>,
    /// Addresses that look alike and do not.
    pub(crate) not: Vec<String>,
    /// What a page has in the place of the service's own code.
    pub(crate) start: String,
    /// What stops it where it runs.
    pub(crate) stop: Vec<Step>,
    /// The flags of Google Consent Mode that a decision about a category sets.
    #[serde(default)]
    pub(crate) signal: BTreeMap<Usual, Vec<String>>,
    /// What it stores, as far as that is known.
    #[serde(default)]
    pub(crate) cookies: Vec<Cookie>,
}

/// What services are for, by the usual ids of categories. A site may call its own otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Usual {
    Ads,
    Analytics,
    Functional,
    Maps,
    Media,
}

impl Usual {
    const ALL: [Self; 5] = [
        Self::Ads,
        Self::Analytics,
        Self::Functional,
        Self::Maps,
        Self::Media,
    ];

    /// The usual id of its category.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Ads => "ads",
            Self::Analytics => "analytics",
            Self::Functional => "functional",
            Self::Maps => "maps",
            Self::Media => "media",
        }
    }

    /// What a category is for, if its id is a usual one.
    pub(crate) fn of(category: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.id() == category)
    }
}

impl Entry {
    /// The service as a site has it in this category.
    pub(crate) fn service(self, category: &str) -> Service {
        let signal = Usual::of(category).and_then(|usual| self.signal.get(&usual).cloned());
        Service {
            id: self.id,
            name: self.name,
            provider: self.provider,
            country: self.country,
            about: self.about,
            patterns: self.patterns,
            cookies: self.cookies,
            stop: self.stop,
            signal: signal.unwrap_or_default(),
            consent_mode: false,
        }
    }
}
