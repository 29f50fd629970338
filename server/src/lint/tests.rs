use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use raspiska_shared::{
    policy::import::import,
    purpose::{Action, LegalBasis, Purpose, SubjectCategory},
};

use super::*;
use crate::site::sample;

#[test]
fn every_rule_is_read() {
    rule::read().unwrap();
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id.as_str()).collect();
    let expected: Vec<String> = (1..=35).map(|number| format!("L{number:02}")).collect();
    assert_eq!(ids, expected);
}

#[test]
fn every_rule_says_all_in_each_language() {
    for rule in RULES.iter() {
        for lang in Lang::ALL {
            assert!(
                rule.says.has(lang) && rule.advice.has(lang),
                "{} in {lang:?}",
                rule.id
            );
        }
        assert!(
            rule.text.is_some() || rule.also.is_some(),
            "{} looks at nothing",
            rule.id
        );
    }
}

/// An example of a rule is a document without its title and the empty lines, or a day.
fn found(rule: &Rule, example: &str) -> Vec<Place> {
    let mut markdown = String::from("# Политика\n");
    for line in example.trim().lines() {
        let item = |line: &str| {
            line.trim_start()
                .starts_with(|c: char| c.is_ascii_digit() || c == '-')
                && line != "---"
        };
        let previous = markdown.lines().next_back().unwrap_or_default();
        if !line.is_empty() {
            markdown.push_str(if item(line) && item(previous) {
                ""
            } else {
                "\n"
            });
            markdown.push_str(line);
            markdown.push('\n');
        }
    }
    let is_day = example.starts_with("20");
    let document = (!is_day).then(|| {
        Document::parse(&markdown)
            .unwrap_or_else(|error| panic!("{}: {error}\n{markdown}", rule.id))
    });
    let subject = Subject {
        document: document.as_ref(),
        effective: is_day.then_some(example),
        today: "2026-01-01",
        ..Subject::default()
    };
    let mut findings = lint(&subject).into_iter();
    let own = findings.find(|finding| finding.rule.id == rule.id);
    own.map(|finding| finding.places).unwrap_or_default()
}

#[test]
fn every_rule_finds_its_bad_example_and_lets_its_good_one_pass() {
    for rule in RULES.iter() {
        assert!(
            !found(rule, &rule.bad).is_empty(),
            "{} misses its bad example",
            rule.id
        );
        let places = found(rule, &rule.good);
        assert!(
            places.is_empty(),
            "{} minds its good example: {places:?}",
            rule.id
        );
    }
}

fn told(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let mut at: Vec<String> = finding
            .places
            .iter()
            .map(|place| place.at.to_string())
            .collect();
        at.dedup();
        format!("{} {}\n", finding.rule.id, at.join(", "))
    };
    findings.iter().map(line).collect()
}

/// A golden file without its remarks.
fn golden(text: &str) -> String {
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}

fn say(findings: &[Finding]) {
    for finding in findings {
        for place in &finding.places {
            println!(
                "{} {} {}",
                finding.rule.id,
                place.at,
                place.what.get(Lang::En)
            );
        }
    }
}

const TODAY: &str = "2026-01-01";

#[test]
fn the_operators_own_text_has_what_is_known_of_it() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/policy/jetcrm-2025-01-01.txt");
    let Ok(text) = fs::read_to_string(&path) else {
        // Past the harness, which shows a passing test's output to nobody.
        let _unheard = writeln!(io::stderr(), "skipped: there is no {}", path.display());
        return;
    };
    let imported = import(&text).unwrap();
    let subject = Subject {
        document: Some(&imported.document),
        policy: None,
        effective: Some(&imported.effective),
        today: TODAY,
    };
    let findings = lint(&subject);
    say(&findings);
    assert_eq!(
        told(&findings),
        golden(include_str!("golden/operators.txt"))
    );
}

