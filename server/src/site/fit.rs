//! Do notices, forms and cookies fit the policy and one another?

use raspiska_shared::{
    attachment::MAX_NAME,
    lang::Localized,
    notice::Notice,
    purpose::{LegalBasis, Purpose, PurposeId, SubjectCategory},
    site::{CookieCategory, Field, FieldKind, Form, Site},
};

use super::SiteError;

/// The one category of cookies that nobody decides about.
const NECESSARY: &str = "necessary";

/// Largest file that a site may ask for: a few of them are in memory at a time.
const MAX_FILE: u64 = 10 * 1024 * 1024;
/// Longest line about a file: a digest of 43 characters, a size of 8, a name, and two spaces.
const FILE_LINE: usize = 43 + 8 + MAX_NAME + 2;

/// Members of a receipt's payload: a disclosure of the same name would hide one, and is refused.
const PAYLOAD_MEMBERS: [&str; 16] = [
    "_sd",
    "_sd_alg",
    "aud",
    "category",
    "client",
    "decisions",
    "event",
    "iat",
    "jti",
    "notice",
    "of",
    "policy",
    "prev",
    "schema",
    "sub",
    "withdrawal",
];

/// A notice asks only about what the policy has, only where the ground is consent, and never a customer's clients: their
/// data come with the customer's instruction, and the operator has nothing to ask them (152-ФЗ, art. 6(4)).
///
/// Of those in force today: an older one asked about what the policy of its day had, and one to come is held against the
/// policy of its own day.
pub(super) fn notices(site: &Site, today: &str) -> Result<(), SiteError> {
    let current = site.notices.iter().filter(|notice| in_force(notice, today));
    for notice in current {
        let mut people = None;
        for asked in &notice.purposes {
            let Some(purpose) = purpose(site, &asked.id) else {
                return Err(SiteError::UnknownPurpose {
                    notice: notice.id.clone(),
                    purpose: asked.id.clone(),
                });
            };
            if purpose.basis != LegalBasis::Consent
                || purpose.category == SubjectCategory::CustomerClient
            {
                return Err(SiteError::NotConsent {
                    notice: notice.id.clone(),
                    purpose: asked.id.clone(),
                });
            }
            if *people.get_or_insert(purpose.category) != purpose.category {
                return Err(category("notice", &notice.id, &asked.id));
            }
        }
    }
    Ok(())
}

/// A form offers notices that are in force today, for the people whom it is for, and its fields can be committed to.
pub(super) fn forms(site: &Site, today: &str) -> Result<(), SiteError> {
    for form in &site.forms {
        for id in [&form.notice].into_iter().chain(&form.optional) {
            let Some(notice) = site
                .notices
                .iter()
                .find(|notice| notice.id == *id && in_force(notice, today))
            else {
                return Err(SiteError::FormNotice {
                    form: form.name.clone(),
                    notice: id.clone(),
                });
            };
            let for_others = |id: &&PurposeId| {
                purpose(site, id).is_some_and(|purpose| purpose.category != form.category)
            };
            if let Some(other) = notice
                .purposes
                .iter()
                .map(|asked| &asked.id)
                .find(for_others)
            {
                return Err(category(
                    &format!("form {:?}", form.name),
                    &notice.id,
                    other,
                ));
            }
        }
        fields(form)?;
    }
    Ok(())
}

fn fields(form: &Form) -> Result<(), SiteError> {
    for field in &form.fields {
        if let Some(notice) = field
            .also_for
            .iter()
            .find(|notice| !form.optional.contains(notice))
        {
            return Err(SiteError::AlsoFor {
                form: form.name.clone(),
                field: field.id.clone(),
                notice: notice.clone(),
            });
        }
        let fault = if PAYLOAD_MEMBERS.contains(&field.id.as_str()) {
            "this name is a receipt's own; choose another"
        } else if field.max == 0 {
            "max is 0; write how many characters it may have"
        } else if (field.kind == FieldKind::Choice) == field.options.is_empty() {
            "options belong to a field of kind \"choice\", and it needs them"
        } else if let Some(fault) = file(field) {
            fault
        } else if let Some(fault) = age(form, field) {
            fault
        } else {
            continue;
        };
        return Err(SiteError::Field {
            form: form.name.clone(),
            field: field.id.clone(),
            fault,
        });
    }
    Ok(())
}

