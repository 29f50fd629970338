use std::{collections::BTreeSet, fs, path::Path};

use raspiska_shared::{lang::Lang, lang::Localized, purpose::PurposeId, site::Step};

use super::*;

fn entries() -> Vec<Entry> {
    FILES
        .iter()
        .map(|(name, text)| {
            let text = text.replace(PLACE, "ID");
            toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
        })
        .collect()
}

#[test]
fn every_file_of_the_folder_is_in_the_catalogue_under_its_own_id() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/services");
    let there: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let listed: Vec<String> = FILES.iter().map(|(id, _)| format!("{id}.toml")).collect();
    assert_eq!(listed, there.into_iter().collect::<Vec<_>>());
    for (entry, (id, _)) in entries().iter().zip(FILES) {
        assert_eq!(entry.id, *id);
        let purpose = format!("functional/{id}").parse::<PurposeId>();
        assert!(purpose.is_ok(), "{id} cannot be a part of a purpose");
    }
    assert_eq!(all().count(), FILES.len());
}

#[test]
fn every_entry_is_complete_in_every_language() {
    let complete = |id: &str, text: &Localized| {
        for lang in Lang::ALL {
            assert!(
                text.has(lang) && !text.get(lang).trim().is_empty(),
                "{id}: a text is missing in {}",
                lang.tag()
            );
        }
    };
    for entry in entries() {
        for text in [&entry.name, &entry.provider, &entry.about] {
            complete(&entry.id, text);
        }
        let mut kept = BTreeSet::new();
        for cookie in &entry.cookies {
            complete(&entry.id, &cookie.about);
            complete(&entry.id, &cookie.term);
            assert!(
                kept.insert((cookie.place, &cookie.name)),
                "{}: {} is there twice",
                entry.id,
                cookie.name
            );
        }
        assert!(!entry.purposes.is_empty(), "{}", entry.id);
        let marked = format!("data-service=\"{}\"", entry.id);
        assert!(
            entry.start.contains(&marked),
            "{}: its markup is not held back",
            entry.id
        );
        let used = entry.purposes.iter().any(|usual| {
            let category = format!("data-category=\"{}\"", usual.id());
            entry.start.contains(&category)
        });
        assert!(used, "{}: its markup is of another category", entry.id);
        for usual in entry.signal.keys() {
            assert!(entry.purposes.contains(usual), "{}", entry.id);
        }
    }
}

#[test]
fn every_pattern_is_needed_and_matches_what_it_should() {
    for entry in entries() {
        assert!(
            !entry.examples.is_empty() && !entry.not.is_empty(),
            "{}",
            entry.id
        );
        for url in &entry.examples {
            let found: Vec<String> = at(url).map(|own| own.id).collect();
            assert_eq!(found.join(" "), entry.id, "{url}");
        }
        for url in &entry.not {
            assert!(at(url).all(|own| own.id != entry.id), "{url}");
        }
        for pattern in &entry.patterns {
            let read = pattern.parse::<Pattern>();
            assert!(read.is_ok(), "{}: {pattern}", entry.id);
        }
    }
}

#[test]
fn a_sites_own_number_stands_where_it_has_to() {
    let metrica = entry("yandex-metrica", Some("1234567")).unwrap();
    let switch = Step::Set {
        set: "disableYaCounter1234567".to_owned(),
        value: true.into(),
    };
    assert_eq!(metrica.stop, [switch]);
    assert!(metrica.start.contains("ym(1234567, \"init\""));
    for (name, id, missing) in [
        ("unheard", None, Missing::Unknown),
        ("yandex-metrica", None, Missing::NoId),
        ("yandex-metrica", Some(""), Missing::WrongId),
        ("yandex-metrica", Some("1\"}]\nx = 1"), Missing::WrongId),
        ("yandex-metrica", Some(&"1".repeat(65)), Missing::WrongId),
        ("rutube", Some("1"), Missing::NeedlessId),
    ] {
        assert_eq!(entry(name, id).unwrap_err(), missing, "{name} {id:?}");
    }
    assert!(shown("unheard").is_none());
}

#[test]
fn flags_follow_the_category() {
    let flags = |category| {
        entry("google-tag-manager", None)
            .unwrap()
            .service(category)
            .signal
    };
    assert_eq!(flags("analytics"), ["analytics_storage"]);
    assert_eq!(
        flags("ads"),
        ["ad_storage", "ad_user_data", "ad_personalization"]
    );
    assert!(flags("media").is_empty() && flags("marketing").is_empty());
}
