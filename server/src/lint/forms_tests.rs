//! The rules about forms: each with its examples, and what is told of the demo site's forms once something is wrong.

use std::fs;

use raspiska_shared::{notice::NoticePurpose, policy::Policy};
use serde::Deserialize;
use toml::Table;

use super::*;
use crate::site::{self, Loaded, sample};

/// An example: what it changes of the demo site's form "contact".
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    /// Members of the field "phone".
    #[serde(default)]
    field: Table,
    /// Members of the form.
    #[serde(default)]
    form: Table,
    /// What its notice asks about.
    purposes: Option<Vec<NoticePurpose>>,
    /// A line more of its notice.
    line: Option<String>,
}

/// The demo site with the example's form.
fn asking(example: &str) -> Loaded {
    let example: Example = toml::from_str(example).unwrap();
    let scratch = sample::Scratch::new("forms");
    sample::copy(&sample::demo(), scratch.path());
    let path = scratch.path().join("site.toml");
    let mut site: Table = fs::read_to_string(&path).unwrap().parse().unwrap();
    let named = |all: &'_ toml::Value, member: &str, name: &str| {
        let all = all.as_array().unwrap().iter();
        let mut named = all.map(|own| own.get(member).and_then(toml::Value::as_str) == Some(name));
        named.position(|own| own).unwrap()
    };
    let at = named(&site["form"], "name", "contact");
    let form = site["form"][at].as_table_mut().unwrap();
    let at = named(&form["fields"], "id", "phone");
    let field = form["fields"][at].as_table_mut().unwrap();
    field.extend(example.field);
    form.extend(example.form);
    fs::write(&path, toml::to_string(&site).unwrap()).unwrap();
    let mut loaded = site::fitting_on(scratch.path(), TODAY).unwrap();
    let notices = loaded.site.notices.iter_mut();
    for notice in notices.filter(|notice| notice.id == "contact") {
        if let Some(purposes) = &example.purposes {
            notice.purposes.clone_from(purposes);
        }
        if let Some(line) = &example.line {
            notice.text.push_str(line);
        }
    }
    loaded
}

const TODAY: &str = "2025-06-01";

fn found(example: &str) -> Vec<Finding> {
    let loaded = asking(example);
    forms(&loaded.site, &loaded.listed, TODAY)
}

fn told(findings: &[Finding]) -> String {
    let places = findings
        .iter()
        .flat_map(|finding| finding.places.iter().map(move |place| (finding, place)));
    let line = |(finding, place): (&Finding, &Place)| {
        let what = place.what.get(Lang::En);
        format!("{} {}: {what}\n", finding.rule.id, place.at)
    };
    places.map(line).collect()
}

#[test]
fn every_rule_is_read_and_says_all_in_each_language() {
    rule::read().unwrap();
    let ids: Vec<&str> = FORM_RULES.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["F01", "F02", "F03", "F04"]);
    for rule in FORM_RULES.iter() {
        for lang in Lang::ALL {
            assert!(rule.says.has(lang) && rule.advice.has(lang), "{}", rule.id);
        }
        assert!(rule.form.is_some(), "{} looks at nothing", rule.id);
    }
}

#[test]
fn every_rule_finds_its_bad_example_and_lets_its_good_one_pass() {
    for rule in FORM_RULES.iter() {
        let own = |example: &str| found(example).iter().any(|own| own.rule.id == rule.id);
        assert!(own(&rule.bad), "{} misses its bad example", rule.id);
        assert!(!own(&rule.good), "{} minds its good example", rule.id);
    }
}

#[test]
fn the_demo_site_asks_fairly_by_its_own_policy_and_by_the_corrected_one() {
    let mut loaded = sample::jetcrm();
    assert_eq!(told(&forms(&loaded.site, &loaded.listed, TODAY)), "");
    let policy = include_str!("../../tests/corrected/2025-09-01/policy.toml");
    let policy: Policy = toml::from_str(policy).unwrap();
    loaded.site.purposes = policy.purposes;
    assert_eq!(told(&forms(&loaded.site, &loaded.listed, TODAY)), "");
}

