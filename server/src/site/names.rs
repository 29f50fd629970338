//! What other consent managers call that which a site asks about: the site's own translations, its own names, and the names that everybody uses.

use std::collections::BTreeMap;

use raspiska_shared::site::CookieCategory;

use super::{GateConfig, SiteError};

/// The category that is always allowed.
const NECESSARY: &str = "necessary";

/// Names of one idea, as managers' documentation and templates spell them. A site that has one category among them means it by the others too.
/// `C0001` and so on are the groups of OneTrust's template.
const KINDS: [&[&str]; 5] = [
    &[
        NECESSARY,
        "essential",
        "required",
        "strictly-necessary",
        "security",
        "C0001",
    ],
    &[
        "analytics",
        "statistics",
        "measurement",
        "performance",
        "metrics",
        "stats",
        "analytical",
        "analytics_storage",
        "C0002",
    ],
    &[
        "ads",
        "marketing",
        "advertising",
        "advertisement",
        "targeting",
        "ad_storage",
        "C0004",
    ],
    &[
        "functional",
        "functionality",
        "preferences",
        "personalization",
        "experience",
        "C0003",
    ],
    &[
        "media",
        "video",
        "videos",
        "embeds",
        "external-media",
        "C0005",
    ],
];

/// Services of the catalogue, by the names that pages give them.
const SERVICES: [(&str, &[&str]); 8] = [
    (
        "google-analytics-4",
        &["ga", "ga4", "gtag", "gajs", "google-analytics"],
    ),
    ("google-tag-manager", &["gtm"]),
    ("google-maps", &["gmaps"]),
    ("jivosite", &["jivo", "jivochat"]),
    ("top-mail-ru", &["topmail", "mailru"]),
    ("vk-ads-pixel", &["vk-pixel", "vk-retargeting"]),
    ("yandex-maps", &["ymaps"]),
    (
        "yandex-metrica",
        &["metrica", "metrika", "ym", "yandex-metrika"],
    ),
];

/// Another manager's name as the tables have it: `Google_Analytics` and `google-analytics` are one. `www/loader/names.js` does the same.
fn plain(name: &str) -> String {
    let own = name
        .chars()
        .filter(|char| !char.is_whitespace() && !matches!(char, '-' | '_'));
    own.flat_map(char::to_lowercase).collect()
}

/// Every name with the purpose that it stands for; an empty one where it is known and the site asks for nothing of the kind.
pub(crate) fn table(gate: &GateConfig, cookies: &[CookieCategory]) -> BTreeMap<String, String> {
    let mut table = BTreeMap::new();
    for names in KINDS {
        let mut own = cookies
            .iter()
            .filter(|own| names.iter().any(|name| plain(name) == plain(&own.id)));
        let purpose = match (own.next(), own.next()) {
            _ if names.contains(&NECESSARY) => NECESSARY,
            (Some(one), None) => &one.id,
            // Two of one kind: only the site can say which is meant.
            (Some(_), Some(_)) => continue,
            (None, _) => "",
        };
        table.extend(names.iter().map(|name| (plain(name), purpose.to_owned())));
    }
    for (service, names) in SERVICES {
        let purpose = purpose_of(service, cookies);
        table.extend(
            purpose
                .into_iter()
                .flat_map(|purpose| names.iter().map(move |name| (plain(name), purpose.clone()))),
        );
    }
    for own in cookies {
        let services = own.services.iter();
        table.extend(
            services.filter_map(|service| {
                Some((plain(&service.id), purpose_of(&service.id, cookies)?))
            }),
        );
    }
    table.extend(cookies.iter().map(|own| (plain(&own.id), own.id.clone())));
    table.extend(
        gate.names
            .iter()
            .map(|(name, purpose)| (plain(name), purpose.clone())),
    );
    table
}

/// Does each translation of the site lead to something that it asks about?
pub(super) fn check(gate: &GateConfig, cookies: &[CookieCategory]) -> Result<(), SiteError> {
    let known = |purpose: &str| {
        let (category, service) = purpose.split_once('/').unzip();
        cookies.iter().any(|own| match (category, service) {
            (Some(category), Some(service)) => {
                own.id == category && own.services.iter().any(|own| own.id == service)
            }
            _ => own.id == purpose,
        })
    };
    match gate.names.iter().find(|(_, purpose)| !known(purpose)) {
        Some((name, purpose)) => Err(SiteError::UnknownName {
            name: name.clone(),
            purpose: purpose.clone(),
        }),
        None => Ok(()),
    }
}

/// Where a service is, if it is in one category only.
fn purpose_of(service: &str, cookies: &[CookieCategory]) -> Option<String> {
    let has = |own: &&CookieCategory| own.services.iter().any(|own| own.id == service);
    let mut categories = cookies.iter().filter(has);
    match (categories.next(), categories.next()) {
        (Some(one), None) => Some(format!("{}/{service}", one.id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalogue, site::sample::jetcrm};

    fn of(
        change: impl FnOnce(&mut GateConfig, &mut Vec<CookieCategory>),
    ) -> BTreeMap<String, String> {
        let mut loaded = jetcrm();
        change(&mut loaded.gate, &mut loaded.site.cookies);
        table(&loaded.gate, &loaded.site.cookies)
    }

    #[test]
    fn the_names_that_everybody_uses_mean_the_sites_own_categories() {
        let table = of(|_, _| {});
        for (name, purpose) in [
            ("statistics", "analytics"),
            ("c0002", "analytics"),
            ("marketing", "ads"),
            ("adstorage", "ads"),
            ("externalmedia", "media"),
            ("essential", "necessary"),
            ("counter", "analytics/counter"),
            ("functional", ""),
        ] {
            assert_eq!(table[name], purpose, "{name}");
        }
        assert_eq!(table.get("metrica"), None, "the site has no such service");
    }

    #[test]
    fn a_service_of_the_catalogue_has_its_usual_names() {
        let table = of(|_, cookies| {
            let entry = catalogue::shown("yandex-metrica").unwrap();
            cookies[1].services.push(entry.service("analytics"));
        });
        assert_eq!(table["metrika"], "analytics/yandex-metrica");
        assert_eq!(table["yandexmetrica"], "analytics/yandex-metrica");
        for (service, _) in SERVICES {
            assert!(catalogue::shown(service).is_some(), "{service}");
        }
    }

    #[test]
    fn what_is_ambiguous_is_left_to_the_site() {
        let two = |_: &mut GateConfig, cookies: &mut Vec<CookieCategory>| {
            cookies[3].id = "statistics".to_owned();
            let own = cookies[1].services[0].clone();
            cookies[2].services.push(own);
        };
        let table = of(two);
        assert_eq!(table["statistics"], "statistics");
        assert_eq!(table.get("measurement"), None);
        assert_eq!(table.get("counter"), None, "it is in two categories");
    }

    #[test]
    fn the_site_has_the_last_word() {
        let table = of(|gate, _| {
            let own = [
                ("Marketing", "analytics"),
                ("My_Counter", "analytics/counter"),
            ];
            gate.names = own
                .map(|(name, purpose)| (name.to_owned(), purpose.to_owned()))
                .into();
        });
        assert_eq!(table["marketing"], "analytics");
        assert_eq!(table["mycounter"], "analytics/counter");
        assert_eq!(table["advertising"], "ads");
    }
}
