//! The policy, open to everyone: a page without script or cookies, the exact text that receipts refer to, and the document
//! for the widget. 152-ФЗ, art. 18.1(2).

mod annex;
mod cards;
mod changes;
mod cookies;
mod country;
mod page;
mod text;
mod words;

pub(crate) use annex::write_blocks;
pub(crate) use changes::{difference, verdict};
pub(crate) use page::fact;
pub(crate) use words::{action, basis, date, period, term};

use std::collections::BTreeMap;

use axum::{
    extract::RawQuery,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use raspiska_shared::{
    digest::Digest, lang::Lang, policy::EditionRef, policy::document::Document, problem::Kind,
};
use serde::Serialize;

use super::{
    accept,
    assets::{Asset, Assets, FOR_EVER},
    extract::{AtSite, Edition},
    schema,
};
use crate::{app::SiteState, problem::Problem, site::Loaded};

const HTML: &str = "text/html";
const JSON: &str = "application/json";
const MARKDOWN: &str = "text/markdown";

/// The current edition changes rarely, but then everyone should see it soon.
const CURRENT: &str = "public, max-age=300";

/// A page of a fixed edition lists the other editions, so it changes a little.
const FIXED_PAGE: &str = "public, max-age=3600, stale-while-revalidate=86400";

/// Every answer at this address depends on these.
const VARY: &str = "accept, accept-encoding, accept-language";

/// A page has a style sheet and nothing else.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// All editions of one site's policy, ready to be sent.
#[derive(Debug)]
pub(crate) struct Policies {
    current: String,
    languages: Vec<Lang>,
    editions: BTreeMap<(String, Lang), Forms>,
}

/// One edition in one language.
#[derive(Debug)]
struct Forms {
    page: Asset,
    json: Asset,
    markdown: Asset,
    /// What it changed.
    changes: Asset,
}

/// What the widget shows.
#[derive(Debug, Serialize)]
struct PolicyDocument<'a> {
    edition: &'a str,
    effective: &'a str,
    lang: Lang,
    sha256: Digest,
    document: &'a Document,
}

impl Policies {
    /// Writes and compresses every page.
    pub(crate) fn build(site: &Loaded, assets: &Assets) -> Self {
        let style = assets.style();
        let mut editions = BTreeMap::new();
        for edition in &site.site.editions {
            for &lang in &site.site.languages {
                if let Some(forms) = Forms::build(site, edition, lang, &style) {
                    editions.insert((edition.edition.clone(), lang), forms);
                }
            }
        }
        Self {
            current: site.site.edition.clone(),
            languages: site.site.languages.clone(),
            editions,
        }
    }

    /// An edition, or the current one, in the form and the language that the client wants.
    fn answer(
        &self,
        edition: Option<String>,
        query: &str,
        headers: &HeaderMap,
    ) -> Result<Response, Problem> {
        let asked = |name: &str| asked(query, name);
        let chosen = self.chosen(query);
        let governing = self.languages.first().copied().unwrap_or_default();
        let form = match asked("format") {
            Some("markdown") => MARKDOWN,
            Some("json") => JSON,
            _ => accept::media_type(headers, &[HTML, JSON, MARKDOWN]),
        };
        let lang = match (chosen, form) {
            (Some(lang), _) => lang,
            // The digest in receipts covers the governing text, so that is what comes unless another one is named.
            (None, MARKDOWN) => governing,
            (None, _) => accept::language(headers, &self.languages).unwrap_or(governing),
        };
        let fixed = edition.is_some();
        let edition = edition.unwrap_or_else(|| self.current.clone());
        let forms = self.forms(edition, lang)?;
        let asset = match form {
            MARKDOWN => &forms.markdown,
            JSON => &forms.json,
            _ => &forms.page,
        };
        let mut response = if fixed {
            asset.answer(headers)
        } else {
            asset.clone().cached(CURRENT).answer(headers)
        };
        let fields = response.headers_mut();
        fields.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(lang.tag()),
        );
        if form == HTML {
            fields.insert(
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(CONTENT_POLICY),
            );
        }
        Ok(response)
    }

    /// What an edition changed, in the language that the client wants.
    fn changes(
        &self,
        edition: String,
        query: &str,
        headers: &HeaderMap,
    ) -> Result<Response, Problem> {
        let governing = self.languages.first().copied().unwrap_or_default();
        let accepted = || accept::language(headers, &self.languages);
        let lang = self.chosen(query).or_else(accepted).unwrap_or(governing);
        let mut response = self.forms(edition, lang)?.changes.answer(headers);
        let fields = response.headers_mut();
        fields.insert(
            header::CONTENT_LANGUAGE,
            HeaderValue::from_static(lang.tag()),
        );
        fields.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_POLICY),
        );
        Ok(response)
    }

    fn forms(&self, edition: String, lang: Lang) -> Result<&Forms, Problem> {
        self.editions.get(&(edition, lang)).ok_or_else(|| {
            Problem::new(
                Kind::NotFound,
                "there is no such edition; the page of the current one lists all",
            )
        })
    }

    fn chosen(&self, query: &str) -> Option<Lang> {
        asked(query, "lang")
            .and_then(Lang::from_tag)
            .filter(|lang| self.languages.contains(lang))
    }
}

