//! The one script of a host page: the built loader with the site's configuration in it, so that one response is all that a
//! banner needs.

use std::collections::BTreeMap;

use axum::{http::HeaderMap, response::Response};
use raspiska_shared::{
    digest::Digest,
    lang::{Lang, Localized},
    problem::Kind,
    site::CookieCategory,
};
use serde::Serialize;

use super::{
    assets::{Asset, Assets},
    extract::AtSite,
    schema,
};
use crate::{
    problem::Problem,
    site::{Banner, Loaded},
};

/// What the loader has in the place of its configuration, quotes included.
const PLACE: &str = "\"__RASPISKA_CONFIG__\"";

/// A new version of a site is with everyone after five minutes; until then, and for a day behind a broken connection, the
/// old one serves.
const CACHE: &str = "public, max-age=300, stale-while-revalidate=86400";

/// A person has to build and to start again: seconds until it may be worth to ask.
const BUILT_AGAIN: u64 = 60;

/// One site's loader; none before the browser's part has been built.
#[derive(Clone, Debug)]
pub(crate) struct Loader(Option<Asset>);

impl Loader {
    /// Composes and compresses it.
    pub(crate) fn build(site: &Loaded, assets: &Assets) -> Self {
        Self(assets.loader().and_then(|(loader, manifest)| {
            let config = Config::of(site, &manifest.widget, &manifest.wasm)?;
            let script = loader.replacen(PLACE, &for_script(&config)?, 1);
            Some(Asset::new(script, "text/javascript; charset=utf-8", CACHE).compressed())
        }))
    }
}

/// What the loader knows about its site.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    site: &'a str,
    lang: &'a [Lang],
    edition: &'a str,
    policy: Digest,
    days: u16,
    widget: String,
    wasm: String,
    policy_url: String,
    cats: Vec<Category<'a>>,
    text: &'a BTreeMap<Lang, Banner>,
}

#[derive(Debug, Serialize)]
struct Category<'a> {
    id: &'a str,
    notice: Notice<'a>,
    title: &'a Localized,
    cookies: Vec<&'a str>,
    services: Vec<&'a str>,
}

/// A notice's id beside its digests by language.
#[derive(Debug, Serialize)]
struct Notice<'a> {
    id: &'a str,
    #[serde(flatten)]
    digests: BTreeMap<&'static str, Digest>,
}

impl<'a> Config<'a> {
    fn of(loaded: &'a Loaded, widget: &str, wasm: &str) -> Option<Self> {
        let site = &loaded.site;
        let current = site
            .editions
            .iter()
            .find(|edition| edition.edition == site.edition)?;
        Some(Self {
            site: &site.site,
            lang: &site.languages,
            edition: &site.edition,
            policy: current.sha256,
            days: loaded.choice_days,
            widget: format!("/w/{widget}"),
            wasm: format!("/w/{wasm}"),
            policy_url: format!("/policy/{}", site.site),
            cats: site
                .cookies
                .iter()
                .filter_map(|own| category(loaded, own))
                .collect(),
            text: &loaded.banner,
        })
    }
}

/// A category that is decided about; the necessary one is not, and the loader need not know it.
fn category<'a>(loaded: &'a Loaded, own: &'a CookieCategory) -> Option<Category<'a>> {
    let id = own.notice.as_deref()?;
    let current = |lang: &Lang| {
        Some((
            lang.tag(),
            loaded.site.notice(id, *lang, &loaded.today)?.sha256,
        ))
    };
    Some(Category {
        id: &own.id,
        notice: Notice {
            id,
            digests: loaded.site.languages.iter().filter_map(current).collect(),
        },
        title: &own.title,
        cookies: own
            .services
            .iter()
            .flat_map(|service| &service.cookies)
            .map(|cookie| cookie.name.as_str())
            .collect(),
        services: own
            .services
            .iter()
            .map(|service| service.id.as_str())
            .collect(),
    })
}

/// JSON that is also safe inside a script, wherever the script is put: no end tag, no line end that old engines see.
fn for_script(config: &Config<'_>) -> Option<String> {
    let json = serde_json::to_string(config).ok()?;
    Some(
        json.replace('<', "\\u003c")
            .replace('\u{2028}', "\\u2028")
            .replace('\u{2029}', "\\u2029"),
    )
}

/// Gives a site's loader.
#[utoipa::path(get, path = "/s/{site}/raspiska.js", tag = "browser", params(("site" = String, Path, description = "The site's id")),
    responses((status = 200, description = "The script", body = String, content_type = "text/javascript"), (status = 304, description = "Nothing has changed"),
        (status = 404, description = "No such site", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not built yet", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_loader(
    AtSite(site): AtSite,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(asset) = &site.loader.0 else {
        let sentence = "the browser's part is not in this server yet; run `cargo xtask build` and start the server again";
        return Err(Problem::new(Kind::Unavailable, sentence).after(BUILT_AGAIN));
    };
    Ok(asset.answer(&headers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sample::jetcrm;

    #[test]
    fn the_configuration_is_what_the_loader_expects() {
        let loaded = jetcrm();
        let config = Config::of(&loaded, "a.js", "b.wasm").unwrap();
        let json: serde_json::Value = serde_json::from_str(&for_script(&config).unwrap()).unwrap();
        assert_eq!(json["site"], "jetcrm");
        assert_eq!(json["lang"], serde_json::json!(["ru", "en"]));
        assert_eq!(json["widget"], "/w/a.js");
        assert_eq!(json["policyUrl"], "/policy/jetcrm");
        assert_eq!(json["days"], 365);
        let ids: Vec<_> = json["cats"]
            .as_array()
            .unwrap()
            .iter()
            .map(|cat| cat["id"].clone())
            .collect();
        assert_eq!(ids, ["analytics", "ads", "media"]);
        let analytics = &json["cats"][0];
        assert_eq!(analytics["cookies"], serde_json::json!(["_demo_uid"]));
        assert_eq!(analytics["services"], serde_json::json!(["counter"]));
        let text = &loaded
            .site
            .notice("cookies-analytics", Lang::En, "2025-06-01")
            .unwrap()
            .text;
        assert_eq!(
            analytics["notice"]["en"],
            Digest::of(text.as_bytes()).to_string()
        );
        assert_eq!(json["text"]["en"]["none"], "Refuse");
    }

    #[test]
    fn nothing_in_it_can_end_the_script_around_it() {
        let mut loaded = jetcrm();
        if let Some(banner) = loaded.banner.get_mut(&Lang::Ru) {
            banner.body = "</script><!--\u{2028}\u{2029}".to_owned();
        }
        let config = Config::of(&loaded, "a.js", "b.wasm").unwrap();
        let json = for_script(&config).unwrap();
        assert!(!json.contains(['<', '\u{2028}', '\u{2029}']), "{json}");
        let back: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(back["text"]["ru"]["body"], "</script><!--\u{2028}\u{2029}");
    }
}
