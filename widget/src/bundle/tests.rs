use super::*;

/// A site with one form, two categories of cookies and an older notice.
pub(crate) const SITE: &str = r##"{
  "site":"shop","audience":"shop.example","languages":["ru","en"],
  "controller":{"name":{"ru":"Лавка"},"brand":"Shop","email":"info@shop.example","website":"shop.example"},
  "log":{"origin":"log.example/shop","vkey":"VKEY"},
  "edition":"2025-01-01",
  "editions":[{"edition":"2025-01-01","effective":"2025-01-01","sha256":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","url":"x"}],
  "purposes":[
    {"id":"contact","category":"site_user","title":{"ru":"Ответ","en":"Answer"},"about":{"ru":"Ответить."},"retention":{"destroy_within":"P30D"}},
    {"id":"news","category":"site_user","title":{"ru":"Новости"},"about":{"ru":"Писать."},"retention":{"destroy_within":"P10D"}},
    {"id":"analytics","category":"site_user","title":{"ru":"Аналитика"},"about":{"ru":"Считать."},"retention":{"destroy_within":"P30D"}}],
  "notices":[
    {"id":"contact","lang":"ru","sha256":"oldoldoldoldoldoldoldoldoldoldoldoldoldoldo","since":"2024-01-01","until":"2025-01-01","purposes":[{"id":"contact","required":true}],"text":"# Старое\n"},
    {"id":"contact","lang":"ru","sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","since":"2025-01-01","purposes":[{"id":"contact","required":true}],"text":"# Согласие\n\nЯ разрешаю.\n"},
    {"id":"contact","lang":"en","sha256":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE","since":"2025-01-01","purposes":[{"id":"contact","required":true}],"text":"# Consent\n\nI allow.\n"},
    {"id":"news","lang":"ru","sha256":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI","since":"2025-01-01","purposes":[{"id":"news"}],"text":"# Новости\n\nПишите.\n"},
    {"id":"cookies","lang":"ru","sha256":"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM","since":"2025-01-01","purposes":[{"id":"analytics","required":true}],"text":"# Cookie\n\nСчитайте.\n"}],
  "forms":[{"name":"contact","category":"site_user","title":{"ru":"Напишите","en":"Write"},"lead":{},"submit":{"ru":"Отправить"},"done":{"ru":"Спасибо"},
    "notice":"contact","optional":["news"],"fields":[
      {"id":"name","kind":"text","label":{"ru":"Имя","en":"Name"},"required":true,"max":5,"also_for":["news"]},
      {"id":"email","kind":"email","label":{"ru":"Почта"},"required":true,"max":100,"also_for":["news"]},
      {"id":"phone","kind":"phone","label":{"ru":"Телефон"},"max":32},
      {"id":"about","kind":"choice","label":{"ru":"О чём"},"max":32,"options":[{"ru":"Работа","en":"Work"},{"ru":"Разное","en":"Other"}]}]}],
  "cookies":[
    {"id":"necessary","title":{"ru":"Необходимые"},"about":{"ru":"Всегда."},"services":[{"id":"own","name":{"ru":"Свои"},"provider":{"ru":"Лавка"},"country":"RU","cookies":[]}]},
    {"id":"analytics","notice":"cookies","title":{"ru":"Аналитика"},"about":{"ru":"Считать."},"services":[
      {"id":"one","name":{"ru":"Первый"},"provider":{"ru":"Лавка"},"country":"RU","cookies":[{"name":"_one","about":{"ru":"номер"},"term":{"ru":"год"}}]},
      {"id":"two","name":{"ru":"Второй"},"provider":{"ru":"Лавка"},"country":"RU","cookies":[]}]},
    {"id":"ads","notice":"cookies","title":{"ru":"Реклама"},"about":{"ru":"Показывать."},"services":[]}]
}"##;

/// The site in Russian.
pub(crate) fn site() -> Bundle {
    Bundle::read(SITE, Lang::Ru).unwrap()
}

#[test]
fn texts_are_read_in_the_language_of_the_page_else_in_the_governing_one() {
    let en = Bundle::read(SITE, Lang::En).unwrap();
    assert_eq!(en.form("contact").unwrap().title(), "Write");
    assert_eq!(en.form("contact").unwrap().submit(), "Отправить");
    assert_eq!(en.purpose("contact").unwrap().title(), "Answer");
    assert_eq!(en.label("name"), "Name");
    assert_eq!(en.label("nothing"), "nothing");
    let options: Vec<_> = en
        .form("contact")
        .unwrap()
        .fields()
        .last()
        .unwrap()
        .options()
        .collect();
    assert_eq!(options, ["Work", "Other"]);
    assert_eq!(en.form("contact").unwrap().lead(), "");
}

#[test]
fn the_notice_in_force_is_found_by_day_and_language() {
    let site = site();
    let text = |lang, day| {
        site.notice("contact", lang, day)
            .map(|notice| notice.text())
    };
    assert_eq!(text(Lang::Ru, "2024-12-31"), Some("# Старое\n"));
    assert_eq!(
        text(Lang::Ru, "2025-01-01"),
        Some("# Согласие\n\nЯ разрешаю.\n")
    );
    assert_eq!(
        text(Lang::En, "2026-01-01"),
        Some("# Consent\n\nI allow.\n")
    );
    assert_eq!(text(Lang::Ru, "2023-01-01"), None);
    let only_russian = site.notice("news", Lang::En, "2026-01-01").unwrap();
    assert_eq!(only_russian.lang(), "ru");
    assert_eq!(only_russian.sentence(), "Пишите.");
}

#[test]
fn a_switch_moves_the_services_or_the_category_itself() {
    let site = site();
    assert!(!site.category("necessary").unwrap().optional());
    assert_eq!(
        site.category("analytics").unwrap().members(),
        ["analytics/one", "analytics/two"]
    );
    assert_eq!(site.category("ads").unwrap().members(), ["ads"]);
}

#[test]
fn the_bundle_that_the_widget_reads_is_the_one_that_shared_writes() {
    let theirs: raspiska_shared::lang::Localized =
        serde_json::from_str(r#"{"ru":"да","en":"yes"}"#).unwrap();
    let mut ours = Json::parse(&serde_json::to_string(&theirs).unwrap()).unwrap();
    localise(&mut ours, "en");
    assert_eq!(ours.text(), theirs.get(Lang::En));
}

#[test]
fn what_is_no_bundle_is_refused() {
    for text in [
        "",
        "{}",
        "[]",
        "<!doctype html>",
        r#"{"audience":"x","edition":"1","editions":[]}"#,
    ] {
        assert_eq!(Bundle::read(text, Lang::Ru), None, "{text}");
    }
}