fn asked<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut members = query.split('&').filter_map(|member| member.split_once('='));
    members
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

impl Forms {
    /// The loader of the directory has read a text for every edition and language, so there is always something to build.
    fn build(site: &Loaded, edition: &EditionRef, lang: Lang, style: &str) -> Option<Self> {
        let key = (edition.edition.clone(), lang);
        let document = site.documents.get(&key)?;
        let json = serde_json::to_vec(&PolicyDocument {
            edition: &edition.edition,
            effective: &edition.effective,
            lang,
            sha256: edition.sha256,
            document,
        });
        let markdown = site.texts.get(&key)?.clone();
        let view = page::View::new(site, edition, lang, style)?;
        let page = page::write(&view);
        let before = site.policies.range(..edition.edition.clone()).next_back();
        let before = before
            .and_then(|(name, policy)| Some((policy, site.documents.get(&(name.clone(), lang))?)));
        let changes = changes::write(&view, before);
        let asset = |bytes: Vec<u8>, media_type, cache| {
            Asset::new(bytes, media_type, cache)
                .compressed()
                .varying(VARY)
        };
        Some(Self {
            page: asset(page.into_bytes(), "text/html; charset=utf-8", FIXED_PAGE),
            changes: asset(changes.into_bytes(), "text/html; charset=utf-8", FIXED_PAGE),
            json: asset(json.ok()?, JSON, FOR_EVER),
            markdown: asset(
                markdown.into_bytes(),
                "text/markdown; charset=utf-8",
                FOR_EVER,
            ),
        })
    }
}

/// Gives the edition in force.
#[utoipa::path(get, path = "/policy/{site}", tag = "documents",
    params(("site" = String, Path, description = "The site's id"), ("lang" = Option<String>, Query, description = "`ru` or `en`; otherwise by Accept-Language"), ("format" = Option<String>, Query, description = "`markdown` or `json`; otherwise by Accept")),
    responses((status = 200, description = "By Accept: the page, the exact text or the document", content((String = "text/html"), (String = "text/markdown"), (Object = "application/json"))),
        (status = 304, description = "Nothing has changed"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_current(
    AtSite(site): AtSite,
    query: RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(&site, None, query, &headers)
}

/// Gives one edition, for ever.
#[utoipa::path(get, path = "/policy/{site}/{edition}", tag = "documents",
    params(("site" = String, Path, description = "The site's id"), ("edition" = String, Path, description = "Its effective date"), ("lang" = Option<String>, Query, description = "`ru` or `en`; otherwise by Accept-Language"), ("format" = Option<String>, Query, description = "`markdown` or `json`; otherwise by Accept")),
    responses((status = 200, description = "By Accept: the page, the exact text or the document", content((String = "text/html"), (String = "text/markdown"), (Object = "application/json"))),
        (status = 304, description = "Nothing has changed"),
        (status = 404, description = "No such site or edition", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_edition(
    AtSite(site): AtSite,
    Edition(edition): Edition,
    query: RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(&site, Some(edition), query, &headers)
}

/// Gives what an edition changed: which purposes widened and whose consent that takes, then which words of the text.
#[utoipa::path(get, path = "/policy/{site}/{edition}/changes", tag = "documents",
    params(("site" = String, Path, description = "The site's id"), ("edition" = String, Path, description = "Its effective date"), ("lang" = Option<String>, Query, description = "`ru` or `en`; otherwise by Accept-Language")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"),
        (status = 304, description = "Nothing has changed"),
        (status = 404, description = "No such site or edition", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_changes(
    AtSite(site): AtSite,
    Edition(edition): Edition,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    site.policies.changes(edition, &query, &headers)
}

fn answer(
    site: &SiteState,
    edition: Option<String>,
    RawQuery(query): RawQuery,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    site.policies
        .answer(edition, &query.unwrap_or_default(), headers)
}

#[cfg(test)]
#[path = "policies/tests.rs"]
mod tests;
