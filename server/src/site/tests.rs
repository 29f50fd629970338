//! The demo site as it is, and the demo site with one fault at a time.

use std::{fs, path::Path};

use raspiska_shared::lang::Lang;

use super::{
    SiteError, day,
    load::load_on,
    sample::{Scratch, copy, demo, jetcrm},
};

/// The error of the demo site in which `change` has broken something.
fn broken(change: impl FnOnce(&Path)) -> SiteError {
    let scratch = Scratch::new("site");
    copy(&demo(), scratch.path());
    change(scratch.path());
    load_on(scratch.path(), "2025-06-01").unwrap_err()
}

/// The error after replacing `old` by `new` in a file, once.
fn edited(file: &str, old: &str, new: &str) -> SiteError {
    broken(|dir| {
        let path = dir.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{old:?} is not in {file}");
        fs::write(path, text.replacen(old, new, 1)).unwrap();
    })
}

macro_rules! assert_kind {
    ($error:expr, $kind:pat) => {
        let error = $error;
        assert!(matches!(error, $kind), "{error:?}");
    };
}

const POLICY: &str = "policy/2025-01-01/policy.toml";

#[test]
fn the_day_begins_three_hours_before_it_does_in_greenwich() {
    assert_eq!(day(1_735_678_799), "2024-12-31");
    assert_eq!(day(1_735_678_800), "2025-01-01");
}

#[test]
fn the_demo_site_is_read_whole() {
    let loaded = jetcrm();
    assert_eq!(loaded.site.log.origin, "jetcrm.ru/jetcrm");
    assert_eq!(loaded.site.edition, "2025-01-01");
    assert_eq!(loaded.site.notices.len(), 9 * 2);
    assert_eq!(loaded.site.purposes.len(), 12);
    let text = &loaded.texts[&("2025-01-01".to_owned(), Lang::Ru)];
    assert_eq!(
        loaded.documents[&("2025-01-01".to_owned(), Lang::Ru)].to_markdown(),
        *text
    );
    assert_eq!(
        loaded.documents[&("2025-01-01".to_owned(), Lang::Ru)]
            .sections
            .len(),
        8
    );
}

#[test]
fn a_replaced_notice_stays_known_under_its_first_day() {
    let scratch = Scratch::new("versions");
    copy(&demo(), scratch.path());
    let path = scratch.path().join("site.toml");
    let config = fs::read_to_string(&path).unwrap();
    let versions = "id = \"contact\"\nsince = \"2025-01-01\"\nuntil = \"2025-05-01\"\npurposes = [{ id = \"contact\" }]\n\n\
                    [[notice]]\nid = \"contact\"\nsince = \"2025-05-01\"\n";
    fs::write(
        &path,
        config.replacen("id = \"contact\"\nsince = \"2025-01-01\"\n", versions, 1),
    )
    .unwrap();
    for lang in ["ru", "en"] {
        let old = scratch
            .path()
            .join(format!("notices/contact.{lang}.2025-01-01.md"));
        fs::write(old, "# Old\n\nText.\n").unwrap();
    }
    let loaded = load_on(scratch.path(), "2025-06-01").unwrap();
    assert_eq!(
        loaded
            .site
            .notice("contact", Lang::Ru, "2025-02-01")
            .unwrap()
            .text,
        "# Old\n\nText.\n"
    );
    assert!(
        loaded
            .site
            .notice("contact", Lang::Ru, "2025-06-01")
            .unwrap()
            .text
            .contains("JetCRM")
    );
}

