//! What browsers load: named by content and therefore never out of date, compressed once.

use std::{collections::BTreeMap, io};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use brotli::enc::{BrotliEncoderParams, backward_references::BrotliEncoderMode};
use bytes::Bytes;
use raspiska_shared::digest::Digest;
use rust_embed::RustEmbed;
use serde::Deserialize;

use super::{extract::FileName, my, schema, verify};
use crate::{app::App, problem::Problem};

/// For what is named by its content.
pub(crate) const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The page of a policy, and what it is written with.
const STYLE: &str = include_str!("policies/style.css");

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/www"]
struct Built;

/// `assets.json`: which of the built files are the current ones.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Manifest {
    /// The glue between page and Wasm.
    pub(crate) widget: String,
    /// The Wasm.
    pub(crate) wasm: String,
    /// The script of the page that checks receipt files.
    pub(crate) verify: String,
    /// Its Wasm.
    pub(crate) verifier: String,
}

/// Everything under `/w/`, and the scripts before a site's configuration is put in.
#[derive(Debug)]
pub(crate) struct Assets {
    files: BTreeMap<String, Asset>,
    manifest: Option<Manifest>,
    style: String,
    verify_style: String,
    my_style: String,
    my_script: String,
}

impl Assets {
    /// Takes what was built into this binary; a debug build reads the folder.
    pub(crate) fn load() -> Self {
        let mut files = BTreeMap::new();
        for name in Built::iter() {
            let media_type = match name.rsplit_once('.') {
                _ if name.starts_with("site/") => continue,
                Some((_, "js")) => "text/javascript; charset=utf-8",
                Some((_, "wasm")) => "application/wasm",
                _ => continue,
            };
            if let Some(bytes) = read(&name) {
                let mut asset = Asset::new(bytes, media_type, FOR_EVER);
                asset.brotli = read(&format!("{name}.br"));
                files.insert(name.into_owned(), asset);
            }
        }
        let mut style = |name: &str, css: &'static str| {
            let digest = Digest::of(css.as_bytes()).to_string();
            let name = format!("{name}-{}.css", &digest[..16]);
            let asset = Asset::new(css, "text/css; charset=utf-8", FOR_EVER).compressed();
            files.insert(name.clone(), asset);
            name
        };
        let (style, verify_style, my_style) = (
            style("policy", STYLE),
            style("verify", verify::STYLE),
            style("my", my::STYLE),
        );
        let digest = Digest::of(my::SCRIPT.as_bytes()).to_string();
        let my_script = format!("my-{}.js", &digest[..16]);
        let script = Asset::new(my::SCRIPT, "text/javascript; charset=utf-8", FOR_EVER);
        files.insert(my_script.clone(), script.compressed());
        Self {
            files,
            manifest: read("assets.json").and_then(|json| serde_json::from_slice(&json).ok()),
            style,
            verify_style,
            my_style,
            my_script,
        }
    }

    /// The files that scripts fetch; none before the first build.
    pub(crate) fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// A script that wants a site's configuration.
    pub(crate) fn site_script(&self, name: &str) -> Option<String> {
        let bytes = read(&format!("site/{name}"))?;
        String::from_utf8(bytes.into()).ok()
    }

    /// The path of the policy's style sheet.
    pub(crate) fn style(&self) -> String {
        format!("/w/{}", self.style)
    }

    /// The path of what the page that checks receipt files adds to it.
    pub(crate) fn verify_style(&self) -> String {
        format!("/w/{}", self.verify_style)
    }

    /// The path of what the page of a person's own consents adds to both.
    pub(crate) fn my_style(&self) -> String {
        format!("/w/{}", self.my_style)
    }

    /// The path of that page's script.
    pub(crate) fn my_script(&self) -> String {
        format!("/w/{}", self.my_script)
    }
}

fn read(name: &str) -> Option<Bytes> {
    Built::get(name).map(|file| Bytes::from(file.data.into_owned()))
}

/// Up to here both of the encoder's ways to count distances are tried: now one is shorter by tens of bytes, now the other. The loader is that
/// short, and in what is longer so little does not count.
const SHORT: usize = 16 * 1024;

/// Bytes with all that an answer says about them.
#[derive(Clone, Debug)]
pub(crate) struct Asset {
    bytes: Bytes,
    brotli: Option<Bytes>,
    digest: Digest,
    media_type: &'static str,
    cache: &'static str,
    vary: &'static str,
}

impl Asset {
    /// These bytes, as they are.
    pub(crate) fn new(
        bytes: impl Into<Bytes>,
        media_type: &'static str,
        cache: &'static str,
    ) -> Self {
        let bytes = bytes.into();
        Self {
            digest: Digest::of(&bytes),
            bytes,
            brotli: None,
            media_type,
            cache,
            vary: "accept-encoding",
        }
    }

