//! Is each file of a site's directory right in itself? What passes here, no request has to check again.

use std::{collections::BTreeSet, path::Path};

use raspiska_shared::{
    lang::{Lang, Localized},
    policy::{Policy, document::Document},
    purpose::PurposeId,
    receipt::{MAX_DECISIONS, MAX_DISCLOSURES},
};

use super::{
    SiteError,
    config::{NoticeConfig, SiteConfig},
    listed::FormConfig,
};

/// Longest host name, RFC 1035 section 2.3.4 without the root. It also fits the 255 bytes of a receipt's `aud`.
const MAX_HOST: usize = 253;

/// Most characters of all fields of a form together: Cyrillic, in base64, they take 22 of a receipt's 32 KiB.
const MAX_TYPED: usize = 8192;

/// Refuses everything but a day that the calendar has, spelt `YYYY-MM-DD`: days are compared as text.
pub(super) fn date(path: &Path, what: &str, value: &str) -> Result<(), SiteError> {
    let is_day = value
        .parse::<jiff::civil::Date>()
        .is_ok_and(|date| date.to_string() == value);
    if is_day {
        return Ok(());
    }
    Err(SiteError::Date {
        path: path.to_path_buf(),
        what: what.to_string(),
        value: value.to_string(),
    })
}

/// Ids, names, dates and numbers, each for itself.
pub(super) fn names(path: &Path, config: &SiteConfig) -> Result<(), SiteError> {
    unique(path, "site", [config.site.as_str()])?;
    for (what, value) in [
        ("audience", &config.audience),
        ("log_host", &config.log_host),
    ] {
        if value.is_empty()
            || value.len() > MAX_HOST
            || value
                .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '+'))
        {
            return Err(SiteError::Value {
                what,
                value: value.clone(),
                wanted: "write a host name, e.g. \"example.org\"",
            });
        }
    }
    if config.choice_days == 0 {
        return Err(SiteError::Value {
            what: "choice_days",
            value: config.choice_days.to_string(),
            wanted: "write after how many days the choice is asked for again, e.g. 365",
        });
    }
    unique(
        path,
        "language",
        config.languages.iter().map(|lang| lang.tag()),
    )?;
    let ids: BTreeSet<&str> = config
        .notices
        .iter()
        .map(|notice| notice.id.as_str())
        .collect();
    unique(path, "notice", ids)?;
    unique(
        path,
        "form",
        config.forms.iter().map(|own| own.form.name.as_str()),
    )?;
    for notice in &config.notices {
        let count = notice.purposes.len();
        if !(1..=MAX_DECISIONS).contains(&count) {
            return Err(SiteError::NoticePurposes {
                notice: notice.id.clone(),
                count,
            });
        }
        let asked: BTreeSet<&PurposeId> = notice.purposes.iter().map(|asked| &asked.id).collect();
        if asked.len() < count {
            return Err(SiteError::Duplicate {
                path: path.to_path_buf(),
                what: "a purpose of notice",
                id: notice.id.clone(),
            });
        }
    }
    for FormConfig { form, .. } in &config.forms {
        if let Some(field) = form.fields.get(MAX_DISCLOSURES) {
            return Err(SiteError::Field {
                form: form.name.clone(),
                field: field.id.clone(),
                fault: "a receipt carries 64 fields at most; ask for fewer",
            });
        }
        let mut typed = 0;
        for field in &form.fields {
            typed += usize::from(field.max);
            if typed > MAX_TYPED {
                return Err(SiteError::Field {
                    form: form.name.clone(),
                    field: field.id.clone(),
                    fault: "with it the form takes more than 8192 characters, which do not fit into a receipt; lower max",
                });
            }
        }
        unique(
            path,
            "field",
            form.fields.iter().map(|field| field.id.as_str()),
        )?;
    }
    versions(path, config)
}

/// Of each notice at most one version is in force on any day.
fn versions(path: &Path, config: &SiteConfig) -> Result<(), SiteError> {
    for (at, notice) in config.notices.iter().enumerate() {
        date(
            path,
            &format!("since of notice {:?}", notice.id),
            &notice.since,
        )?;
        if let Some(until) = &notice.until {
            date(path, &format!("until of notice {:?}", notice.id), until)?;
        }
        let ends =
            |until: &Option<String>, day: &str| until.as_deref().is_some_and(|until| until <= day);
        let overlaps = |other: &&NoticeConfig| {
            other.id == notice.id
                && !ends(&other.until, &notice.since)
                && !ends(&notice.until, &other.since)
        };
        if config.notices[at + 1..]
            .iter()
            .any(|other| overlaps(&other))
        {
            return Err(SiteError::NoticeOverlap {
                id: notice.id.clone(),
                since: notice.since.clone(),
            });
        }
    }
    Ok(())
}

