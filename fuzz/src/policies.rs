//! Policies: an operator's plain text, and the canonical form that it becomes.

use raspiska_shared::policy::{
    document::{Document, words},
    import::{self, LIMIT},
};

use crate::vectors::{paths, read, root};

/// A word processor's text.
pub(crate) fn import(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let Ok(imported) = import::import(text) else {
        return false;
    };
    assert!(text.len() <= LIMIT);
    let document = &imported.document;
    assert!(
        words(text).eq(document.words()),
        "a word was lost, added or moved"
    );
    let day = &imported.effective;
    assert!(day.len() == 10 && day.bytes().filter(|byte| *byte == b'-').count() == 2);
    assert_eq!(
        Document::parse(&document.to_markdown()).as_ref(),
        Ok(document),
        "what is printed is not what is read"
    );
    true
}

pub(crate) fn import_seeds() -> Vec<Vec<u8>> {
    let texts = [
        "Политика\n\nНастоящая Политика вступает в силу с 01 января 2025 года.\n\n1. Общее\n\n1. Оператор обрабатывает:\n- имя;\n- почту.\n2. И всё.\n\nКонец. Пишите нам.\n",
        "Политика\nвступает в силу 01.02.2024\n\n1. Общее положение\n\n1. Предложение, которое\n\nразорвано страницей.\n• 2. Пункт, ставший маркером.\n– вложено\n\n2. Второй раздел\n\n1. Пункт.\n",
        "\u{feff}Policy\r\n\r\nвступает в силу 29 февраля 2024\r\n\r\n1. General\r\n\r\n1. Text.\r\n",
        "Политика вступает в силу 31.04.2025\n\n1. Общее\n\n1. Пункт.\n1.1. Подпункт.\n",
    ];
    let plain = texts.map(|text| text.as_bytes().to_vec());
    // Canonical texts without their heading marks are an operator's text again, nearly.
    let stripped = document_seeds().into_iter().map(|seed| {
        let text = String::from_utf8(seed).unwrap();
        text.replace("## ", "").replace("# ", "").into_bytes()
    });
    plain.into_iter().chain(stripped).collect()
}

/// The canonical form.
pub(crate) fn document(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let Ok(document) = Document::parse(text) else {
        return false;
    };
    assert_eq!(document.to_markdown(), text);
    assert!(words(text).eq(document.words()), "a word was lost");
    for section in &document.sections {
        for clause in &section.clauses {
            let address = format!("{}.{}", section.number, clause.number);
            assert_eq!(document.clause(&address), Some(clause));
            for item in &clause.items {
                if let Some((term, meaning)) = item.definition() {
                    assert!(item.text.contains(term) && item.text.contains(meaning));
                }
            }
        }
    }
    true
}

pub(crate) fn document_seeds() -> Vec<Vec<u8>> {
    let whole = paths(&root().join("www/sites/jetcrm/policy/2025-01-01"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .map(|path| read(&path));
    let small = "# Политика\n\nВведение.\n\n## 1. Общее\n\n1. Пункт\n   - «Данные» (ПД) — всё\n   - прочее\n2. Ещё\n\n## 2. Далее\n\n1. Пункт\n\n---\n\nКонец.\n";
    let broken = small.replace("2. Ещё", "3. Ещё");
    whole
        .chain([small.as_bytes().to_vec(), broken.into_bytes()])
        .collect()
}
