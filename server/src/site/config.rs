//! `site.toml`: what an operator decides about one site besides its policy and its notices.

use std::collections::BTreeMap;

use raspiska_shared::{
    lang::{Lang, Localized},
    notice::NoticePurpose,
    site::Service,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::{listed::FormConfig, look::LookConfig};

/// The file's members. An unknown one is an error: a misspelt one would otherwise silently not be there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteConfig {
    /// The site's id in paths.
    pub(crate) site: String,
    /// Its audience in receipts: the host name that people know.
    pub(crate) audience: String,
    /// Languages of its documents, the governing one first.
    pub(crate) languages: Vec<Lang>,
    /// The log's origin is this and the site's id.
    pub(crate) log_host: String,
    /// Who watches the log; nobody, unless it is there.
    #[serde(default)]
    pub(crate) log: LogConfig,
    /// After how many days a choice about cookies is asked for again.
    pub(crate) choice_days: u16,
    /// The banner's words.
    pub(crate) banner: BTreeMap<Lang, Banner>,
    /// Where the question stands.
    #[serde(default)]
    pub(crate) look: LookConfig,
    /// How the gate works.
    #[serde(default)]
    pub(crate) gate: GateConfig,
    /// Which purposes keep evidence of what is destroyed.
    #[serde(default)]
    pub(crate) evidence: Vec<EvidenceConfig>,
    /// The operator's other systems that are told of decisions.
    #[serde(default, rename = "hook")]
    pub(crate) hooks: Vec<HookConfig>,
    /// The consent documents.
    #[serde(default, rename = "notice")]
    pub(crate) notices: Vec<NoticeConfig>,
    /// The forms that collect data.
    #[serde(default, rename = "form")]
    pub(crate) forms: Vec<FormConfig>,
    /// The categories of cookies.
    #[serde(default)]
    pub(crate) cookies: Vec<CategoryConfig>,
}

/// A category of cookies.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategoryConfig {
    /// Its id.
    pub(crate) id: String,
    /// Its notice; none: always on.
    pub(crate) notice: Option<String>,
    /// Its name.
    pub(crate) title: Localized,
    /// One sentence for a person who decides.
    pub(crate) about: Localized,
    /// Who sets them.
    #[serde(default)]
    pub(crate) services: Vec<ServiceConfig>,
}

/// A service: with `use` it is from the catalogue, else it is written out.
#[derive(Debug)]
pub(crate) enum ServiceConfig {
    /// Named.
    Used(Used),
    /// Written out.
    Written(Box<Service>),
}

/// A service of the catalogue, with the little that a site decides itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Used {
    /// Its id in the catalogue, and on the site.
    #[serde(rename = "use")]
    pub(crate) from: String,
    /// The site's number with the service, where it needs one.
    pub(crate) id: Option<String>,
    /// Another name.
    #[serde(default)]
    pub(crate) name: Localized,
    /// Another description.
    #[serde(default)]
    pub(crate) about: Localized,
    /// Are decisions told to Google's tags?
    #[serde(default)]
    pub(crate) consent_mode: bool,
}

impl<'de> Deserialize<'de> for ServiceConfig {
    // By hand: of an untagged enum serde says only that no variant fits.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = toml::Table::deserialize(deserializer)?;
        let read = if table.contains_key("use") {
            table.try_into().map(Self::Used)
        } else {
            table.try_into().map(Self::Written)
        };
        read.map_err(|error| D::Error::custom(error.message()))
    }
}

/// `[log]`: the witnesses and how many of them have to cosign a checkpoint before it is published.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogConfig {
    /// How many; to be named as soon as there is a witness.
    pub(crate) quorum: Option<usize>,
    /// `[[log.witness]]`
    #[serde(default, rename = "witness")]
    pub(crate) witnesses: Vec<WitnessConfig>,
}

/// One witness.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WitnessConfig {
    /// Its verifier key, C2SP tlog-cosignature.
    pub(crate) vkey: String,
    /// Its submission prefix, C2SP tlog-witness.
    pub(crate) url: String,
}

/// Evidence of one purpose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceConfig {
    /// The purpose.
    pub(crate) purpose: String,
    /// For how many days.
    pub(crate) days: u16,
    /// On what ground.
    pub(crate) norm: String,
}

/// One of the operator's other systems.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HookConfig {
    /// Its name.
    pub(crate) name: String,
    /// Where it listens.
    pub(crate) url: String,
    /// What it is told of.
    pub(crate) events: Vec<String>,
    /// `beginning`: also of what was logged before.
    pub(crate) from: Option<String>,
    /// How many days before its last one a duty is told of.
    pub(crate) near_days: Option<i32>,
}

/// What the banner says, in one language. The loader gets it as it is.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Banner {
    /// The question.
    pub(crate) title: String,
    /// What a yes and a no mean.
    pub(crate) body: String,
    /// The button that gives all.
    pub(crate) all: String,
    /// The button that refuses all.
    pub(crate) none: String,
    /// The button that opens the preferences.
    pub(crate) more: String,
    /// The link to the policy.
    pub(crate) policy: String,
    /// What is said when the preferences cannot be opened.
    pub(crate) failed: String,
}

/// `[gate]`: what the page's script does besides holding back what is tagged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct GateConfig {
    /// Are answers counted, without any trace of who gave them?
    pub(crate) counts: bool,
    /// The domain whose hosts share an answer: `jetcrm.ru`.
    pub(crate) share: Option<String>,
    /// Is what nobody has tagged held back by its address?
    pub(crate) auto: bool,
    /// Categories for which the browser's Global Privacy Control says no.
    pub(crate) signal: Vec<String>,
    /// Had the site another consent manager? What that one keeps is read, and its markup understood.
    pub(crate) moving: bool,
    /// Another manager's names of categories and services, each with ours: `statistics = "analytics"`. The usual ones are known.
    pub(crate) names: BTreeMap<String, String>,
}

impl Default for GateConfig {
    fn default() -> Self {
        Self {
            counts: true,
            share: None,
            auto: false,
            signal: Vec::new(),
            moving: false,
            names: BTreeMap::new(),
        }
    }
}

/// One version of a consent document. Its text is `notices/<id>.<lang>.md`, or, once it is replaced, that is once it has an
/// `until`, `notices/<id>.<lang>.<since>.md`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeConfig {
    /// Its id.
    pub(crate) id: String,
    /// First day in force.
    pub(crate) since: String,
    /// First day no longer in force.
    pub(crate) until: Option<String>,
    /// What it asks consent for.
    pub(crate) purposes: Vec<NoticePurpose>,
}

impl NoticeConfig {
    /// The file with its text in `lang`, from the site's directory.
    pub(crate) fn file(&self, lang: Lang) -> String {
        let (id, lang) = (&self.id, lang.tag());
        match self.until {
            None => format!("notices/{id}.{lang}.md"),
            Some(_) => format!("notices/{id}.{lang}.{}.md", self.since),
        }
    }
}
