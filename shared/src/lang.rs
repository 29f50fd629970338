//! Languages and texts that exist in several of them.

use alloc::{collections::BTreeMap, string::String};
use serde::{Deserialize, Serialize};

/// A language of the interface and of the documents, by its BCP 47 tag.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    En,
    /// Russian, the language that governs.
    #[default]
    Ru,
}

impl Lang {
    /// Every language, the governing one first.
    pub const ALL: [Self; 2] = [Self::Ru, Self::En];

    /// The BCP 47 tag: `ru` or `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// The language of a tag such as `en-GB`, if we speak it.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|lang| lang.tag().eq_ignore_ascii_case(primary))
    }
}

/// One text in several languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Localized(BTreeMap<Lang, String>);

impl Localized {
    /// A text from its versions.
    #[must_use]
    pub fn new(versions: BTreeMap<Lang, String>) -> Self {
        Self(versions)
    }

    /// The text in `lang`, else in the governing language, else in any.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        self.0
            .get(&lang)
            .or_else(|| self.0.get(&Lang::default()))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// Is this the text, in whatever language?
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.0.values().any(|version| version == text)
    }

    /// Is there no version at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Is there a version in `lang`?
    #[must_use]
    pub fn has(&self, lang: Lang) -> bool {
        self.0.contains_key(&lang)
    }
}
