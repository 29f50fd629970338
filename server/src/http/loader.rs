//! The one script of a host page, and the modules that it fetches: the built scripts with the site's configuration in them.
//!
//! Who has answered already gets a script without the question. The answer itself is in the browser; a cookie beside it says
//! that there is one. Where no such cookie comes along, as from another site, the whole script comes, and does the same.

mod config;
mod watch;

use std::collections::BTreeMap;

use axum::{
    http::{HeaderMap, Uri, header},
    response::Response,
};
use raspiska_shared::{lang::Lang, problem::Kind};
use serde::Serialize;

use self::{
    config::{Calls, Later, Page, Words, files, for_script},
    watch::Watch,
};
use super::{
    assets::{Asset, Assets},
    extract::{AtSite, FileName},
    schema,
};
use crate::{problem::Problem, site::Loaded};

/// What a built script has in the place of its configuration, quotes included.
const PLACE: &str = "\"__RASPISKA_CONFIG__\"";

/// A new version of a site is with everyone after five minutes; until then, and for a day behind a broken connection, the
/// old one serves.
const CACHE: &str = "public, max-age=300, stale-while-revalidate=86400";

/// A person has to build and to start again: seconds until it may be worth to ask.
const BUILT_AGAIN: u64 = 60;

/// One site's scripts; none before the browser's part has been built.
#[derive(Clone, Debug)]
pub(crate) struct Loader {
    pages: Option<Pages>,
    modules: BTreeMap<&'static str, Asset>,
    /// The cookie that whoever has answered sends.
    cookie: String,
}

#[derive(Clone, Debug)]
struct Pages {
    /// With the words of one language each: most pages have no use for the others.
    whole: BTreeMap<Lang, Asset>,
    governing: Lang,
    brief: Asset,
}

impl Loader {
    /// Composes and compresses them.
    pub(crate) fn build(site: &Loaded, assets: &Assets) -> Self {
        let cookie = format!("raspiska.{}=", site.site.site);
        let words = Words::of(site, &site.site.languages);
        let modules = [
            ("acts.js", script(assets, "acts.js", &words)),
            ("words.js", script(assets, "words.js", &words)),
            ("later.js", script(assets, "later.js", &Later::of(site))),
            ("attach.js", script(assets, "attach.js", &())),
            ("file.js", script(assets, "file.js", &files(site))),
            ("watch.js", script(assets, "watch.js", &Watch::of(site))),
            ("moving.js", script(assets, "moving.js", &())),
            ("calls.js", script(assets, "calls.js", &Calls::of(site))),
        ];
        Self {
            pages: Pages::build(site, assets),
            modules: modules
                .into_iter()
                .filter_map(|(name, asset)| Some((name, asset?)))
                .collect(),
            cookie,
        }
    }

    /// Does the visitor's browser say that there is an answer?
    fn answered(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(header::COOKIE).iter();
        cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .any(|pair| pair.trim_start().starts_with(&self.cookie))
    }
}

impl Pages {
    fn build(site: &Loaded, assets: &Assets) -> Option<Self> {
        let manifest = assets.manifest()?;
        let brief = Page::of(site, manifest, None);
        let (of_whole, of_brief) = if brief.asks_for_more() {
            ("whole-more.js", "brief-more.js")
        } else {
            ("whole.js", "brief.js")
        };
        let varying = |asset: Asset| asset.varying("accept-encoding, cookie");
        let whole = |lang: &Lang| {
            let page = Page::of(site, manifest, Some(*lang));
            Some((*lang, varying(script(assets, of_whole, &page)?)))
        };
        Some(Self {
            whole: site.site.languages.iter().filter_map(whole).collect(),
            governing: *site.site.languages.first()?,
            brief: varying(script(assets, of_brief, &brief)?),
        })
    }

    /// The whole script with the words of this language, or of the site's first.
    fn whole(&self, lang: Option<Lang>) -> Option<&Asset> {
        let own = lang.and_then(|lang| self.whole.get(&lang));
        own.or_else(|| self.whole.get(&self.governing))
    }
}

fn script(assets: &Assets, name: &str, config: &impl Serialize) -> Option<Asset> {
    let text = assets
        .site_script(name)?
        .replacen(PLACE, &for_script(config)?, 1);
    Some(Asset::new(text, "text/javascript; charset=utf-8", CACHE).compressed())
}

fn not_built() -> Problem {
    let sentence = "the browser's part is not in this server yet; run `cargo xtask build` and start the server again";
    Problem::new(Kind::Unavailable, sentence).after(BUILT_AGAIN)
}

/// Gives a site's script for its pages.
#[utoipa::path(get, path = "/s/{site}/raspiska.js", tag = "browser", params(("site" = String, Path, description = "The site's id"),
        ("lang" = Option<String>, Query, description = "The page's language, if it is not the site's first: its words then come along")),
    responses((status = 200, description = "The script; a brief one for whoever sends the cookie `raspiska.{site}`", body = String, content_type = "text/javascript"), (status = 304, description = "Nothing has changed"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not built yet", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_loader(
    AtSite(site): AtSite,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let loader = &site.loader;
    let pages = loader.pages.as_ref().ok_or_else(not_built)?;
    if loader.answered(&headers) {
        return Ok(pages.brief.answer(&headers));
    }
    let mut members = uri.query().unwrap_or_default().split('&');
    let lang = members.find_map(|member| Lang::from_tag(member.strip_prefix("lang=")?));
    Ok(pages.whole(lang).ok_or_else(not_built)?.answer(&headers))
}

/// Gives a module that a site's script fetches when it needs it.
#[utoipa::path(get, path = "/s/{site}/{file}", tag = "browser", params(("site" = String, Path, description = "The site's id"),
        ("file" = String, Path, description = "`acts.js`: what a click sets in motion; `words.js`: the first question in every language; `later.js`: what pages need seldom; `attach.js`: the page's own forms; `file.js`: files that go with a form; `moving.js`: what another manager has left; `calls.js`: the calls of other managers; `watch.js`: what a developer wants to see")),
    responses((status = 200, description = "The module", body = String, content_type = "text/javascript"), (status = 304, description = "Nothing has changed"),
        (status = 404, description = "No such site or file", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not built yet", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_module(
    AtSite(site): AtSite,
    FileName(file): FileName,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if site.loader.pages.is_none() {
        return Err(not_built());
    }
    let module = site.loader.modules.get(file.as_str());
    let module = module.ok_or_else(|| Problem::not_found("there is no such script"))?;
    Ok(module.answer(&headers))
}
