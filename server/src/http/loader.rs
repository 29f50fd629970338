//! The one script of a host page, and the modules that it fetches: the built scripts with the site's configuration in them.
//!
//! Who has answered already gets a script without the question. The answer itself is in the browser; a cookie beside it says
//! that there is one. Where no such cookie comes along, as from another site, the whole script comes, and does the same.

mod config;
mod watch;

use std::collections::BTreeMap;

use axum::{
    http::{HeaderMap, header},
    response::Response,
};
use raspiska_shared::problem::Kind;
use serde::Serialize;

use self::{
    config::{Calls, Later, Page, Words, for_script},
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
    whole: Asset,
    brief: Asset,
}

impl Loader {
    /// Composes and compresses them.
    pub(crate) fn build(site: &Loaded, assets: &Assets) -> Self {
        let cookie = format!("raspiska.{}=", site.site.site);
        let modules = [
            ("acts.js", script(assets, "acts.js", &Words::of(site))),
            ("later.js", script(assets, "later.js", &Later::of(site))),
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
        let whole = Page::of(site, manifest, true);
        let brief = Page::of(site, manifest, false);
        let (of_whole, of_brief) = if whole.asks_for_more() {
            ("whole-more.js", "brief-more.js")
        } else {
            ("whole.js", "brief.js")
        };
        let varying = |asset: Asset| asset.varying("accept-encoding, cookie");
        Some(Self {
            whole: varying(script(assets, of_whole, &whole)?),
            brief: varying(script(assets, of_brief, &brief)?),
        })
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
#[utoipa::path(get, path = "/s/{site}/raspiska.js", tag = "browser", params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, description = "The script; a brief one for whoever sends the cookie `raspiska.{site}`", body = String, content_type = "text/javascript"), (status = 304, description = "Nothing has changed"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not built yet", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_loader(
    AtSite(site): AtSite,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let loader = &site.loader;
    let pages = loader.pages.as_ref().ok_or_else(not_built)?;
    let asset = if loader.answered(&headers) {
        &pages.brief
    } else {
        &pages.whole
    };
    Ok(asset.answer(&headers))
}

/// Gives a module that a site's script fetches when it needs it.
#[utoipa::path(get, path = "/s/{site}/{file}", tag = "browser", params(("site" = String, Path, description = "The site's id"),
        ("file" = String, Path, description = "`acts.js`: what a click sets in motion; `later.js`: what pages need seldom; `moving.js`: what another manager has left; `calls.js`: the calls of other managers; `watch.js`: what a developer wants to see")),
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