#[test]
fn nobody_is_asked_for_a_consent_that_is_not_needed() {
    for purpose in [
        "client_instruction",
        "customer_contract",
        "partner_contract",
        "supplier_contract",
    ] {
        let asked = format!("{{ id = \"{purpose}\", required = true }}");
        assert_kind!(
            edited("site.toml", "{ id = \"contact\", required = true }", &asked),
            SiteError::NotConsent { .. }
        );
    }
    // Not even if somebody wrote in the policy that customers' clients consent.
    let error = broken(|dir| {
        let policy = fs::read_to_string(dir.join(POLICY)).unwrap();
        fs::write(
            dir.join(POLICY),
            policy.replace("basis = \"instruction\"", "basis = \"consent\""),
        )
        .unwrap();
        let config = fs::read_to_string(dir.join("site.toml")).unwrap();
        fs::write(
            dir.join("site.toml"),
            config.replace("{ id = \"contact\",", "{ id = \"client_instruction\","),
        )
        .unwrap();
    });
    assert_kind!(error, SiteError::NotConsent { .. });
}

#[test]
fn each_fault_has_its_own_error() {
    let in_site = |old, new| edited("site.toml", old, new);
    assert_kind!(
        in_site("{ id = \"contact\",", "{ id = \"unheard\","),
        SiteError::UnknownPurpose { .. }
    );
    assert_kind!(
        in_site("{ id = \"contact\",", "{ id = \"candidate\","),
        SiteError::Category { .. }
    );
    assert_kind!(
        in_site("notice = \"contact\"", "notice = \"unheard\""),
        SiteError::FormNotice { .. }
    );
    assert_kind!(
        in_site("also_for = [\"advertising\"]", "also_for = [\"candidate\"]"),
        SiteError::AlsoFor { .. }
    );
    assert_kind!(
        in_site("notice = \"cookies-analytics\"\n", ""),
        SiteError::CookieNotice { .. }
    );
    assert_kind!(
        in_site(
            "notice = \"cookies-analytics\"\n",
            "notice = \"cookies-ads\"\n"
        ),
        SiteError::CookieNotice { .. }
    );
    assert_kind!(
        in_site(
            "[banner.ru]",
            "[gate]\nnames = { stats = \"analytics/count\" }\n[banner.ru]"
        ),
        SiteError::UnknownName { .. }
    );
    assert_kind!(
        in_site("id = \"phone\"", "id = \"name\""),
        SiteError::Duplicate { what: "field", .. }
    );
    assert_kind!(
        in_site("name = \"candidate\"", "name = \"contact\""),
        SiteError::Duplicate { what: "form", .. }
    );
    assert_kind!(
        in_site("id = \"phone\"", "id = \"notice\""),
        SiteError::Field { .. }
    );
    assert_kind!(
        in_site("data = \"имя\"", "data = \"фамилия\""),
        SiteError::Form(_)
    );
    assert_kind!(
        in_site("data = \"имя\"", "data = 1"),
        SiteError::Toml { .. }
    );
    assert_kind!(
        in_site("data = \"имя\"", "dato = 1"),
        SiteError::Toml { .. }
    );
    assert_kind!(
        in_site("id = \"advertising\"\nsince", "id = \"contact\"\nsince"),
        SiteError::NoticeOverlap { .. }
    );
    assert_kind!(
        in_site("since = \"2025-01-01\"", "since = \"2025-02-30\""),
        SiteError::Date { .. }
    );
    assert_kind!(
        in_site("since = \"2025-01-01\"", "since = \"20250101\""),
        SiteError::Date { .. }
    );
    assert_kind!(
        in_site("site = \"jetcrm\"", "site = \"../etc\""),
        SiteError::Id { what: "site", .. }
    );
    assert_kind!(
        in_site(
            "audience = \"jetcrm.ru\"",
            "audience = \"https://jetcrm.ru\""
        ),
        SiteError::Value { .. }
    );
    assert_kind!(
        in_site("choice_days = 365", "choice_days = 0"),
        SiteError::Value { .. }
    );
    assert_kind!(
        in_site("languages = [\"ru\", \"en\"]", "languages = []"),
        SiteError::NoLanguage
    );
    assert_kind!(
        in_site("ru = \"Имя\", ", ""),
        SiteError::Untranslated { .. }
    );
    assert_kind!(
        in_site("choice_days", "choise_days"),
        SiteError::Toml { .. }
    );
    assert_kind!(
        edited(POLICY, "\"3.5\"", "\"3.55\""),
        SiteError::Clause { .. }
    );
    assert_kind!(
        edited(
            POLICY,
            "effective = \"2025-01-01\"",
            "effective = \"2025-01-02\""
        ),
        SiteError::Edition { .. }
    );
    assert_kind!(
        edited(
            POLICY,
            "edition = \"2025-01-01\"",
            "edition = \"2025-13-01\""
        ),
        SiteError::Date { .. }
    );
    assert_kind!(
        edited(POLICY, "id = \"contact\"", "id = \"ads\""),
        SiteError::Duplicate {
            what: "purpose",
            ..
        }
    );
    assert_kind!(
        edited("policy/2025-01-01/en.md", "## 2. ", "## 3. "),
        SiteError::PolicyText { .. }
    );
    assert_kind!(
        edited("notices/contact.ru.md", "# ", ""),
        SiteError::NoticeForm { .. }
    );
    assert_kind!(
        edited("notices/contact.ru.md", "Чтобы", "**Чтобы**"),
        SiteError::NoticeForm { .. }
    );
    let removed = |file: &'static str| broken(move |dir| fs::remove_file(dir.join(file)).unwrap());
    assert_kind!(
        removed("notices/contact.en.md"),
        SiteError::TextMissing { .. }
    );
    assert_kind!(
        removed("policy/2025-01-01/en.md"),
        SiteError::TextMissing { .. }
    );
    assert_kind!(removed(POLICY), SiteError::Read { .. });
}

