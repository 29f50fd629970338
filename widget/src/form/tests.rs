use super::*;
use crate::bundle::tests::site;
use raspiska_shared::lang::Lang;

const OCCASION: Occasion<'_> = Occasion {
    lang: Lang::Ru,
    at: 1_767_225_600,
    day: "2026-01-01",
    page: "https://shop.example/contacts",
};

fn filled() -> Draft {
    Draft {
        values: ["Ольга", " olga@example.ru ", "", ""]
            .map(String::from)
            .to_vec(),
        ticks: vec![true, true],
        ..Draft::default()
    }
}

fn sent(draft: &Draft) -> Vec<Item> {
    let site = site();
    let mut count = 0;
    let mut id = || {
        count += 1;
        count.to_string()
    };
    draft.items(site.form("contact").unwrap(), &site, &OCCASION, &mut id)
}

fn names(item: &Item) -> Vec<String> {
    item.0
        .get("fields")
        .list()
        .iter()
        .map(|pair| String::from(pair.list()[0].text()))
        .collect()
}

#[test]
fn nothing_is_filled_in_or_ticked_beforehand() {
    let site = site();
    let draft = Draft::new(site.form("contact").unwrap());
    assert_eq!(draft.values, ["", "", "", ""]);
    assert_eq!(draft.ticks, [false, false]);
    assert_eq!(
        draft.faults(site.form("contact").unwrap(), Texts::of(Lang::Ru)),
        3
    );
}

#[test]
fn each_fault_has_its_sentence() {
    let site = site();
    let texts = Texts::of(Lang::Ru);
    let fields: Vec<_> = site.form("contact").unwrap().fields().collect();
    let fault = |at: usize, value: &str| {
        let mut draft = filled();
        draft.values[at] = String::from(value);
        draft.fault(at, fields[at], texts)
    };
    assert_eq!(fault(0, "Ольга"), "");
    assert_eq!(fault(0, "  "), "Заполните поле «Имя».");
    assert_eq!(fault(0, "Полина"), "Слишком длинно: помещается 5 знаков.");
    for good in ["a@b.ru", "имя@почта.рф", "a+b@c.d.e"] {
        assert_eq!(fault(1, good), "", "{good}");
    }
    for bad in ["a", "a@b", "@b.ru", "a@.ru", "a@b.", "a b@c.ru"] {
        assert_eq!(fault(1, bad), texts.bad_email, "{bad}");
    }
    for good in ["", "+7 (495) 123-45-67", "84951234567"] {
        assert_eq!(fault(2, good), "", "{good}");
    }
    for bad in [
        "12345",
        "позвоните",
        "1234567890123456",
        "+7 495 1234567 доб. 1",
    ] {
        assert_eq!(fault(2, bad), texts.bad_phone, "{bad}");
    }
}

#[test]
fn without_the_required_consent_nothing_can_be_sent() {
    let site = site();
    let mut draft = filled();
    assert_eq!(
        draft.faults(site.form("contact").unwrap(), Texts::of(Lang::Ru)),
        0
    );
    draft.ticks[0] = false;
    assert_eq!(
        draft.faults(site.form("contact").unwrap(), Texts::of(Lang::Ru)),
        1
    );
}

#[test]
fn each_consent_is_an_item_with_the_fields_that_it_covers() {
    let mut draft = filled();
    draft.values[2] = String::from("+7 495 123-45-67");
    let items = sent(&draft);
    assert_eq!(items.len(), 2);
    assert_eq!(
        items[0].decisions(),
        [(String::from("contact"), State::Given)]
    );
    assert_eq!(names(&items[0]), ["name", "email", "phone"]);
    assert_eq!(items[1].decisions(), [(String::from("news"), State::Given)]);
    assert_eq!(names(&items[1]), ["name", "email"]);
    assert_eq!(
        items[1].0.get("fields").list()[1].list()[1].text(),
        "olga@example.ru"
    );
}

#[test]
fn an_optional_consent_left_alone_is_a_refusal_without_data() {
    let mut draft = filled();
    draft.ticks[1] = false;
    let items = sent(&draft);
    assert_eq!(
        items[1].decisions(),
        [(String::from("news"), State::Refused)]
    );
    assert_eq!(names(&items[1]), [""; 0]);
}

#[test]
fn a_representative_is_asked_and_signs_only_where_the_age_says_so() {
    let texts = Texts::of(Lang::Ru);
    let bundle = r#"{"audience":"a","edition":"1","editions":[{"edition":"1","sha256":"x"}],"notices":[{"id":"job","lang":"ru","since":"2025-01-01","purposes":[{"id":"job"}]}],
        "forms":[{"name":"job","notice":"job","fields":[
          {"id":"age","kind":"choice","required":true,"max":9,"age":{"represented":["до 18"],"norm":"n"}},
          {"id":"who","kind":"text","required":true,"max":9,"of_representative":true}]}]}"#;
    let site = Bundle::read(bundle, Lang::Ru).unwrap();
    let form = site.form("job").unwrap();
    let mut draft = Draft {
        values: vec![String::from("от 18"), String::new()],
        ticks: vec![true],
        ..Draft::default()
    };
    assert_eq!(
        (draft.represented(form), draft.faults(form, texts)),
        (false, 0)
    );
    draft.values[0] = String::from("до 18");
    assert_eq!(
        (draft.represented(form), draft.faults(form, texts)),
        (true, 1)
    );
    draft.values[1] = String::from("Ольга");
    assert_eq!(draft.faults(form, texts), 0);
    let item = |draft: &Draft| {
        let mut items = draft.items(form, &site, &OCCASION, &mut || String::from("1"));
        items.remove(0)
    };
    assert_eq!(item(&draft).text("by"), "representative");
    assert_eq!(names(&item(&draft)), ["age", "who"]);
    draft.values[0] = String::from("от 18");
    assert_eq!(item(&draft).text("by"), "");
    assert_eq!(
        names(&item(&draft)),
        ["age"],
        "what was typed in vain stays here"
    );
}
