//! The reader of operators' texts on a whole policy, and this site's own text of the same policy beside it.
#![cfg(not(target_arch = "wasm32"))]

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use raspiska_shared::policy::{document::Document, import::import};

const OPERATORS: &str = "../../shared/policy/jetcrm-2025-01-01.txt";

const TITLES: [&str; 8] = [
    "Общие положения",
    "Цели сбора и обработки персональных данных",
    "Правовые основания обработки персональных данных",
    "Объем и категории обрабатываемых персональных данных, категории субъектов персональных данных",
    "Порядок и условия обработки персональных данных",
    "Файлы Cookie и другие технологии",
    "Актуализация, исправление, удаление и уничтожение персональных данных, ответы на запросы субъектов на доступ \
     к персональным данным",
    "Внесение изменений в Политику",
];

/// The number of bullets under each clause of each section.
const SHAPE: [&[usize]; 8] = [
    &[6, 0, 0, 0, 13, 0, 0, 0],
    &[0, 0, 0, 0, 0, 4, 0, 0],
    &[0, 0, 0, 0, 0, 0, 0],
    &[0, 0, 0, 0, 0, 0, 0],
    &[7, 0, 2, 0, 3, 0, 2, 4, 7, 6, 0, 0],
    &[0, 0, 0, 0, 0],
    &[0, 0, 0, 0, 0],
    &[0, 2, 0],
];

fn read(path: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(&path).ok();
    if text.is_none() {
        // Past the harness, which shows a passing test's output to nobody.
        let _unheard = writeln!(io::stderr(), "skipped: there is no {}", path.display());
    }
    text
}

fn shape(document: &Document) -> Vec<Vec<usize>> {
    let sections = document.sections.iter();
    let bullets = sections.map(|section| section.clauses.iter().map(|clause| clause.items.len()));
    bullets.map(Iterator::collect).collect()
}

#[test]
fn an_operators_policy_is_read_whole() {
    let Some(text) = read(OPERATORS) else { return };
    let imported = import(&text).unwrap();
    let document = &imported.document;

    assert_eq!(imported.effective, "2025-01-01");
    assert_eq!(document.title, "Политика обработки персональных данных");
    assert_eq!(document.preamble.len(), 3);
    assert_eq!(document.closing.len(), 1);
    assert!(document.closing[0].starts_with("Чтобы отозвать согласие"));
    assert!(
        document
            .clause("8.3")
            .unwrap()
            .text
            .ends_with("на интернет-сайте.")
    );

    let titles: Vec<_> = document
        .sections
        .iter()
        .map(|section| section.title.as_str())
        .collect();
    assert_eq!(titles, TITLES);
    assert_eq!(shape(document), SHAPE);

    // Sentences that a page break cut in two.
    assert!(
        document
            .clause("6.3")
            .unwrap()
            .text
            .contains("осуществлять навигацию по сайту")
    );
    assert!(
        document
            .clause("7.2")
            .unwrap()
            .text
            .contains("JetCRM осуществляет блокирование")
    );
    // Clauses that are printed as bullets.
    assert!(
        document
            .clause("1.6")
            .unwrap()
            .text
            .starts_with("Термины, не определенные")
    );

    let terms: Vec<_> = document
        .clause("1.5")
        .unwrap()
        .items
        .iter()
        .map(|item| item.definition().unwrap().0)
        .collect();
    assert_eq!(terms.len(), 13);
    assert_eq!(
        (terms[0], terms[12]),
        ("Персональные данные", "Файлы Cookie")
    );
}

#[test]
fn no_word_of_an_operators_policy_is_lost_or_moved() {
    let Some(text) = read(OPERATORS) else { return };
    let document = import(&text).unwrap().document;
    let words: Vec<_> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    assert!(words.len() > 2000);
    assert_eq!(document.words().collect::<Vec<_>>(), words);

    let markdown = document.to_markdown();
    assert_eq!(Document::parse(&markdown).as_ref(), Ok(&document));
}

#[test]
fn this_sites_texts_have_the_operators_shape() {
    for lang in ["ru", "en"] {
        let Some(text) = read(&format!("../www/sites/jetcrm/policy/2025-01-01/{lang}.md")) else {
            continue;
        };
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{lang}.md, {error}"));
        assert_eq!(shape(&document), SHAPE, "{lang}.md");
        let items = &document.clause("1.5").unwrap().items;
        assert!(
            items.iter().all(|item| item.definition().is_some()),
            "{lang}.md: a term without a meaning"
        );
        assert_eq!(document.to_markdown(), text, "{lang}.md");
    }
}
