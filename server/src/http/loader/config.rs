//! What the scripts of a page know about their site.

use std::collections::BTreeMap;

use raspiska_shared::{
    digest::Digest,
    lang::{Lang, Localized},
    purpose::PurposeId,
    site::{CookieCategory, FileRule, Pattern, Service, Step},
};
use serde::Serialize;

use crate::{
    http::assets::Manifest,
    site::{Banner, Loaded, Reopen, table},
};

/// So much of a digest's base64url tells the texts of a site apart: 48 bits.
const BEGINNING: usize = 8;

/// What the page's script needs before anything is clicked.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    site: &'a str,
    lang: &'a [Lang],
    edition: &'a str,
    days: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    counts: bool,
    /// Is there a control that opens the settings again?
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reopen: bool,
    widget: String,
    wasm: String,
    cats: Vec<Category<'a>>,
    #[serde(flatten)]
    more: Option<More<'a>>,
    #[serde(flatten)]
    words: Option<Words<'a>>,
}

/// The first question. It comes with the page's script, or with the module that acts on a click.
#[derive(Debug, Serialize)]
pub(super) struct Words<'a> {
    text: BTreeMap<Lang, &'a Banner>,
    look: &'a str,
}

/// What only some sites ask for.
#[derive(Debug, Serialize)]
struct More<'a> {
    /// Regular expressions of addresses, each with its purpose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    auto: Vec<(String, String)>,
    /// Properties of the window that switch a service off, with their purpose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    off: Vec<(&'a str, &'a serde_json::Value, String)>,
    /// Flags of Google Consent Mode, each with its purpose.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    signals: BTreeMap<&'a str, String>,
    /// Another manager's names of categories and services, each with our purpose.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    alias: BTreeMap<String, String>,
    /// Is what another manager keeps in the browser read?
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    moving: bool,
}

/// A category that is decided about; the necessary one is not, and a page need not know it.
#[derive(Debug, Serialize)]
struct Category<'a> {
    id: &'a str,
    notice: Notice<'a>,
    /// What a decision rests on: a new one is asked for when this changes.
    basis: String,
    /// Its services, each with a regular expression of the names of what it stores.
    services: BTreeMap<&'a str, String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gpc: bool,
}

/// A notice's id beside the beginnings of its digests by language.
#[derive(Debug, Serialize)]
struct Notice<'a> {
    id: &'a str,
    #[serde(flatten)]
    digests: BTreeMap<&'static str, String>,
}

/// What the module for rare needs knows.
#[derive(Debug, Serialize)]
pub(super) struct Later<'a> {
    /// The corner of the control that opens the settings again.
    reopen: Reopen,
    /// The forms that ask for a file.
    files: Vec<&'a str>,
    cats: BTreeMap<&'a str, LaterCategory<'a>>,
}

#[derive(Debug, Serialize)]
struct LaterCategory<'a> {
    title: &'a Localized,
    services: BTreeMap<&'a str, LaterService<'a>>,
}

#[derive(Debug, Serialize)]
struct LaterService<'a> {
    name: &'a Localized,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop: Vec<serde_json::Value>,
}

/// What the script with other managers' calls knows.
#[derive(Debug, Serialize)]
pub(super) struct Calls<'a> {
    /// As for a page's script.
    alias: BTreeMap<String, String>,
    /// The site's own translations, as it writes them: calls give back these names beside ours.
    names: &'a BTreeMap<String, String>,
    /// The categories that are decided about, each with its services.
    cats: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Calls<'a> {
    /// For the pages of this site.
    pub(super) fn of(loaded: &'a Loaded) -> Self {
        let services = |own: &'a CookieCategory| own.services.iter().map(|own| own.id.as_str());
        Self {
            alias: table(&loaded.gate, &loaded.site.cookies),
            names: &loaded.gate.names,
            cats: optional(loaded)
                .map(|own| (own.id.as_str(), services(own).collect()))
                .collect(),
        }
    }
}

impl<'a> Page<'a> {
    /// For a page of this site; `words` in the page's language for whoever has not answered yet.
    pub(super) fn of(loaded: &'a Loaded, manifest: &Manifest, words: Option<Lang>) -> Self {
        let site = &loaded.site;
        let more = More::of(loaded);
        Self {
            site: &site.site,
            lang: &site.languages,
            edition: &site.edition,
            days: loaded.choice_days,
            domain: loaded.gate.share.as_deref(),
            counts: loaded.gate.counts,
            reopen: loaded.look.reopen.is_there(),
            widget: format!("/w/{}", manifest.widget),
            wasm: format!("/w/{}", manifest.wasm),
            cats: site
                .cookies
                .iter()
                .filter_map(|own| Category::of(loaded, own))
                .collect(),
            more: (!more.is_empty()).then_some(more),
            words: words.map(|lang| Words::of(loaded, &[lang])),
        }
    }

    /// Does it ask for the script that can do more?
    pub(super) fn asks_for_more(&self) -> bool {
        self.more.is_some()
    }
}

impl<'a> Words<'a> {
    /// In these languages.
    pub(super) fn of(loaded: &'a Loaded, languages: &[Lang]) -> Self {
        let of_them = |(lang, banner): (&Lang, &'a Banner)| {
            languages.contains(lang).then_some((*lang, banner))
        };
        Self {
            text: loaded.banner.iter().filter_map(of_them).collect(),
            look: &loaded.look.style,
        }
    }
}

