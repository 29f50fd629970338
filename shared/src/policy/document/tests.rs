use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const TEXT: &str = "\
# Политика

Вступает в силу 01 января 2025 года.

Коротко о данных.

## 1. Общее

1. Политика говорит о людях:
   - клиентах,
   - соискателях.
2. Термины:
   - «Оператор» (О) — тот, кто отвечает.

## 2. Цели

1. Ответить.

---

Вопросы: privacy@example.ru.
";

fn fault(text: &str) -> (usize, DocumentFault) {
    let error = Document::parse(text).unwrap_err();
    (error.line, error.fault)
}

/// The text with its line `number` replaced; an empty `with` leaves the line empty.
fn replaced(number: usize, with: &str) -> String {
    let lines = TEXT
        .lines()
        .enumerate()
        .map(|(at, line)| if at + 1 == number { with } else { line });
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn the_canonical_form_is_read_and_printed_back() {
    let document = Document::parse(TEXT).unwrap();
    assert_eq!(document.title, "Политика");
    assert_eq!(document.preamble.len(), 2);
    assert_eq!(document.sections[0].title, "Общее");
    assert_eq!(
        document.sections[0].clauses[0].items[1].text,
        "соискателях."
    );
    assert_eq!(document.sections[1].clauses.len(), 1);
    assert_eq!(document.closing, ["Вопросы: privacy@example.ru."]);
    assert_eq!(document.to_markdown(), TEXT);
}

#[test]
fn preamble_and_closing_may_be_absent() {
    let text = "# T\n\n## 1. S\n\n1. c\n";
    assert_eq!(Document::parse(text).unwrap().to_markdown(), text);
}

#[test]
fn a_clause_is_found_by_its_one_address() {
    let document = Document::parse(TEXT).unwrap();
    assert_eq!(document.clause("1.2").unwrap().text, "Термины:");
    for address in ["", "1", "1.3", "3.1", "01.2", "1.+2", "1.2.", " 1.2"] {
        assert!(document.clause(address).is_none(), "{address:?}");
    }
}

#[test]
fn words_come_in_reading_order_with_the_numbers() {
    let document = Document::parse("# T-1\n\np.\n\n## 1. S\n\n1. c, d\n   - «i»\n\n---\n\ne@f.g\n");
    let document = document.unwrap();
    let words: Vec<_> = document.words().collect();
    assert_eq!(
        words,
        ["T", "1", "p", "1", "S", "1", "c", "d", "i", "e", "f", "g"]
    );
}

#[test]
fn a_definition_has_a_term_and_a_meaning() {
    let read = |text: &str| {
        let item = Item {
            text: text.to_string(),
        };
        item.definition()
            .map(|(term, meaning)| (term.to_string(), meaning.to_string()))
    };
    let pair = |term: &str, meaning: &str| Some((term.to_string(), meaning.to_string()));
    assert_eq!(read("«Сбор» — получение;"), pair("Сбор", "получение;"));
    assert_eq!(
        read("«Данные» (ПДн) — сведения — любые"),
        pair("Данные", "сведения — любые")
    );
    assert_eq!(
        read("“Collection” — receiving"),
        pair("Collection", "receiving")
    );
    for text in [
        "Сбор — получение",
        "«Сбор» получение",
        "«Сбор» —",
        "«» — пусто",
        "«Сбор» (С — х",
        "«Сбор",
    ] {
        assert_eq!(read(text), None, "{text:?}");
    }
}

#[test]
fn the_title_comes_first() {
    assert_eq!(fault(""), (1, DocumentFault::Title));
    assert_eq!(fault(&replaced(1, "Политика")), (1, DocumentFault::Title));
    assert_eq!(
        fault(&replaced(1, "## 1. Политика")),
        (1, DocumentFault::Title)
    );
}

#[test]
fn blocks_are_parted_by_an_empty_line() {
    assert_eq!(fault(&replaced(2, "текст")), (2, DocumentFault::EmptyLine));
    assert_eq!(
        fault(&replaced(8, "1. сразу")),
        (8, DocumentFault::EmptyLine)
    );
}

#[test]
fn nothing_may_be_empty() {
    assert_eq!(fault(&replaced(1, "# ")), (1, DocumentFault::Text));
    assert_eq!(fault(&replaced(3, "")), (3, DocumentFault::Text));
    assert_eq!(fault(&replaced(9, "1. ")), (9, DocumentFault::Text));
    assert_eq!(fault(&replaced(10, "   - ")), (10, DocumentFault::Text));
    assert_eq!(fault(&format!("{TEXT}\n")), (23, DocumentFault::Text));
    assert_eq!(
        fault("# T\n\n## 1. S\n\n1. c\n\n---\n"),
        (8, DocumentFault::Text)
    );
}

#[test]
fn spaces_do_not_surround_a_text() {
    for (line, text) in [
        (1, "# Политика "),
        (3, " Вступает"),
        (9, "1.  Политика"),
        (10, "   - \u{a0}клиентах"),
    ] {
        assert_eq!(fault(&replaced(line, text)), (line, DocumentFault::Spaces));
    }
}

#[test]
fn invisible_characters_are_refused() {
    for character in [
        '\r', '\t', '\0', '\u{85}', '\u{ad}', '\u{200b}', '\u{202e}', '\u{2028}', '\u{feff}',
    ] {
        let text = replaced(5, &format!("Коротко{character}"));
        assert_eq!(fault(&text), (5, DocumentFault::Invisible(character)));
    }
    let error = Document::parse("# T\r\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1: expected no invisible characters, found U+000D"
    );
}

#[test]
fn a_paragraph_bears_no_mark() {
    for mark in ["# x", "### x", "- x", "   - x", "1. x", "17. x", "---"] {
        assert_eq!(
            fault(&replaced(5, mark)),
            (5, DocumentFault::Paragraph),
            "{mark:?}"
        );
        assert_eq!(
            fault(&replaced(21, mark)),
            (21, DocumentFault::Paragraph),
            "{mark:?}"
        );
    }
}

#[test]
fn sections_are_numbered_from_one() {
    assert_eq!(
        fault(&replaced(7, "## 2. Общее")),
        (7, DocumentFault::Section(1))
    );
    for heading in [
        "## 3. Цели",
        "## Цели",
        "## 02. Цели",
        "2. Цели",
        "Просто текст.",
    ] {
        assert_eq!(
            fault(&replaced(15, heading)),
            (15, DocumentFault::Section(2)),
            "{heading:?}"
        );
    }
}

#[test]
fn clauses_are_numbered_from_one() {
    for clause in [
        "3. Термины:",
        "2) Термины:",
        "02. Термины:",
        "Термины:",
        "2.",
        "---",
    ] {
        assert_eq!(
            fault(&replaced(12, clause)),
            (12, DocumentFault::Clause(2)),
            "{clause:?}"
        );
    }
    assert_eq!(
        fault(&replaced(17, "2. Ответить.")),
        (17, DocumentFault::Clause(1))
    );
}

#[test]
fn a_section_has_a_clause() {
    assert_eq!(fault("# T\n\n## 1. S\n"), (4, DocumentFault::NoClauses));
}

#[test]
fn a_bullet_is_indented_by_three_spaces() {
    for bullet in ["- клиентах,", "  - клиентах,", "    - клиентах,"] {
        assert_eq!(
            fault(&replaced(10, bullet)),
            (10, DocumentFault::Indent),
            "{bullet:?}"
        );
    }
}

#[test]
fn a_bullet_belongs_to_a_clause() {
    assert_eq!(
        fault(&replaced(9, "   - клиентах,")),
        (9, DocumentFault::Bullet)
    );
}

#[test]
fn a_policy_has_sections() {
    assert_eq!(fault("# T\n\np\n"), (4, DocumentFault::NoSections));
}

#[test]
fn numbers_fit_sixteen_bits() {
    let clauses: String = (1..=65536).map(|number| format!("{number}. c\n")).collect();
    let text = format!("# T\n\n## 1. S\n\n{clauses}");
    assert_eq!(fault(&text), (65540, DocumentFault::TooMany));
}

#[test]
fn the_last_line_is_ended() {
    assert_eq!(fault(TEXT.trim_end()), (21, DocumentFault::LastLine));
}

// Drawing random cases needs a source of randomness, which bare wasm has not.
#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    /// One line without spaces at its ends; what may stand inside includes every mark of the form.
    fn text() -> impl Strategy<Value = String> {
        "[a-zа-я«»—.,#\\-1-3]([a-zа-я«»—.,#\\-1-3 ]{0,12}[a-zа-я«»—.,#\\-1-3])?"
    }

    fn paragraphs() -> impl Strategy<Value = Vec<String>> {
        vec(
            text().prop_filter("a paragraph bears no mark", |text| !reserved(text)),
            0..3,
        )
    }

    fn clauses() -> impl Strategy<Value = Vec<Clause>> {
        let items = vec(text().prop_map(|text| Item { text }), 0..3);
        vec((text(), items), 1..12).prop_map(|clauses| {
            let numbered = (1..).zip(clauses);
            numbered
                .map(|(number, (text, items))| Clause {
                    number,
                    text,
                    items,
                })
                .collect()
        })
    }

    fn sections() -> impl Strategy<Value = Vec<Section>> {
        vec((text(), clauses()), 1..4).prop_map(|sections| {
            let numbered = (1..).zip(sections);
            numbered
                .map(|(number, (title, clauses))| Section {
                    number,
                    title,
                    clauses,
                })
                .collect()
        })
    }

    fn document() -> impl Strategy<Value = Document> {
        (text(), paragraphs(), sections(), paragraphs()).prop_map(
            |(title, preamble, sections, closing)| Document {
                title,
                preamble,
                sections,
                closing,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(document in document()) {
            prop_assert_eq!(Document::parse(&document.to_markdown()), Ok(document));
        }

        /// A text that was damaged somewhere is either refused or is the canonical form of another document.
        #[test]
        fn what_is_read_is_printed_back(
            document in document(),
            at in any::<prop::sample::Index>(),
            with in prop::sample::select(vec!["", "\n", " ", "-", "   - x\n", "\n---\n", "1. ", "## 2. x\n", "#", "\t", "x"]),
            cut in 0usize..4,
        ) {
            let mut characters: Vec<char> = document.to_markdown().chars().collect();
            let from = at.index(characters.len());
            let to = (from + cut).min(characters.len());
            characters.splice(from..to, with.chars());
            let damaged: String = characters.into_iter().collect();
            if let Ok(read) = Document::parse(&damaged) {
                prop_assert_eq!(read.to_markdown(), damaged);
            }
        }
    }
}