#[test]
fn our_restatement_has_the_same_and_its_matrix_besides() {
    let loaded = sample::jetcrm();
    let edition = "2025-01-01".to_owned();
    let subject = Subject {
        document: loaded.documents.get(&(edition.clone(), Lang::Ru)),
        policy: loaded.policies.get(&edition),
        effective: Some(&edition),
        today: TODAY,
    };
    let findings = lint(&subject);
    say(&findings);
    assert_eq!(told(&findings), golden(include_str!("golden/jetcrm.txt")));
}

/// A whole edition in which everything is said.
fn corrected() -> (Document, Policy) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corrected/2025-09-01");
    let text = fs::read_to_string(folder.join("ru.md")).unwrap();
    let policy = fs::read_to_string(folder.join("policy.toml")).unwrap();
    (
        Document::parse(&text).unwrap_or_else(|error| panic!("{error}")),
        toml::from_str(&policy).unwrap(),
    )
}

fn of_edition(document: &Document, policy: &Policy) -> Vec<Finding> {
    lint(&Subject {
        document: Some(document),
        policy: Some(policy),
        effective: Some(&policy.effective),
        today: TODAY,
    })
}

#[test]
fn a_corrected_policy_has_none() {
    let (document, policy) = corrected();
    let findings = of_edition(&document, &policy);
    say(&findings);
    assert_eq!(told(&findings), "");
}

/// What is told of the corrected matrix once something is wrong with it.
fn broken(change: impl FnOnce(&mut Policy)) -> String {
    let (document, mut policy) = corrected();
    change(&mut policy);
    told(&of_edition(&document, &policy))
}

fn purpose<'a>(policy: &'a mut Policy, id: &str) -> &'a mut Purpose {
    let mut purposes = policy.purposes.iter_mut();
    purposes.find(|purpose| purpose.id.as_str() == id).unwrap()
}

#[test]
fn each_fault_of_the_matrix_is_found() {
    let none = |policy: &mut Policy| {
        policy
            .purposes
            .retain(|purpose| purpose.category != SubjectCategory::Candidate);
    };
    assert_eq!(broken(none), "L01 text\n");
    assert_eq!(
        broken(|policy| purpose(policy, "contact").data.clear()),
        "L02 purpose contact\n"
    );
    assert_eq!(
        broken(|policy| purpose(policy, "contact").actions.clear()),
        "L02 purpose contact\n"
    );
    assert_eq!(
        broken(|policy| purpose(policy, "ads").retention.at_most = None),
        "L03 purpose ads\n"
    );
    let contract = |policy: &mut Policy| purpose(policy, "analytics").basis = LegalBasis::Contract;
    assert_eq!(broken(contract), "L04 purpose analytics\n");
    let contract = |policy: &mut Policy| purpose(policy, "ads").basis = LegalBasis::Contract;
    assert_eq!(broken(contract), "L04 purpose ads\nL06 purpose ads\n");
    assert_eq!(
        broken(|policy| policy.controller.inn = None),
        "L12 controller\n"
    );
    assert_eq!(
        broken(|policy| policy.controller.address = None),
        "L12 controller\n"
    );
    let uncollected = |policy: &mut Policy| {
        purpose(policy, "ads")
            .actions
            .retain(|own| *own != Action::Collect)
    };
    assert_eq!(broken(uncollected), "L16 purpose ads\n");
    let nobody = |policy: &mut Policy| purpose(policy, "client_instruction").recipients.clear();
    assert_eq!(broken(nobody), "L22 purpose client_instruction\n");
    let datum = |text: &str| Localized::new(BTreeMap::from([(Lang::Ru, text.to_owned())]));
    let open = |policy: &mut Policy| {
        purpose(policy, "contact")
            .data
            .push(datum("и другие данные"))
    };
    assert_eq!(broken(open), "L20 purpose contact\n");
    let account = |policy: &mut Policy| {
        purpose(policy, "customer_contract")
            .data
            .push(datum("банковские реквизиты"))
    };
    assert_eq!(broken(account), "L30 purpose customer_contract\n");
}
