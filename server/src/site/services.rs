//! The services of a site's categories: written out in `site.toml`, or named from the catalogue.

use std::path::Path;

use raspiska_shared::{
    lang::{Lang, Localized},
    purpose::PurposeId,
    site::{CookieCategory, Pattern, Service},
};

use super::{
    SiteError,
    check::{optional, translated, unique},
    config::{CategoryConfig, ServiceConfig, Used},
};
use crate::catalogue::{self, Missing};

/// The flags of Google Consent Mode, version 2.
const FLAGS: [&str; 7] = [
    "ad_personalization",
    "ad_storage",
    "ad_user_data",
    "analytics_storage",
    "functionality_storage",
    "personalization_storage",
    "security_storage",
];

/// The categories with every service whole.
pub(super) fn resolve(categories: Vec<CategoryConfig>) -> Result<Vec<CookieCategory>, SiteError> {
    let category = |own: CategoryConfig| {
        let service = |service| match service {
            ServiceConfig::Written(service) => Ok(*service),
            ServiceConfig::Used(used) => look_up(&own.id, used),
        };
        Ok(CookieCategory {
            services: own
                .services
                .into_iter()
                .map(service)
                .collect::<Result<_, SiteError>>()?,
            id: own.id,
            notice: own.notice,
            title: own.title,
            about: own.about,
        })
    };
    categories.into_iter().map(category).collect()
}

fn look_up(category: &str, used: Used) -> Result<Service, SiteError> {
    let Used {
        from,
        id,
        name,
        about,
        consent_mode,
    } = used;
    let entry = catalogue::entry(&from, id.as_deref()).map_err(|missing| {
        let told = match missing {
            Missing::Unknown => {
                return SiteError::UnknownService {
                    category: category.to_owned(),
                    service: from.clone(),
                };
            }
            Missing::NoId => {
                "it needs the number that you have with it, such as your counter’s; add id = \"…\""
            }
            Missing::NeedlessId => "it has no use for a number; take id out",
            Missing::WrongId => {
                "id is not a number of its kind; write 1 to 64 characters of a-z, A-Z, 0-9, _ and -"
            }
        };
        fault(category, &from, told)
    })?;
    let mut service = entry.service(category);
    for (own, words) in [(&mut service.name, name), (&mut service.about, about)] {
        if !words.is_empty() {
            *own = words;
        }
    }
    service.consent_mode = consent_mode;
    Ok(service)
}

/// Is each service right in itself, in every language of the site?
pub(super) fn check(
    path: &Path,
    languages: &[Lang],
    categories: &[CookieCategory],
) -> Result<(), SiteError> {
    unique(
        path,
        "cookie category",
        categories.iter().map(|category| category.id.as_str()),
    )?;
    for category in categories {
        unique(
            path,
            "service",
            category.services.iter().map(|service| service.id.as_str()),
        )?;
        translated(
            path,
            languages,
            &category.id,
            [&category.title, &category.about],
        )?;
        for service in &category.services {
            let what = format!("{}/{}", category.id, service.id);
            translated(path, languages, &what, texts(service))?;
            translated(path, languages, &what, optional([&service.about]))?;
            form(category, service)?;
        }
    }
    Ok(())
}

fn texts(service: &Service) -> impl Iterator<Item = &Localized> {
    let cookies = service
        .cookies
        .iter()
        .flat_map(|cookie| [&cookie.about, &cookie.term]);
    [&service.name, &service.provider]
        .into_iter()
        .chain(cookies)
}

fn form(category: &CookieCategory, service: &Service) -> Result<(), SiteError> {
    for pattern in &service.patterns {
        pattern
            .parse::<Pattern>()
            .map_err(|source| SiteError::Pattern {
                category: category.id.clone(),
                service: service.id.clone(),
                source,
            })?;
    }
    let code = &service.country;
    let purpose = format!("{}/{}", category.id, service.id);
    let flag = |flag: &String| FLAGS.contains(&flag.as_str());
    let found = if purpose.parse::<PurposeId>().is_err() {
        "with its category its id has more than 64 characters, which no receipt carries; shorten one of them"
    } else if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
        "country is not two capital letters; write the ISO 3166 code of where the data go, e.g. \"RU\""
    } else if service
        .cookies
        .iter()
        .any(|cookie| cookie.name.trim_matches('*').is_empty())
    {
        "a cookie has no name, or \"*\" alone, which is everything that the site keeps; write how its name begins"
    } else if !service.signal.iter().all(flag) {
        "signal has a flag that Google Consent Mode does not know; write e.g. \"analytics_storage\""
    } else if service.consent_mode && service.signal.is_empty() {
        "consent_mode is on, but no flag goes with its category; take it out, or use the service in a category that it is meant for"
    } else {
        return Ok(());
    };
    Err(fault(&category.id, &service.id, found))
}

fn fault(category: &str, service: &str, fault: &'static str) -> SiteError {
    SiteError::Service {
        category: category.to_owned(),
        service: service.to_owned(),
        fault,
    }
}

#[cfg(test)]
#[path = "services_tests.rs"]
mod tests;
