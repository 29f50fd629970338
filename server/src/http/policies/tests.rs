use axum::body::to_bytes;

use super::*;
use crate::site::sample::jetcrm;

fn policies() -> Policies {
    Policies::build(&jetcrm(), &Assets::load())
}

fn accepting(media_type: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(media_type))])
}

async fn body(response: Response) -> String {
    String::from_utf8(
        to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap()
            .into(),
    )
    .unwrap()
}

/// What a reader sees of a page: its text without tags, the five escapes undone.
fn visible(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        text.push(' ');
        text.push_str(part.split_once('>').map_or(part, |(_, after)| after));
    }
    for (escape, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(escape, character);
    }
    text
}

#[tokio::test]
async fn the_markdown_is_what_the_digest_covers() {
    let loaded = jetcrm();
    let policies = policies();
    for (edition, query, headers) in [
        (None, "", accepting("text/markdown")),
        (
            Some("2025-01-01".to_owned()),
            "",
            accepting("text/markdown"),
        ),
        (None, "format=markdown", HeaderMap::new()),
    ] {
        let response = policies.answer(edition, query, &headers).unwrap();
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "text/markdown; charset=utf-8"
        );
        assert_eq!(
            Digest::of(body(response).await.as_bytes()),
            loaded.site.editions[0].sha256
        );
    }
    let english = policies
        .answer(None, "lang=en", &accepting("text/markdown"))
        .unwrap();
    assert_eq!(
        body(english).await,
        loaded.texts[&("2025-01-01".to_owned(), Lang::En)]
    );
}

#[tokio::test]
async fn the_json_has_the_document_for_the_widget() {
    let response = policies()
        .answer(None, "lang=en", &accepting("application/json"))
        .unwrap();
    let json: serde_json::Value = serde_json::from_str(&body(response).await).unwrap();
    assert_eq!(json["edition"], "2025-01-01");
    assert_eq!(json["lang"], "en");
    assert_eq!(json["sha256"], jetcrm().site.editions[0].sha256.to_string());
    let document: Document = serde_json::from_value(json["document"].clone()).unwrap();
    assert_eq!(
        document,
        jetcrm().documents[&("2025-01-01".to_owned(), Lang::En)]
    );
}

#[tokio::test]
async fn the_page_has_every_word_an_address_for_every_clause_and_no_script() {
    let (loaded, policies) = (jetcrm(), policies());
    for lang in Lang::ALL {
        let response = policies
            .answer(None, &format!("lang={}", lang.tag()), &HeaderMap::new())
            .unwrap();
        assert_eq!(response.headers()[header::CONTENT_LANGUAGE], lang.tag());
        assert_eq!(
            response.headers()[header::CONTENT_SECURITY_POLICY],
            CONTENT_POLICY
        );
        let html = body(response).await;
        for tag in html
            .split('<')
            .skip(1)
            .filter_map(|part| part.split('>').next())
        {
            let inline =
                tag.starts_with("script") || tag.contains(" style=") || tag.contains(" on");
            assert!(!inline, "{tag}");
        }
        let text = visible(&html);
        let words: Vec<&str> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let mut rest = words.iter();
        let document = &loaded.documents[&("2025-01-01".to_owned(), lang)];
        for section in &document.sections {
            for clause in &section.clauses {
                assert!(html.contains(&format!("id=\"c-{}-{}\"", section.number, clause.number)));
                let texts =
                    std::iter::once(&clause.text).chain(clause.items.iter().map(|item| &item.text));
                for word in texts.flat_map(|text| raspiska_shared::policy::document::words(text)) {
                    assert!(
                        rest.any(|shown| *shown == word),
                        "{word:?} of {}.{} is not shown",
                        section.number,
                        clause.number
                    );
                }
            }
        }
        for notice in loaded
            .site
            .notices
            .iter()
            .filter(|notice| notice.lang == lang)
        {
            assert!(html.contains(&format!("id=\"n-{}\"", notice.id)));
        }
        for purpose in &loaded.site.purposes {
            assert!(html.contains(&format!("id=\"p-{}\"", purpose.id)));
        }
    }
}