#[test]
fn a_field_is_held_against_each_purpose_that_it_is_asked_for() {
    let optional = "[field]\nalso_for = [\"advertising\"]\n";
    let told_of = told(&found(optional));
    assert_eq!(
        told_of,
        "F01 form contact, field phone: data = «телефон, если вы его укажете»; the list of advertising has «имя», \
         «адрес электронной почты»\n"
    );
    // Two purposes of one notice: the receipt commits to every field for both.
    let both = "purposes = [{ id = \"contact\" }, { id = \"advertising\" }]\n";
    let told_of = told(&found(both));
    for field in ["phone", "message"] {
        let line = format!("F01 form contact, field {field}: ");
        assert!(told_of.contains(&line), "{told_of}");
    }
    assert!(!told_of.contains("field name"), "{told_of}");
    let unsaid = told(&found("[field]\ndata = []\n"));
    assert!(unsaid.contains("data is not said; the list"), "{unsaid}");
}

#[test]
fn what_is_merged_with_a_consent_is_quoted_where_it_stands() {
    let form = "[form]\nlead = { ru = \"Отправляя, вы согласны с условиями.\", en = \"By sending you accept our terms.\" }\n";
    assert_eq!(
        told(&found(form)),
        "F02 form contact: «согласны с условиями»\nF02 form contact: «accept our terms»\n"
    );
    let notice = told(&found("line = \"Условия договора вам известны.\"\n"));
    assert_eq!(
        notice,
        "F02 notice contact.ru: «Условия договора»\nF02 notice contact.en: «Условия договора»\n"
    );
}

#[test]
fn advertising_is_a_condition_only_of_what_is_nothing_else() {
    let loaded = sample::jetcrm();
    let newsletter = |form: &&raspiska_shared::site::Form| form.name == "newsletter";
    assert!(
        loaded.site.forms.iter().any(|form| newsletter(&form)),
        "the form whose only consent is to advertising"
    );
    // With something else beside, the same consent is a condition of it.
    let mut other = loaded.clone();
    for form in &mut other.site.forms {
        if form.name == "newsletter" {
            form.optional.push("contact".to_owned());
        }
    }
    assert_eq!(
        told(&forms(&other.site, &other.listed, TODAY)),
        "F03 form newsletter: is not sent without advertising\n"
    );
}

#[test]
fn special_data_are_found_by_id_label_or_help_but_not_where_they_are_declined() {
    for (field, quote) in [
        ("id = \"blood_group\"", "«blood_group»"),
        (
            "hint = { ru = \"Есть ли инвалидность?\", en = \"x\" }",
            "«инвалидность»",
        ),
        (
            "hint = { ru = \"x\", en = \"Any criminal record?\" }",
            "«criminal record»",
        ),
        (
            "label = { ru = \"Отпечаток пальца\", en = \"x\" }",
            "«Отпечаток пальца»",
        ),
    ] {
        let told = told(&found(&format!("[field]\n{field}\n")));
        assert!(
            told.contains("F04 form contact, field ") && told.contains(quote),
            "{told}"
        );
    }
    let declined =
        "[field]\nhint = { ru = \"Можно коротко. Не пишите о здоровье и религии.\", en = \"x\" }\n";
    assert_eq!(told(&found(declined)), "");
    // One sentence declines, the next one asks.
    let both =
        "[field]\nhint = { ru = \"Не пишите о религии. Какое у вас здоровье?\", en = \"x\" }\n";
    assert!(told(&found(both)).contains("«здоровье»"));
}

#[test]
fn a_start_is_refused_with_what_to_do() {
    let mut loaded = asking("[field]\nlabel = { ru = \"Судимость\", en = \"x\" }\n");
    let error = loaded.asks_fairly().unwrap_err().to_string();
    for wanted in [
        "form contact, field phone: «Судимость»",
        "F04",
        "Remove the field",
        "152-ФЗ, ст. 10(1)",
        "policy check",
    ] {
        assert!(error.contains(wanted), "{wanted:?} is not in {error}");
    }
    // Words of another edition: none is found on the day on which it is in force, all stop the start today.
    loaded = sample::jetcrm();
    let edition = loaded.site.edition.clone();
    let mut policy = loaded.policies[&edition].clone();
    "2025-07-01".clone_into(&mut policy.effective);
    "2025-07-01".clone_into(&mut policy.edition);
    policy.purposes[0].data.truncate(1);
    let mut to_come = loaded.site.editions[0].clone();
    to_come.effective.clone_from(&policy.effective);
    to_come.edition.clone_from(&policy.edition);
    loaded.site.editions.push(to_come);
    loaded.policies.insert(policy.edition.clone(), policy);
    let days: Vec<String> = loaded
        .form_findings()
        .into_iter()
        .map(|(day, _)| day)
        .collect();
    assert_eq!(days, [TODAY, "2025-07-01"]);
    assert!(loaded.asks_fairly().is_err());
}
