//! What a site that fits together may still have forgotten: nothing here stops it, all of it should be looked at.

use raspiska_shared::site::{CookieCategory, Service, Site};

use super::{HOME, Loaded, SiteHook};
use crate::{
    catalogue::{self, Usual},
    erasure,
    store::EventKind,
};

/// Something that the operator should look at.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Forgotten {
    /// Data leave the country, and the policy does not say so.
    #[error(
        "{category}/{service} sends data to {provider} in {country}: a cross-border transfer (152-ФЗ, art. 12), but the purpose {category:?} names no recipient there; add it to recipients in policy.toml, and tell Roskomnadzor before the service is used"
    )]
    Abroad {
        /// The category.
        category: String,
        /// The service.
        service: String,
        /// Who gets the data.
        provider: String,
        /// Where.
        country: String,
    },
    /// Evidence is kept for longer than anybody can come with a claim.
    #[error(
        "[[evidence]] of {purpose} keeps for {days} days, longer than a claim may come ({norm}); keep it for less, or have a lawyer confirm the norm that is named"
    )]
    Long {
        /// The purpose.
        purpose: String,
        /// For how many days.
        days: u16,
        /// By which norm that is too long.
        norm: &'static str,
    },
    /// Somebody gets data, and the policy says that nobody does.
    #[error(
        "{category}/{service} sends data to {provider}, but the purpose {category:?} does not name it; add it to recipients in policy.toml"
    )]
    Recipient {
        /// The category.
        category: String,
        /// The service.
        service: String,
        /// Who gets the data.
        provider: String,
    },
    /// Another system goes on with what nobody allows any more.
    #[error(
        "hook {hook} is told of consent that is given and not of {missing}; processing has to end there too (152-ФЗ, art. 21), so add it to events"
    )]
    Untold {
        /// The hook.
        hook: String,
        /// What it is not told of.
        missing: String,
    },
    /// A person who allows one thing would not expect another.
    #[error("{category}/{service} is usually for {usual}; ask about it there")]
    Unusual {
        /// The category.
        category: String,
        /// The service.
        service: String,
        /// Where it belongs.
        usual: String,
    },
}

/// All that is found, in the order of the site.
pub(crate) fn forgotten(loaded: &Loaded) -> Vec<Forgotten> {
    let mut all = of_services(&loaded.site);
    all.extend(untold(&loaded.hooks));
    all.extend(long(loaded));
    all
}

/// Evidence of which nothing can come any more.
pub(super) fn long(loaded: &Loaded) -> impl Iterator<Item = Forgotten> {
    let today = loaded.today.parse().unwrap_or(jiff::civil::Date::MAX);
    let rules = loaded.evidence.iter();
    rules.filter_map(move |(purpose, rule)| {
        let norm = erasure::is_too_long(rule.days, today)?;
        Some(Forgotten::Long {
            purpose: purpose.to_string(),
            days: rule.days,
            norm,
        })
    })
}

pub(super) fn of_services(site: &Site) -> Vec<Forgotten> {
    let services = site
        .cookies
        .iter()
        .flat_map(|category| category.services.iter().map(move |own| (category, own)));
    services
        .flat_map(|(category, service)| {
            [
                recipient(site, category, service),
                unusual(category, service),
            ]
        })
        .flatten()
        .collect()
}

/// Hooks that hear a yes and not its end.
pub(super) fn untold(hooks: &[SiteHook]) -> Vec<Forgotten> {
    // A refusal after a yes ends it as well.
    let ends = [
        EventKind::Changed,
        EventKind::Withdrawn,
        EventKind::Expired,
        EventKind::Erased,
    ];
    let deaf = |hook: &SiteHook| {
        let missing: Vec<_> = ends
            .iter()
            .filter(|end| !hook.events.contains(end))
            .map(|end| end.word())
            .collect();
        (hook.events.contains(&EventKind::Given) && !missing.is_empty()).then(|| {
            Forgotten::Untold {
                hook: hook.name.clone(),
                missing: missing.join(", "),
            }
        })
    };
    hooks.iter().filter_map(deaf).collect()
}

/// A service of the catalogue is always somebody else's; one that is written out may be the operator's own.
fn recipient(site: &Site, category: &CookieCategory, service: &Service) -> Option<Forgotten> {
    let mut purposes = site.purposes.iter();
    let purpose = purposes.find(|purpose| purpose.id.as_str() == category.id);
    let recipients = purpose.map_or(&[][..], |purpose| &purpose.recipients);
    let lang = site.languages.first().copied().unwrap_or_default();
    let provider = service.provider.get(lang);
    let (category, id) = (category.id.clone(), service.id.clone());
    if service.country != HOME && recipients.iter().all(|own| own.country != service.country) {
        return Some(Forgotten::Abroad {
            category,
            service: id,
            provider: provider.to_owned(),
            country: service.country.clone(),
        });
    }
    catalogue::shown(&service.id)?;
    let named = recipients.iter().any(|own| own.name.get(lang) == provider);
    (!named).then(|| Forgotten::Recipient {
        category,
        service: id,
        provider: provider.to_owned(),
    })
}

/// Only where the site's category has one of the usual names: what another one means, nobody knows.
fn unusual(category: &CookieCategory, service: &Service) -> Option<Forgotten> {
    let meant = Usual::of(&category.id)?;
    let usual = catalogue::shown(&service.id)?.purposes;
    let ids: Vec<_> = usual.iter().map(|usual| usual.id()).collect();
    (!usual.contains(&meant)).then(|| Forgotten::Unusual {
        category: category.id.clone(),
        service: service.id.clone(),
        usual: ids.join(" or "),
    })
}