#[tokio::test]
async fn every_link_within_the_page_leads_somewhere() {
    let html = body(
        policies()
            .answer(None, "lang=ru", &HeaderMap::new())
            .unwrap(),
    )
    .await;
    for link in html.split("href=\"#").skip(1) {
        let id = link.split('"').next().unwrap();
        assert_eq!(html.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
}

#[tokio::test]
async fn every_service_is_shown_with_what_it_keeps_and_who_gets_the_data() {
    use raspiska_shared::site::Place;
    let mut loaded = jetcrm();
    let youtube = crate::catalogue::entry("youtube", None).unwrap();
    loaded.site.cookies[3]
        .services
        .push(youtube.service("media"));
    let policies = Policies::build(&loaded, &Assets::load());
    for lang in Lang::ALL {
        let query = format!("lang={}", lang.tag());
        let page = policies.answer(None, &query, &HeaderMap::new()).unwrap();
        let html = body(page).await;
        let (_, section) = html.split_once("<h2 id=\"cookies\">").unwrap();
        let (section, _) = section.split_once("<h2 ").unwrap();
        let text = visible(section);
        for category in &loaded.site.cookies {
            assert!(text.contains(category.title.get(lang)));
            for service in &category.services {
                let (_, article) = section
                    .split_once(&format!("id=\"v-{}-{}\"", category.id, service.id))
                    .unwrap();
                let article = visible(article.split_once("</article>").unwrap().0);
                assert!(article.contains(service.provider.get(lang)), "{article}");
                for cookie in &service.cookies {
                    for shown in [&*cookie.name, cookie.about.get(lang), cookie.term.get(lang)] {
                        assert!(article.contains(shown), "{shown} is not in {article}");
                    }
                }
                // Only what leaves the country is said to leave it.
                let abroad = ["за пределами России", "outside Russia"]
                    .iter()
                    .any(|words| article.contains(words));
                assert_eq!(abroad, service.country != "RU", "{article}");
            }
        }
        let local = words::place(lang, Place::Local);
        assert!(text.contains(local) && text.contains(country::name(lang, "US")));
        assert!(html.contains("href=\"#cookies\""));
    }
}

#[test]
fn language_comes_from_the_address_then_from_the_browser() {
    let policies = policies();
    let english =
        HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static("en-GB"))]);
    let lang = |query, headers: &HeaderMap| {
        let response = policies.answer(None, query, headers).unwrap();
        response.headers()[header::CONTENT_LANGUAGE]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(lang("", &HeaderMap::new()), "ru");
    assert_eq!(lang("", &english), "en");
    assert_eq!(lang("lang=ru", &english), "ru");
    assert_eq!(lang("lang=xx", &english), "en");
}

#[test]
fn a_fixed_text_is_kept_for_ever_and_the_current_one_is_not() {
    let policies = policies();
    let cache = |edition: Option<&str>, media_type| {
        let response = policies
            .answer(edition.map(str::to_owned), "", &accepting(media_type))
            .unwrap();
        response.headers()[header::CACHE_CONTROL]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(cache(Some("2025-01-01"), MARKDOWN), FOR_EVER);
    assert_eq!(cache(None, MARKDOWN), CURRENT);
    assert_eq!(cache(None, HTML), CURRENT);
    let unknown = policies
        .answer(Some("2020-01-01".to_owned()), "", &HeaderMap::new())
        .unwrap_err();
    assert_eq!(unknown.kind, Kind::NotFound);
}

#[tokio::test]
async fn an_old_edition_says_so_and_leads_to_the_current_one() {
    let mut loaded = jetcrm();
    let mut next = loaded.site.editions[0].clone();
    "2025-05-01".clone_into(&mut next.edition);
    "2025-05-01".clone_into(&mut next.effective);
    for lang in Lang::ALL {
        let old = ("2025-01-01".to_owned(), lang);
        let (text, document) = (loaded.texts[&old].clone(), loaded.documents[&old].clone());
        loaded.texts.insert((next.edition.clone(), lang), text);
        loaded
            .documents
            .insert((next.edition.clone(), lang), document);
    }
    let policy = loaded.policies["2025-01-01"].clone();
    loaded.policies.insert(next.edition.clone(), policy);
    next.edition.clone_into(&mut loaded.site.edition);
    loaded.site.editions.push(next);
    let policies = Policies::build(&loaded, &Assets::load());
    let old = policies
        .answer(Some("2025-01-01".to_owned()), "lang=ru", &HeaderMap::new())
        .unwrap();
    let html = body(old).await;
    assert!(
        html.contains("Это не действующая редакция.")
            && html.contains("href=\"/policy/jetcrm/2025-05-01\"")
    );
    // Which services the site had then, it does not say.
    assert!(!html.contains("#cookies") && !html.contains("id=\"cookies\""));
    let new = body(policies.answer(None, "lang=ru", &HeaderMap::new()).unwrap()).await;
    assert!(!new.contains("Это не действующая редакция."));
}
