//! The page that checks receipt files in the browser: once it is loaded, it asks nobody.

mod failures;
mod page;
mod results;
mod said;
mod words;

use std::collections::BTreeMap;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use raspiska_shared::{lang::Lang, problem::Kind};
use serde::Serialize;

use super::{
    accept,
    assets::{Asset, Assets},
};
use crate::{app::App, problem::Problem, site::Loaded};

/// The style sheet, beside the one of the policies.
pub(super) const STYLE: &str = include_str!("verify/style.css");

/// It names files that change with the server, so a new server is seen soon.
const CACHE: &str = "public, max-age=300";

/// Its own script and the Wasm in it, its own styles, and questions to its own host; nothing inline, nothing of others.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; img-src data:; \
                              frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The page in every language; none before the browser's part has been built.
#[derive(Debug)]
pub(crate) struct VerifyPage(BTreeMap<Lang, Asset>);

/// A log of this server, as the page knows it.
#[derive(Debug, Serialize)]
struct KnownLog<'a> {
    site: &'a str,
    /// Names of purposes and of services within them.
    purposes: BTreeMap<String, &'a str>,
    /// For each notice, the labels of the fields that its receipts commit to.
    fields: BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>,
}

impl VerifyPage {
    /// Writes and compresses the page in every language.
    pub(crate) fn build<'a>(
        sites: impl Iterator<Item = &'a Loaded> + Clone,
        assets: &Assets,
    ) -> Self {
        let Some(manifest) = assets.manifest() else {
            return Self(BTreeMap::new());
        };
        let (script, wasm) = (
            format!("/w/{}", manifest.verify),
            format!("/w/{}", manifest.verifier),
        );
        let write = |lang| {
            let logs: BTreeMap<&str, KnownLog<'_>> = sites
                .clone()
                .map(|site| (site.site.log.vkey.as_str(), KnownLog::of(site, lang)))
                .collect();
            // Strings and maps with string keys always serialise.
            let json = |value: Result<String, serde_json::Error>| value.unwrap_or_default();
            let html = page::write(
                lang,
                &page::Parts {
                    styles: [&assets.style(), &assets.verify_style()],
                    script: &script,
                    wasm: &wasm,
                    said: &json(serde_json::to_string(&said::of(lang))),
                    logs: &json(serde_json::to_string(&logs)),
                },
            );
            let asset = Asset::new(html, "text/html; charset=utf-8", CACHE);
            let varying = asset
                .compressed()
                .varying("accept-encoding, accept-language");
            (lang, varying)
        };
        Self(Lang::ALL.into_iter().map(write).collect())
    }

    /// The page in the language that the address names, else in the one that the browser wants.
    fn answer(&self, query: &str, headers: &HeaderMap) -> Result<Response, Problem> {
        let named = query
            .split('&')
            .find_map(|member| member.strip_prefix("lang="))
            .and_then(Lang::from_tag);
        let lang = named
            .or_else(|| accept::language(headers, &Lang::ALL))
            .unwrap_or_default();
        let asset = self.0.get(&lang).ok_or_else(|| {
            let sentence = "the browser's part is not in this server yet; run `cargo xtask build` and start the server again";
            Problem::new(Kind::Unavailable, sentence)
        })?;
        let mut response = asset.answer(headers);
        let fields = [
            (header::CONTENT_LANGUAGE, lang.tag()),
            (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
            (header::REFERRER_POLICY, "no-referrer"),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                "same-origin",
            ),
        ];
        for (name, value) in fields {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        Ok(response)
    }
}

impl<'a> KnownLog<'a> {
    fn of(loaded: &'a Loaded, lang: Lang) -> Self {
        let site = &loaded.site;
        let mut purposes: BTreeMap<String, &str> = site
            .purposes
            .iter()
            .map(|purpose| (purpose.id.to_string(), purpose.title.get(lang)))
            .collect();
        for category in &site.cookies {
            for service in &category.services {
                let id = format!("{}/{}", category.id, service.id);
                purposes.insert(id, service.name.get(lang));
            }
        }
        let mut fields: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for form in &site.forms {
            for notice in form.optional.iter().chain([&form.notice]) {
                let labels = form
                    .fields
                    .iter()
                    .map(|field| (field.id.as_str(), field.label.get(lang)));
                fields.entry(notice.as_str()).or_default().extend(labels);
            }
        }
        Self {
            site: &site.site,
            purposes,
            fields,
        }
    }
}

/// Gives the page that checks receipt files.
#[utoipa::path(get, path = "/verify", tag = "documents",
    params(("lang" = Option<String>, Query, description = "`ru` or `en`; otherwise by Accept-Language")),
    responses((status = 200, description = "The page; it checks in the browser and sends nothing", content_type = "text/html"),
        (status = 503, description = "Not built yet", body = super::schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_verify(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.verify_page()
        .answer(&query.unwrap_or_default(), &headers)
}

#[cfg(test)]
#[path = "verify/tests.rs"]
mod tests;