#[test]
fn before_its_first_day_no_edition_is_in_force() {
    assert_kind!(
        load_on(&demo(), "2024-12-31").unwrap_err(),
        SiteError::NoEdition { .. }
    );
}

#[test]
fn an_error_names_the_file_and_says_what_to_do() {
    let told = edited("notices/contact.ru.md", "# ", "").to_string();
    assert!(
        told.contains("notices/contact.ru.md") && told.contains("begin with one line"),
        "{told}"
    );
}

#[test]
fn a_question_about_age_says_who_signs_and_asks_who_that_is() {
    let fault = |from: &str, to: &str| match edited("site.toml", from, to) {
        SiteError::Field { fault, .. } => fault,
        other => panic!("{other:?}"),
    };
    let age = "id = \"age\"\nkind = \"choice\"";
    for (from, to, named) in [
        (
            "represented = [\n    { ru = \"от 14 до 17 лет\"",
            "represented = [\n    { ru = \"от 14 лет\"",
            "names no option",
        ),
        ("norm = \"152-ФЗ, ст. 9(6) [M]\"", "norm = \"\"", "no norm"),
        (
            age,
            "id = \"age\"\nof_representative = true\nkind = \"choice\"",
            "asked of everybody",
        ),
        (
            "max = 32\noptions = [\n    { ru = \"18 лет или больше\", en = \"18 or older\" },\n    { ru = \"от 14 до 17 лет\", en = \"14 to 17\" },\n    { ru = \"меньше 14 лет\", en = \"under 14\" },\n]\nalso_for = [\"talent-pool\"]",
            "max = 32\noptions = [\n    { ru = \"18 лет или больше\", en = \"18 or older\" },\n    { ru = \"от 14 до 17 лет\", en = \"14 to 17\" },\n    { ru = \"меньше 14 лет\", en = \"under 14\" },\n]",
            "signs each document",
        ),
        (
            "id = \"message\"\nkind = \"long\"\nlabel = { ru = \"Сообщение\"",
            "id = \"message\"\nof_representative = true\nkind = \"long\"\nlabel = { ru = \"Сообщение\"",
            "belongs to a form with a question about age",
        ),
    ] {
        let found = fault(from, to);
        assert!(found.contains(named), "{found}");
    }
}

