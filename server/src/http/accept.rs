//! What a client would rather have: `Accept`, `Accept-Language`, `Accept-Encoding`, RFC 9110 section 12.

use axum::http::{HeaderMap, HeaderName, header};
use raspiska_shared::lang::Lang;

/// The members of such a header with their weights, 0 to 1. A malformed weight counts as none given.
pub(super) fn weighted<'a>(
    request: &'a HeaderMap,
    name: &'a HeaderName,
) -> impl Iterator<Item = (&'a str, f32)> {
    request
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|member| {
            let mut parts = member.split(';').map(str::trim);
            let value = parts.next().unwrap_or_default();
            let weight = parts
                .find_map(|part| part.strip_prefix("q="))
                .and_then(|weight| weight.parse().ok());
            (value, weight.unwrap_or(1.0))
        })
}

/// The media type that the client wants most; of equals the first, also when it says nothing.
pub(super) fn media_type(request: &HeaderMap, offered: &[&'static str]) -> &'static str {
    let weight = |offer: &str| {
        let group = offer.split('/').next().unwrap_or_default();
        // The most specific member decides, RFC 9110 section 12.5.1.
        [offer.to_owned(), format!("{group}/*"), "*/*".to_owned()]
            .iter()
            .find_map(|wanted| {
                weighted(request, &header::ACCEPT)
                    .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                    .map(|(_, weight)| weight)
            })
            .unwrap_or(0.0)
    };
    let first = offered.first().copied().unwrap_or_default();
    offered
        .iter()
        .skip(1)
        .fold((first, weight(first)), |best, offer| {
            let weight = weight(offer);
            if weight > best.1 {
                (*offer, weight)
            } else {
                best
            }
        })
        .0
}

/// The language that the client wants most, if it is one of these.
pub(super) fn language(request: &HeaderMap, offered: &[Lang]) -> Option<Lang> {
    weighted(request, &header::ACCEPT_LANGUAGE)
        .filter(|(_, weight)| *weight > 0.0)
        .filter_map(|(tag, weight)| {
            Some((
                Lang::from_tag(tag).filter(|lang| offered.contains(lang))?,
                weight,
            ))
        })
        .fold(None, |best: Option<(Lang, f32)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        })
        .map(|(lang, _)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: [&str; 3] = ["text/html", "application/json", "text/markdown"];

    fn request(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, axum::http::HeaderValue::from_static(value))])
    }

    #[test]
    fn the_page_is_for_everyone_who_does_not_ask_for_more() {
        for accept in [
            "",
            "*/*",
            "text/*",
            "image/png",
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "application/json;q=0.5,text/html",
        ] {
            assert_eq!(
                media_type(&request(header::ACCEPT, accept), &OFFERED),
                "text/html",
                "{accept}"
            );
        }
        assert_eq!(media_type(&HeaderMap::new(), &OFFERED), "text/html");
        assert_eq!(
            media_type(&request(header::ACCEPT, "application/json"), &OFFERED),
            "application/json"
        );
        assert_eq!(
            media_type(
                &request(header::ACCEPT, "text/markdown, */*;q=0.1"),
                &OFFERED
            ),
            "text/markdown"
        );
    }

    #[test]
    fn the_heaviest_language_that_we_speak_wins() {
        let wanted = |value| language(&request(header::ACCEPT_LANGUAGE, value), &Lang::ALL);
        assert_eq!(wanted("en-US,en;q=0.9"), Some(Lang::En));
        assert_eq!(wanted("de, en;q=0.5, ru-RU;q=0.7"), Some(Lang::Ru));
        assert_eq!(wanted("de, en;q=0"), None);
        assert_eq!(wanted(""), None);
    }
}