/// A field for a file says what it takes, and tells people what should not be in it: what is sent unasked is processed too
/// (152-ФЗ, art. 5(5)).
fn file(field: &Field) -> Option<&'static str> {
    let Some(rule) = &field.file else {
        return (field.kind == FieldKind::File)
            .then_some("a field of kind \"file\" needs file = { types = […], max_bytes = … }");
    };
    if field.kind != FieldKind::File {
        Some("file belongs to a field of kind \"file\"")
    } else if rule.types.is_empty() {
        Some("types is empty; name what may be sent, e.g. \"pdf\"")
    } else if !(1..=MAX_FILE).contains(&rule.max_bytes) {
        Some("max_bytes is 0 or above 10485760; a text with pictures has 3 MiB")
    } else if usize::from(field.max) < FILE_LINE {
        Some("max is below 153: digest, size and name of a file have to fit")
    } else if field.hint == Localized::default() {
        Some("a file needs a hint that says what should not be in it")
    } else {
        None
    }
}

/// A question about age says who signs, and a form that lets a representative sign asks who that is.
fn age(form: &Form, field: &Field) -> Option<&'static str> {
    if field.of_representative && form.fields.iter().all(|own| own.age.is_none()) {
        return Some(
            "of_representative belongs to a form with a question about age; add one, or take it out",
        );
    }
    let age = field.age.as_ref()?;
    let named = |own: &Field| own.of_representative && own.required;
    if field.kind != FieldKind::Choice || !field.required || field.of_representative {
        Some("age belongs to a field of kind \"choice\" that is required and asked of everybody")
    } else if age.norm.is_empty() {
        Some("age has no norm; write what it rests on, and how sure that is")
    } else if age.represented.is_empty()
        || age
            .represented
            .iter()
            .any(|own| !field.options.contains(own))
    {
        Some(
            "represented names no option, or one that the field does not have; copy those for which a representative signs",
        )
    } else if !form.fields.iter().any(named) {
        Some(
            "a representative signs for some, and no required field is of_representative; ask who signs",
        )
    } else if form.fields.iter().filter(|own| own.age.is_some()).count() > 1 {
        Some("the form asks twice how old somebody is; keep one")
    } else {
        let differs = |notice: &&String| {
            let theirs = |own: &Field| own.also_for.contains(notice);
            !form
                .fields
                .iter()
                .filter(|own| own.age.is_some() || named(own))
                .all(theirs)
        };
        form.optional
            .iter()
            .find(differs)
            .map(|_| "who signs, signs each document: also_for of age and of the representative's required fields has to name every optional notice")
    }
}

/// Every category but the necessary one has a notice in force that asks about it, and about users of the site.
pub(super) fn cookies(site: &Site, today: &str) -> Result<(), SiteError> {
    for own in &site.cookies {
        if own.id == NECESSARY && own.notice.is_none() {
            continue;
        }
        let asks = |category: &CookieCategory| {
            site.notices.iter().any(|notice| {
                category.notice.as_ref() == Some(&notice.id)
                    && in_force(notice, today)
                    && notice
                        .purposes
                        .iter()
                        .any(|asked| asked.id.as_str() == category.id)
            })
        };
        if own.id == NECESSARY || !asks(own) {
            return Err(SiteError::CookieNotice {
                category: own.id.clone(),
            });
        }
        let for_others = |purpose: &&Purpose| {
            purpose.id.as_str() == own.id && purpose.category != SubjectCategory::SiteUser
        };
        if let Some(purpose) = site.purposes.iter().find(for_others) {
            return Err(category(
                "cookies",
                own.notice.as_deref().unwrap_or_default(),
                &purpose.id,
            ));
        }
    }
    Ok(())
}

pub(super) fn in_force(notice: &Notice, today: &str) -> bool {
    notice.since.as_str() <= today && notice.until.as_deref().is_none_or(|until| today < until)
}

fn purpose<'a>(site: &'a Site, id: &PurposeId) -> Option<&'a Purpose> {
    site.purposes.iter().find(|purpose| purpose.id == *id)
}

fn category(place: &str, notice: &str, purpose: &PurposeId) -> SiteError {
    SiteError::Category {
        place: place.to_string(),
        notice: notice.to_string(),
        purpose: purpose.clone(),
    }
}