    /// Also in brotli at its best quality: it is compressed once and sent many times.
    pub(crate) fn compressed(mut self) -> Self {
        let ways = [
            BrotliEncoderMode::BROTLI_MODE_GENERIC,
            BrotliEncoderMode::BROTLI_MODE_FONT,
        ];
        let tried = if self.bytes.len() <= SHORT { 2 } else { 1 };
        self.brotli = ways
            .into_iter()
            .take(tried)
            .filter_map(|mode| brotli(&self.bytes, mode).ok())
            .min_by_key(Vec::len)
            .map(Bytes::from);
        self
    }

    /// One of several answers at this address; these headers of the request choose.
    pub(crate) fn varying(mut self, vary: &'static str) -> Self {
        self.vary = vary;
        self
    }

    /// The same, kept by caches in another way.
    pub(crate) fn cached(mut self, cache: &'static str) -> Self {
        self.cache = cache;
        self
    }

    /// The answer to a request with these headers: all of it, or that nothing has changed.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response {
        let (bytes, encoding) = match &self.brotli {
            Some(brotli) if accepts_brotli(request) => (brotli, Some("br")),
            _ => (&self.bytes, None),
        };
        // Strong: the two encodings are two representations, RFC 9110 section 8.8.3.3.
        let etag = format!(
            "\"{}{}\"",
            self.digest,
            if encoding.is_some() { "-br" } else { "" }
        );
        let known = request
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|tag| matches!(tag.trim(), "*") || tag.trim().trim_start_matches("W/") == etag);
        let mut response = Response::new(if known {
            Body::empty()
        } else {
            Body::from(bytes.clone())
        });
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        // Pages of other origins load these, that is what they are for.
        headers.insert(
            "cross-origin-resource-policy",
            HeaderValue::from_static("cross-origin"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache));
        headers.insert(header::VARY, HeaderValue::from_static(self.vary));
        // Base64url and two quotes: always a header's value.
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            headers.insert(header::ETAG, etag);
        }
        if !known {
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static(self.media_type),
            );
            if let Some(encoding) = encoding {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
        }
        response
    }
}

fn brotli(bytes: &[u8], mode: BrotliEncoderMode) -> io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        size_hint: bytes.len(),
        mode,
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

/// Does the request take brotli? `br;q=0` says that it does not.
fn accepts_brotli(request: &HeaderMap) -> bool {
    super::accept::weighted(request, &header::ACCEPT_ENCODING)
        .any(|(name, weight)| name == "br" && weight > 0.0)
}

/// Gives a built file.
#[utoipa::path(get, path = "/w/{file}", tag = "browser", params(("file" = String, Path, description = "A name with a digest, as the loader knows it")),
    responses((status = 200, description = "The file; it never changes", content((String = "text/javascript"), (String = "application/wasm"), (String = "text/css"))), (status = 304, description = "Nothing has changed"),
        (status = 404, description = "No such file", body = schema::Problem, content_type = "application/problem+json")))]
pub(crate) async fn read_asset(
    State(app): State<App>,
    FileName(file): FileName,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asset = app.assets().files.get(&file);
    Ok(asset
        .ok_or_else(|| Problem::not_found("there is no such file"))?
        .answer(&headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn brotli_goes_to_those_who_take_it() {
        let asset = Asset::new("text ".repeat(100), "text/css", FOR_EVER).compressed();
        let plain = asset.answer(&HeaderMap::new());
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        for refused in ["gzip", "br;q=0", "brotli"] {
            let response = asset.answer(&request(header::ACCEPT_ENCODING, refused));
            assert!(
                !response.headers().contains_key(header::CONTENT_ENCODING),
                "{refused}"
            );
        }
        let small = asset.answer(&request(header::ACCEPT_ENCODING, "gzip, deflate, br;q=0.5"));
        assert_eq!(small.headers()[header::CONTENT_ENCODING], "br");
        assert_ne!(small.headers()[header::ETAG], plain.headers()[header::ETAG]);
        assert_eq!(small.headers()[header::VARY], "accept-encoding");
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let asset = Asset::new("text", "text/css", FOR_EVER);
        let etag = asset.answer(&HeaderMap::new()).headers()[header::ETAG].clone();
        let etag = etag.to_str().unwrap();
        for known in [
            etag.to_owned(),
            format!("W/{etag}"),
            format!("\"other\", {etag}"),
            "*".to_owned(),
        ] {
            let response = asset.answer(&request(header::IF_NONE_MATCH, &known));
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert!(!response.headers().contains_key(header::CONTENT_TYPE));
        }
        assert_eq!(
            asset
                .answer(&request(header::IF_NONE_MATCH, "\"other\""))
                .status(),
            StatusCode::OK
        );
    }

    #[test]
    fn the_style_is_served_under_its_digest() {
        let assets = Assets::load();
        for name in [assets.style(), assets.verify_style()] {
            let file = name.trim_start_matches("/w/");
            assert!(assets.files.contains_key(file), "{name}");
        }
    }
}
