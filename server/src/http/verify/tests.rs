use std::{collections::BTreeSet, fs, path::Path};

use axum::body::to_bytes;
use serde_json::Value;

use super::*;
use crate::{
    site::sample::jetcrm,
    spec::{CONFIRMERS, PAGES, VERIFIERS},
};

const VKEY: &str = "jetcrm.ru/jetcrm+00000000+AAAA";

/// The page as it is without a build of the browser's part, which these tests do not need.
fn page(lang: Lang) -> String {
    let mut site = jetcrm();
    site.set_vkey(VKEY.to_owned());
    let logs = BTreeMap::from([(VKEY, KnownLog::of(&site, lang))]);
    page::write(
        lang,
        &page::Parts {
            styles: ["/w/a.css", "/w/b.css"],
            script: "/w/verify.js",
            wasm: "/w/verifier.wasm",
            said: &serde_json::to_string(&said::of(lang)).unwrap(),
            logs: &serde_json::to_string(&logs).unwrap(),
        },
    )
}

/// JSON in an attribute.
fn data(html: &str, name: &str) -> Value {
    let (_, rest) = html.split_once(&format!("{name}=\"")).unwrap();
    let text = rest.split('"').next().unwrap();
    let text = text.replace("&quot;", "\"").replace("&#39;", "'");
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    serde_json::from_str(&text.replace("&amp;", "&")).unwrap()
}

fn answer(query: &str, headers: &HeaderMap) -> Response {
    let asset = |lang| Asset::new(page(lang), "text/html; charset=utf-8", CACHE);
    let pages = Lang::ALL.map(|lang| (lang, asset(lang)));
    VerifyPage(pages.into()).answer(query, headers).unwrap()
}

#[test]
fn nothing_in_the_page_is_inline_or_from_elsewhere() {
    for lang in Lang::ALL {
        let html = page(lang);
        for tag in html.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            // What stands between quotes is a value, not an attribute's name.
            let names: String = tag.split('"').step_by(2).collect();
            assert!(
                !names.contains(" style=") && !names.contains(" on"),
                "{names}"
            );
            assert!(
                !tag.starts_with("script") || tag.contains("src=\"/w/"),
                "{tag}"
            );
        }
        assert_eq!(html.matches("<script").count(), 1);
        assert!(!html.contains("http"), "no address of anybody else");
        assert!(html.contains("<noscript>") && html.contains("raspiska verify"));
        for link in html.split("href=\"/spec/").skip(1) {
            let file = link.split('"').next().unwrap();
            let mut published = PAGES.iter().chain(&CONFIRMERS).chain(&VERIFIERS);
            assert!(published.any(|(name, _)| *name == file), "{file}");
        }
        assert_eq!(html.matches("href=\"/spec/").count(), 3);
    }
}

#[test]
fn the_script_finds_words_for_all_that_a_file_may_say() {
    for lang in Lang::ALL {
        let said = data(&page(lang), "data-said");
        for (table, names) in [
            ("actors", &["subject", "operator", "representative"][..]),
            ("categories", &["site_user", "candidate", "customer_client"]),
            (
                "methods",
                &["form", "give-all", "refuse-all", "code", "expiry"],
            ),
            ("states", &["given", "refused", "withdrawn"]),
        ] {
            for name in names {
                let words = said[table][name].as_str().unwrap_or_default();
                assert!(words.len() > 2, "{table}.{name}");
            }
        }
        for act in ["held", "passed", "once"] {
            assert!(said["gate"][act].as_str().unwrap().contains('#'), "{act}");
        }
        assert_eq!(said["most"], 1024 * 1024 + 1);
        let methods = said["methods"].as_object().unwrap();
        let different: BTreeSet<_> = methods.values().map(Value::to_string).collect();
        assert_eq!((methods.len(), different.len()), (10, 10));
    }
}

#[test]
fn every_kind_that_a_file_can_fail_with_is_explained() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors");
    let mut kinds = BTreeSet::new();
    for folder in ["checkpoint", "file", "note", "proof", "receipt"] {
        for entry in fs::read_dir(vectors.join(folder)).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let (_, rest) = text.split_once("expect: ").unwrap();
            kinds.insert(rest.lines().next().unwrap().to_owned());
        }
    }
    kinds.remove("ok");
    assert!(kinds.len() > 12, "{kinds:?}");
    for lang in Lang::ALL {
        let said = data(&page(lang), "data-said");
        let told = said["failures"].as_object().unwrap();
        for kind in kinds
            .iter()
            .map(String::as_str)
            .chain(["internal", "own-key", "unread"])
        {
            for part in ["what", "why"] {
                let words = told[kind][part].as_str().unwrap_or_default();
                assert!(
                    words.ends_with('.') && words.len() > 20,
                    "{kind}: {words:?}"
                );
            }
        }
    }
}

#[test]
fn the_page_knows_the_logs_of_this_server_by_key() {
    let logs = data(&page(Lang::Ru), "data-logs");
    let log = &logs[VKEY];
    assert_eq!(log["site"], "jetcrm");
    assert_eq!(log["purposes"]["contact"], "Ответ на обращение");
    assert!(log["purposes"]["analytics/counter"].is_string());
    assert_eq!(log["fields"]["contact"]["email"], "Электронная почта");
    assert_eq!(log["fields"]["talent-pool"]["name"], "Имя");
    let english = data(&page(Lang::En), "data-logs");
    assert_eq!(english[VKEY]["fields"]["contact"]["email"], "E-mail");
}

#[tokio::test]
async fn language_comes_from_the_address_then_from_the_browser() {
    let english =
        HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static("en-GB"))]);
    for (query, headers, lang) in [
        ("", &HeaderMap::new(), "ru"),
        ("", &english, "en"),
        ("lang=ru", &english, "ru"),
        ("lang=xx", &english, "en"),
        ("a=b&lang=en", &HeaderMap::new(), "en"),
    ] {
        let response = answer(query, headers);
        assert_eq!(response.headers()[header::CONTENT_LANGUAGE], lang);
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let html = str::from_utf8(&body).unwrap().to_owned();
        assert!(html.contains(&format!("<html lang=\"{lang}\">")), "{query}");
    }
}

#[test]
fn the_page_stands_under_the_strictest_policy_that_it_can_work_under() {
    let response = answer("", &HeaderMap::new());
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    assert_eq!(response.headers()[header::REFERRER_POLICY], "no-referrer");
    assert!(!response.headers().contains_key(header::SET_COOKIE));
}

#[test]
fn a_server_without_the_browsers_part_says_so() {
    let error = VerifyPage(BTreeMap::new())
        .answer("", &HeaderMap::new())
        .unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
}