/// The data of an edition against its text.
pub(super) fn policy(
    path: &Path,
    policy: &Policy,
    document: &Document,
    languages: &[Lang],
) -> Result<(), SiteError> {
    unique(
        path,
        "purpose",
        policy.purposes.iter().map(|purpose| purpose.id.as_str()),
    )?;
    unique(
        path,
        "subject",
        policy
            .subjects
            .iter()
            .map(|subject| subject.category.name()),
    )?;
    let clauses: BTreeSet<String> = document
        .sections
        .iter()
        .flat_map(|section| {
            section
                .clauses
                .iter()
                .map(|clause| format!("{}.{}", section.number, clause.number))
        })
        .collect();
    translated(path, languages, "controller", [&policy.controller.name])?;
    for subject in &policy.subjects {
        translated(path, languages, subject.category.name(), [&subject.title])?;
    }
    for purpose in &policy.purposes {
        if let Some(clause) = purpose
            .clauses
            .iter()
            .find(|clause| !clauses.contains(*clause))
        {
            return Err(SiteError::Clause {
                path: path.to_path_buf(),
                purpose: purpose.id.clone(),
                clause: clause.clone(),
            });
        }
        let named = purpose.recipients.iter().map(|recipient| &recipient.name);
        let texts = [&purpose.title, &purpose.about]
            .into_iter()
            .chain(&purpose.data)
            .chain(named);
        translated(path, languages, purpose.id.as_str(), texts)?;
    }
    Ok(())
}

/// Every short text of `site.toml`, in every language of the site.
pub(super) fn texts(path: &Path, config: &SiteConfig) -> Result<(), SiteError> {
    let languages = &config.languages;
    if let Some(lang) = languages
        .iter()
        .find(|lang| !config.banner.contains_key(lang))
    {
        return Err(untranslated(path, "banner", *lang));
    }
    for FormConfig { form, .. } in &config.forms {
        translated(
            path,
            languages,
            &form.name,
            [&form.title, &form.submit, &form.done],
        )?;
        translated(path, languages, &form.name, optional([&form.lead]))?;
        for field in &form.fields {
            let what = format!("{}/{}", form.name, field.id);
            translated(
                path,
                languages,
                &what,
                [&field.label].into_iter().chain(&field.options),
            )?;
            translated(path, languages, &what, optional([&field.hint]))?;
        }
    }
    Ok(())
}

/// Ids that can stand in a path, each once.
pub(super) fn unique<'a>(
    path: &Path,
    what: &'static str,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<(), SiteError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        // The same words as a purpose's: a category's id is one.
        if id.contains('/') || id.parse::<PurposeId>().is_err() {
            return Err(SiteError::Id {
                path: path.to_path_buf(),
                what,
                id: id.to_string(),
            });
        }
        if !seen.insert(id) {
            return Err(SiteError::Duplicate {
                path: path.to_path_buf(),
                what,
                id: id.to_string(),
            });
        }
    }
    Ok(())
}

/// Those that are there: a text that may be left out is still in every language, or in none.
pub(super) fn optional<'a>(
    texts: impl IntoIterator<Item = &'a Localized>,
) -> impl Iterator<Item = &'a Localized> {
    texts.into_iter().filter(|text| !text.is_empty())
}

/// Every text in every language of the site.
pub(super) fn translated<'a>(
    path: &Path,
    languages: &[Lang],
    what: &str,
    texts: impl IntoIterator<Item = &'a Localized>,
) -> Result<(), SiteError> {
    for text in texts {
        if let Some(lang) = languages.iter().find(|lang| !text.has(**lang)) {
            return Err(untranslated(path, what, *lang));
        }
    }
    Ok(())
}

fn untranslated(path: &Path, what: &str, lang: Lang) -> SiteError {
    SiteError::Untranslated {
        path: path.to_path_buf(),
        what: what.to_string(),
        lang: lang.tag(),
    }
}