#[test]
fn a_field_for_a_file_says_what_it_takes_and_what_should_not_be_in_it() {
    let rule =
        "file = { types = [\"pdf\", \"docx\", \"odt\", \"rtf\", \"txt\"], max_bytes = 3145728 }";
    let text = "id = \"about\"\nkind = \"long\"";
    let hint = "Только работа и учёба. Не пишите о здоровье, национальности, религии, семье и не вкладывайте фото и паспорт — эти сведения нам не нужны.\", en = \"Work and studies only. Please do not write about your health, ethnicity, religion or family, and leave out photo and passport: we do not need to know.\" }\nmax = 255";
    let no_hint = "hint = { ru = \"Только работа";
    let whole = format!("hint = {{ ru = \"{hint}");
    assert!(whole.starts_with(no_hint));
    for (from, to, named) in [
        (rule, "", "needs file ="),
        (
            text,
            &*format!("id = \"about\"\nkind = \"long\"\n{rule}"),
            "belongs to a field of kind \"file\"",
        ),
        (
            rule,
            "file = { types = [], max_bytes = 9 }",
            "types is empty",
        ),
        (
            rule,
            "file = { types = [\"pdf\"], max_bytes = 0 }",
            "max_bytes is 0",
        ),
        (
            rule,
            "file = { types = [\"pdf\"], max_bytes = 10485761 }",
            "above 10485760",
        ),
        (
            &*format!("{hint}\nfile"),
            &*format!("{}\nfile", hint.replace("255", "152")),
            "max is below 153",
        ),
        (&*whole, "max = 255", "needs a hint"),
    ] {
        match edited("site.toml", from, to) {
            SiteError::Field { fault, .. } => assert!(fault.contains(named), "{named}: {fault}"),
            other => panic!("{named}: {other:?}"),
        }
    }
    let photo = edited("site.toml", "types = [\"pdf\"", "types = [\"jpeg\"");
    assert!(photo.to_string().contains("jpeg"), "no pictures: {photo}");
}

/// What such a site asked, nobody could answer: no receipt would be admitted.
#[test]
fn what_no_receipt_could_carry_is_not_asked() {
    let notice = "id = \"contact\"\nsince = \"2025-01-01\"\npurposes = [{ id = \"contact\"";
    let config = fs::read_to_string(demo().join("site.toml")).unwrap();
    let line = config
        .lines()
        .skip_while(|line| *line != "id = \"contact\"")
        .find(|line| line.starts_with("purposes"))
        .unwrap();
    assert!(config.contains(notice), "the demo site's contact notice");
    let purposes = |count: usize| {
        let all: Vec<_> = (0..count).map(|n| format!("{{ id = \"p{n}\" }}")).collect();
        edited(
            "site.toml",
            line,
            &format!("purposes = [{}]", all.join(", ")),
        )
    };
    for count in [0, 65] {
        let error = purposes(count);
        assert!(
            matches!(error, SiteError::NoticePurposes { count: found, .. } if found == count),
            "{error:?}"
        );
    }
    assert_kind!(purposes(64), SiteError::UnknownPurpose { .. });
    let twice = "purposes = [{ id = \"contact\" }, { id = \"contact\" }]";
    assert_kind!(
        edited("site.toml", line, twice),
        SiteError::Duplicate { .. }
    );

    let field = "[[form.fields]]\nid = \"name\"";
    let more: String = (0..64)
        .map(|n| {
            format!(
                "[[form.fields]]\nid = \"f{n}\"\nkind = \"text\"\nmax = 1\nlabel = {{ ru = \"x\", en = \"x\" }}\n\n"
            )
        })
        .collect();
    let longer = "max = 8000\n\n[[form]]\nname = \"demo\"";
    let message = "max = 3000\n\n[[form]]\nname = \"demo\"";
    for (error, named) in [
        (
            edited("site.toml", field, &format!("{more}{field}")),
            "64 fields",
        ),
        (edited("site.toml", message, longer), "8192 characters"),
    ] {
        assert!(
            matches!(error, SiteError::Field { fault, .. } if fault.contains(named)),
            "{error:?}"
        );
    }
    let host = format!("audience = \"{}\"", "x".repeat(254));
    assert_kind!(
        edited("site.toml", "audience = \"jetcrm.ru\"", &host),
        SiteError::Value {
            what: "audience",
            ..
        }
    );
}
