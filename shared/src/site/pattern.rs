//! Addresses of a service, as patterns: `mc.yandex.ru/metrika/*`, `*.example.com/pixel*`.

use alloc::string::{String, ToString};
use core::str::FromStr;

/// A host and a path with `*`, without scheme, port and query.
///
/// The host is exact, or `*.` stands for one or more labels before it: `*.example.com` is every host under `example.com`,
/// not that host itself. In the path `*` stands for any characters, `/` too, or none. What follows `?` or `#` in an address
/// is not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    host: String,
    path: String,
}

/// Not a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the pattern {0:?} is not host/path; write e.g. \"mc.example.ru/js/*\" or \"*.example.ru/*\", in small letters, without https:// and without ?"
)]
pub struct PatternError(pub String);

impl Pattern {
    /// Is a whole address, `https://…`, one of these?
    #[must_use]
    pub fn matches(&self, url: &str) -> bool {
        let Some((host, path)) = split(url) else {
            return false;
        };
        let host_fits = match self.host.strip_prefix('*') {
            // What is left begins with the dot, so a label has to be before it.
            Some(ending) => host.len() > ending.len() && host.ends_with(ending),
            None => host == self.host,
        };
        host_fits && glob(&self.path, path)
    }

    /// The same as a regular expression of ECMAScript, over a host in small letters and a path without what is between them.
    #[must_use]
    pub fn regex(&self) -> String {
        let host = match self.host.strip_prefix('*') {
            Some(ending) => String::from(".+") + &Self::escaped(ending),
            None => Self::escaped(&self.host),
        };
        alloc::format!("^{host}{}$", Self::escaped(&self.path))
    }

    /// A name with `*` for any characters, as a part of a regular expression.
    #[must_use]
    pub fn escaped(name: &str) -> String {
        let mut out = String::with_capacity(name.len());
        for character in name.chars() {
            match character {
                '*' => out.push_str(".*"),
                _ if character.is_ascii_punctuation()
                    && !matches!(character, '_' | '-' | '/' | '%') =>
                {
                    out.push('\\');
                    out.push(character);
                }
                _ => out.push(character),
            }
        }
        out
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let wrong = || PatternError(text.to_string());
        let at = text.find('/').ok_or_else(wrong)?;
        let (host, path) = text.split_at(at);
        let name = host.strip_prefix("*.").unwrap_or(host);
        let label = |label: &str| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let readable = |b: u8| b.is_ascii_graphic() && !matches!(b, b'?' | b'#');
        // A single label would be a whole top-level domain, or somebody's own machine.
        if name.contains('.') && name.split('.').all(label) && path.bytes().all(readable) {
            Ok(Self {
                host: host.to_string(),
                path: path.to_string(),
            })
        } else {
            Err(wrong())
        }
    }
}

/// Host, in small letters, and path of an address; none if it has no host.
fn split(url: &str) -> Option<(String, &str)> {
    let rest = ["https://", "http://", "//"]
        .iter()
        .find_map(|start| url.strip_prefix(start))?;
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    Some((host.to_ascii_lowercase(), path))
}

/// Does `*` for any run of characters make the pattern the text? The pieces between stars are taken as early as they come.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces = rest.split('*');
    let last = pieces.next_back().unwrap_or_default();
    for piece in pieces {
        let Some((_, after)) = text.split_once(piece) else {
            return false;
        };
        text = after;
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn addresses_match_by_host_and_path() {
        for (pattern, yes, no) in [
            (
                "mc.yandex.ru/metrika/*",
                &[
                    "https://mc.yandex.ru/metrika/tag.js",
                    "//mc.yandex.ru/metrika/?x=1",
                    "https://MC.Yandex.ru:443/metrika/a/b#c",
                    "http://user@mc.yandex.ru/metrika/",
                ][..],
                &[
                    "https://mc.yandex.ru/metrika",
                    "https://mc.yandex.ru.evil.example/metrika/tag.js",
                    "https://xmc.yandex.ru/metrika/tag.js",
                    "https://evil.example/mc.yandex.ru/metrika/tag.js",
                    "https://evil.example/?mc.yandex.ru/metrika/tag.js",
                    "https://mc.yandex.ru@evil.example/metrika/tag.js",
                    "/metrika/tag.js",
                    "mc.yandex.ru/metrika/tag.js",
                    "",
                ][..],
            ),
            (
                "*.example.com/p*/x*.js",
                &[
                    "https://a.example.com/p/x.js",
                    "https://a.b.example.com/pq/r/xx.js?v=1",
                    "https://a.example.com/p/x.js/x.js",
                ],
                &[
                    "https://example.com/p/x.js",
                    "https://notexample.com/p/x.js",
                    "https://a.example.com/p/x.css",
                    "https://a.example.com/q/p/x.js",
                ],
            ),
            (
                "a.example.com/",
                &["https://a.example.com", "https://a.example.com/?q"],
                &["https://a.example.com/b"],
            ),
            (
                "a.example.com/x*x",
                &["https://a.example.com/xx"],
                &["https://a.example.com/x"],
            ),
        ] {
            let pattern: Pattern = pattern.parse().unwrap();
            for url in yes {
                assert!(pattern.matches(url), "{pattern:?} has to match {url}");
            }
            for url in no {
                assert!(!pattern.matches(url), "{pattern:?} may not match {url}");
            }
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "",
            "/",
            "*",
            "*/*",
            "*.ru/*",
            "localhost/*",
            "example.com",
            "https://example.com/*",
            "Example.com/*",
            "a.*.com/*",
            "a*.example.com/*",
            "example.com:8080/*",
            "example..com/*",
            "example.com/?q=*",
            "example.com/#a",
            "example.com/а",
            "example.com/a b",
        ] {
            let error = text.parse::<Pattern>().unwrap_err();
            assert_eq!(error, PatternError(text.to_string()), "{text:?}");
        }
    }
}
