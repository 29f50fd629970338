use std::fs;

use raspiska_shared::{
    lang::{Lang, Localized},
    site::{Service, Site, Step},
};

use super::*;
use crate::site::{
    Loaded,
    forgotten::{Forgotten, of_services},
    load::load_on,
    sample::{Scratch, copy, demo},
};

/// The demo site with this in the place of its analytics' services.
fn with(services: &str) -> Result<Loaded, SiteError> {
    let scratch = Scratch::new("services");
    copy(&demo(), scratch.path());
    let path = scratch.path().join("site.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text
        .split_once("[[cookies.services]]\nid = \"counter\"")
        .unwrap();
    let (_, after) = rest.split_once("[[cookies]]").unwrap();
    fs::write(path, format!("{before}{services}\n[[cookies]]{after}")).unwrap();
    load_on(scratch.path(), "2025-06-01")
}

fn analytics(services: &str) -> Service {
    let site = with(services).unwrap().site;
    let category = site.cookies.into_iter().find(|own| own.id == "analytics");
    category.unwrap().services.remove(0)
}

const METRICA: &str = "[[cookies.services]]\nuse = \"yandex-metrica\"\nid = \"1234567\"\n";

/// A service that is written out; the text goes on with further members.
const WRITTEN: &str = "[[cookies.services]]\nid = \"own\"\nname = { ru = \"Наш\", en = \"Ours\" }\n\
    provider = { ru = \"Мы\", en = \"We\" }\ncountry = \"RU\"\n";

#[test]
fn a_named_service_is_whole() {
    let service = analytics(METRICA);
    assert_eq!(service.id, "yandex-metrica");
    assert_eq!(service.country, "RU");
    assert_eq!(service.name.get(Lang::Ru), "Яндекс Метрика");
    assert!(
        service
            .cookies
            .iter()
            .any(|cookie| cookie.name == "_ym_uid")
    );
    assert!(!service.patterns.is_empty() && !service.consent_mode);
    assert!(
        matches!(&service.stop[..], [Step::Set { set, .. }] if set == "disableYaCounter1234567")
    );
}

#[test]
fn an_operator_may_say_it_in_other_words_and_turn_signals_on() {
    let service = analytics(
        "[[cookies.services]]\nuse = \"google-analytics-4\"\nid = \"G-1A2B\"\nconsent_mode = true\n\
         name = { ru = \"Счётчик\", en = \"Counter\" }\nabout = { ru = \"Считает.\", en = \"Counts.\" }\n",
    );
    assert_eq!(service.name.get(Lang::En), "Counter");
    assert_eq!(service.about.get(Lang::Ru), "Считает.");
    assert!(service.consent_mode);
    assert_eq!(service.signal, ["analytics_storage"]);
}

#[test]
fn a_service_may_be_written_out_in_full() {
    let service = analytics(&format!(
        "{WRITTEN}about = {{ ru = \"Считает.\", en = \"Counts.\" }}\npatterns = [\"c.example.ru/*\"]\n\
         stop = [{{ call = \"own.stop\", args = [1] }}, {{ reload = true }}]\n\
         [[cookies.services.cookies]]\nname = \"own*\"\nwhere = \"indexeddb\"\n\
         about = {{ ru = \"Номер.\", en = \"A number.\" }}\nterm = {{ ru = \"год\", en = \"a year\" }}\n"
    ));
    assert_eq!(service.stop.len(), 2);
    assert_eq!(
        service.cookies[0].place,
        raspiska_shared::site::Place::IndexedDb
    );
}

#[test]
fn each_fault_is_told_apart() {
    let refused = |services: &str, said: &str| {
        let error = with(services).unwrap_err();
        let told = error.to_string();
        assert!(told.contains(said), "{services}\n{told}");
        error
    };
    let written = |members: &str, said: &str| refused(&format!("{WRITTEN}{members}"), said);
    let used = |name: &str, members: &str, said: &str| {
        refused(
            &format!("[[cookies.services]]\nuse = \"{name}\"\n{members}"),
            said,
        )
    };
    for error in [
        used("yandex-metrica", "", "it needs the number"),
        used("yandex-metrica", "id = \"1 2\"", "write 1 to 64 characters"),
        used("rutube", "id = \"1\"", "take id out"),
        used(
            "rutube",
            "consent_mode = true",
            "no flag goes with its category",
        ),
        refused(
            &WRITTEN.replace("\"own\"", &format!("\"{}\"", "o".repeat(55))),
            "more than 64 characters",
        ),
        written("signal = [\"ads\"]", "signal has a flag"),
        written("consent_mode = true", "no flag goes with its category"),
        refused(&WRITTEN.replace("\"RU\"", "\"ru\""), "two capital letters"),
        refused(
            &WRITTEN.replace("\"RU\"", "\"Россия\""),
            "two capital letters",
        ),
        written(
            "cookies = [{ name = \"*\", about = { ru = \"а\", en = \"a\" }, term = { ru = \"б\", en = \"b\" } }]",
            "everything that the site keeps",
        ),
    ] {
        assert!(matches!(error, SiteError::Service { .. }), "{error:?}");
    }
    let error = used("yandex-metrika", "", "raspiska services");
    assert!(
        matches!(error, SiteError::UnknownService { .. }),
        "{error:?}"
    );
    let error = written("patterns = [\"https://example.ru/*\"]", "is not host/path");
    assert!(matches!(error, SiteError::Pattern { .. }), "{error:?}");
    for error in [
        written("about = { ru = \"Считает.\" }", "has no text in \"en\""),
        refused(
            &WRITTEN.replace(", en = \"We\"", ""),
            "has no text in \"en\"",
        ),
        used(
            "rutube",
            "name = { ru = \"Ролики\" }",
            "has no text in \"en\"",
        ),
    ] {
        assert!(matches!(error, SiteError::Untranslated { .. }), "{error:?}");
    }
    for error in [
        used("rutube", "country = \"RU\"", "unknown field `country`"),
        written("cokies = []", "unknown field `cokies`"),
        written("stop = [{ set = \"a\" }]", "a step is one of"),
        written("stop = [{ call = \"alert(1)\" }]", "a step's path is"),
        written(
            "cookies = [{ name = \"a\", where = \"disk\" }]",
            "unknown variant `disk`",
        ),
        refused(
            "[[cookies.services]]\nid = \"own\"\n",
            "missing field `name`",
        ),
    ] {
        assert!(matches!(error, SiteError::Toml { .. }), "{error:?}");
    }
    let twice = refused(&METRICA.repeat(2), "is there twice");
    assert!(matches!(
        twice,
        SiteError::Duplicate {
            what: "service",
            ..
        }
    ));
}

/// What is forgotten when the analytics' purpose has this recipient.
fn missed(services: &str, recipient: Option<(&str, &str)>) -> Vec<Forgotten> {
    let mut site: Site = with(services).unwrap().site;
    let mut purposes = site.purposes.iter_mut();
    let purpose = purposes.find(|own| own.id.as_str() == "analytics").unwrap();
    if let Some((name, country)) = recipient {
        purpose.recipients = vec![raspiska_shared::party::Recipient {
            name: Localized::new(Lang::ALL.map(|lang| (lang, name.to_owned())).into()),
            country: country.to_owned(),
        }];
    }
    of_services(&site)
}

#[test]
fn what_the_policy_does_not_say_of_a_service_is_found() {
    let google = "[[cookies.services]]\nuse = \"google-analytics-4\"\nid = \"G-1\"\n";
    let abroad = missed(google, None);
    assert!(
        matches!(&abroad[..], [Forgotten::Abroad { country, .. }] if country == "US"),
        "{abroad:?}"
    );
    assert!(abroad[0].to_string().contains("art. 12"), "{}", abroad[0]);
    assert_eq!(missed(google, Some(("Google LLC", "RU"))).len(), 1);
    assert_eq!(missed(google, Some(("Google LLC", "US"))), []);

    let unnamed = missed(METRICA, None);
    assert!(
        matches!(&unnamed[..], [Forgotten::Recipient { provider, .. }] if provider == "ООО «ЯНДЕКС»"),
        "{unnamed:?}"
    );
    assert_eq!(missed(METRICA, Some(("ООО «ЯНДЕКС»", "RU"))), []);

    let elsewhere = missed(
        "[[cookies.services]]\nuse = \"rutube\"\n",
        Some(("ООО «РУФОРМ»", "RU")),
    );
    assert!(
        matches!(&elsewhere[..], [Forgotten::Unusual { usual, .. }] if usual == "media"),
        "{elsewhere:?}"
    );
    assert_eq!(missed(WRITTEN, None), []);
    let written = missed(&WRITTEN.replace("\"RU\"", "\"KZ\""), None);
    assert!(
        matches!(&written[..], [Forgotten::Abroad { .. }]),
        "{written:?}"
    );
}