impl<'a> More<'a> {
    fn of(loaded: &'a Loaded) -> Self {
        let mut auto = Vec::new();
        let mut off = Vec::new();
        let mut signals = BTreeMap::new();
        let moving = loaded.gate.moving;
        for category in optional(loaded) {
            for service in &category.services {
                let purpose = format!("{}/{}", category.id, service.id);
                if loaded.gate.auto {
                    let patterns = service.patterns.iter();
                    let readable = patterns.filter_map(|text| text.parse::<Pattern>().ok());
                    auto.extend(readable.map(|pattern| (pattern.regex(), purpose.clone())));
                    off.extend(service.stop.iter().filter_map(|step| match step {
                        Step::Set { set, value } if !set.contains('.') => {
                            Some((set.as_str(), value, purpose.clone()))
                        }
                        _ => None,
                    }));
                }
                if service.consent_mode {
                    let flags = service.signal.iter();
                    signals.extend(flags.map(|flag| (flag.as_str(), purpose.clone())));
                }
            }
        }
        Self {
            auto,
            off,
            signals,
            alias: if moving || !loaded.gate.names.is_empty() {
                table(&loaded.gate, &loaded.site.cookies)
            } else {
                BTreeMap::new()
            },
            moving,
        }
    }

    fn is_empty(&self) -> bool {
        self.auto.is_empty() && self.signals.is_empty() && self.alias.is_empty()
    }
}

impl<'a> Category<'a> {
    fn of(loaded: &'a Loaded, own: &'a CookieCategory) -> Option<Self> {
        let id = own.notice.as_deref()?;
        let current = |lang: &Lang| {
            let notice = loaded.site.notice(id, *lang, &loaded.today)?;
            Some((lang.tag(), notice.sha256.to_string()))
        };
        let mut digests: BTreeMap<_, _> =
            loaded.site.languages.iter().filter_map(current).collect();
        let basis = basis(loaded, own, &digests);
        digests
            .values_mut()
            .for_each(|digest| digest.truncate(BEGINNING));
        Some(Self {
            id: &own.id,
            notice: Notice { id, digests },
            basis,
            services: own
                .services
                .iter()
                .map(|service| (service.id.as_str(), stored(service)))
                .collect(),
            gpc: loaded.gate.signal.contains(&own.id),
        })
    }
}

impl<'a> Later<'a> {
    /// Names and switches of all that is decided about.
    pub(super) fn of(loaded: &'a Loaded) -> Self {
        let service = |service: &'a Service| LaterService {
            name: &service.name,
            stop: service.stop.iter().filter_map(step).collect(),
        };
        let category = |own: &'a CookieCategory| LaterCategory {
            title: &own.title,
            services: own
                .services
                .iter()
                .map(|own| (own.id.as_str(), service(own)))
                .collect(),
        };
        Self {
            reopen: loaded.look.reopen,
            files: files(loaded).into_keys().collect(),
            cats: optional(loaded)
                .map(|own| (own.id.as_str(), category(own)))
                .collect(),
        }
    }
}

/// What the module for files knows: by form and field, what may be sent.
pub(super) fn files(loaded: &Loaded) -> BTreeMap<&str, BTreeMap<&str, &FileRule>> {
    let mut forms = BTreeMap::new();
    for form in &loaded.site.forms {
        let rules: BTreeMap<&str, &FileRule> = form
            .fields
            .iter()
            .filter_map(|field| Some((field.id.as_str(), field.file.as_ref()?)))
            .collect();
        if !rules.is_empty() {
            forms.insert(form.name.as_str(), rules);
        }
    }
    forms
}

fn optional(loaded: &Loaded) -> impl Iterator<Item = &CookieCategory> {
    let all = loaded.site.cookies.iter();
    all.filter(|category| category.notice.is_some())
}

/// The texts that a person decided by, and what the policy says about the purpose. Where it says that is left out: a new
/// edition may number its clauses anew.
fn basis(loaded: &Loaded, own: &CookieCategory, texts: &BTreeMap<&'static str, String>) -> String {
    let id: Option<PurposeId> = own.id.parse().ok();
    let mut purpose = loaded
        .site
        .purposes
        .iter()
        .find(|purpose| Some(&purpose.id) == id.as_ref())
        .cloned();
    if let Some(purpose) = &mut purpose {
        purpose.clauses.clear();
    }
    let all = serde_json::json!([texts, purpose]).to_string();
    let mut digest = Digest::of(all.as_bytes()).to_string();
    digest.truncate(BEGINNING);
    digest
}

/// The names of what a service stores, as one regular expression without its ends.
fn stored(service: &Service) -> String {
    let names: Vec<String> = service
        .cookies
        .iter()
        .map(|cookie| Pattern::escaped(&cookie.name))
        .collect();
    names.join("|")
}

/// A step as the script takes it: what to do, with what.
fn step(step: &Step) -> Option<serde_json::Value> {
    match step {
        Step::Set { set, value } => Some(serde_json::json!(["set", set, value])),
        Step::Call { call, args } => Some(serde_json::json!(["call", call, args])),
        // Whatever ran is left by a reload anyway.
        Step::Reload => None,
    }
}

/// JSON that is also safe inside a script, wherever the script is put: no end tag, no line end that old engines see.
pub(super) fn for_script(config: &impl Serialize) -> Option<String> {
    let json = serde_json::to_string(config).ok()?;
    Some(
        json.replace('<', "\\u003c")
            .replace('\u{2028}', "\\u2028")
            .replace('\u{2029}', "\\u2029"),
    )
}

#[cfg(test)]
mod tests;
