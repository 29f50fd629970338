use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const TEXT: &str = "
Политика

Настоящая политика вступает в силу 01 января 2025 года.

1. Общее

1. Политика говорит о людях:
 - клиентах,
- соискателях.

2. Термины:

- «Оператор» — тот, кто отвечает;

- «Сбор» — получение
- 3. Прочее по закону.

2. Цели

1. Данные нужны, чтобы

отвечать на вопросы.
2. И всё.

Вопросы: privacy@example.ru
";

fn read(text: &str) -> Document {
    import(text).unwrap().document
}

fn fault(text: &str) -> (usize, ImportFault) {
    let error = import(text).unwrap_err();
    (error.line, error.fault)
}

/// The text with its line `number` replaced.
fn replaced(number: usize, with: &str) -> String {
    let lines = TEXT.lines().enumerate();
    let lines = lines.map(|(at, line)| if at + 1 == number { with } else { line });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// A policy whose section 1 reads so.
fn with_clauses(clauses: &str) -> String {
    format!("Политика\n\nВступает в силу 01.01.2025.\n\n1. Общее\n\n{clauses}\n")
}

fn dated(phrase: &str) -> Result<String, ImportFault> {
    let result = import(&format!("Политика\n\n{phrase}\n\n1. Общее\n\n1. Текст.\n"));
    result
        .map(|imported| imported.effective)
        .map_err(|error| error.fault)
}

#[test]
fn a_text_becomes_a_document() {
    let imported = import(TEXT).unwrap();
    assert_eq!(imported.effective, "2025-01-01");
    let expected = "\
# Политика

Настоящая политика вступает в силу 01 января 2025 года.

## 1. Общее

1. Политика говорит о людях:
   - клиентах,
   - соискателях.
2. Термины:
   - «Оператор» — тот, кто отвечает;
   - «Сбор» — получение
3. Прочее по закону.

## 2. Цели

1. Данные нужны, чтобы отвечать на вопросы.
2. И всё.

---

Вопросы: privacy@example.ru
";
    assert_eq!(imported.document.to_markdown(), expected);
}

#[test]
fn line_ends_and_spaces_do_not_matter() {
    let windows = format!(
        "\u{feff}{}",
        TEXT.replace('\n', " \r\n")
            .replace(". ", ".\t")
            .replace(" в ", "\u{a0}в  ")
    );
    assert_eq!(import(&windows), import(TEXT));
}

#[test]
fn a_long_text_may_be_wrapped_anywhere() {
    let text = "Политика\nобработки\n\nПолитика вступает\nв силу 01.01.2025.\n\n1. Общие\nположения\n\n1. Один.\nДва\nтри.\n- Раз.\nДва;\n\nВсё.\nСовсем\n\nвсё.\n";
    let document = read(text);
    assert_eq!(document.title, "Политика обработки");
    assert_eq!(document.preamble, ["Политика вступает в силу 01.01.2025."]);
    assert_eq!(document.sections[0].title, "Общие положения");
    assert_eq!(document.clause("1.1").unwrap().text, "Один. Два три.");
    assert_eq!(document.clause("1.1").unwrap().items[0].text, "Раз. Два;");
    assert_eq!(document.closing, ["Всё. Совсем всё."]);
}

#[test]
fn a_heading_is_told_from_the_clause_of_the_same_number() {
    let document = read(&with_clauses(
        "1. Один.\n\n2. Цели\n\n1. Два.\n\n2. Три.\n\n3. Срок\n\n- 1. Год.",
    ));
    let counts: Vec<_> = document
        .sections
        .iter()
        .map(|section| section.clauses.len())
        .collect();
    assert_eq!(counts, [1, 2, 1]);
}

#[test]
fn marks_of_other_word_processors_are_bullets() {
    let document = read(&with_clauses(
        "1. Один:\n• а,\n– б,\n-в.\n-5 градусов\n— и всё.",
    ));
    let items = &document.clause("1.1").unwrap().items;
    assert_eq!(
        items
            .iter()
            .map(|item| item.text.as_str())
            .collect::<Vec<_>>(),
        ["а,", "б,", "в. -5 градусов — и всё."]
    );
}

#[test]
fn dates_are_read_as_people_write_them() {
    for phrase in [
        "вступает в силу 01 января 2025 года",
        "ВСТУПАЕТ В СИЛУ с 1 января 2025 г.",
        "Вступает в силу «01» января 2025 г.",
        "вступает в силу 01.01.2025",
        "вступает в силу с 1.1.2025 и вступает в силу 01.01.2025",
    ] {
        assert_eq!(dated(phrase).as_deref(), Ok("2025-01-01"), "{phrase}");
    }
    assert_eq!(
        dated("вступает в силу 29 февраля 2024 года").as_deref(),
        Ok("2024-02-29")
    );
    assert_eq!(
        dated("вступает в силу 31 декабря 2025 года").as_deref(),
        Ok("2025-12-31")
    );
    let in_title = "Политика, вступает в силу 01.01.2025\n\n1. Общее\n\n1. Текст.\n";
    assert_eq!(import(in_title).unwrap().effective, "2025-01-01");
}

#[test]
fn a_text_is_not_too_large() {
    let text = with_clauses(&format!("1. {}", "a".repeat(LIMIT)));
    assert_eq!(fault(&text), (7, ImportFault::TooLarge));
    let head = with_clauses("1. ").len();
    assert!(import(&with_clauses(&format!("1. {}", "a".repeat(LIMIT - head)))).is_ok());
}

#[test]
fn invisible_characters_are_refused() {
    for character in ['\0', '\u{c}', '\u{1b}', '\u{202e}', '\u{feff}'] {
        assert_eq!(
            fault(&replaced(8, &format!("1. Поли{character}тика"))),
            (8, ImportFault::Invisible(character))
        );
    }
    assert_eq!(
        fault("Политика\rобработки\n"),
        (1, ImportFault::Invisible('\r'))
    );
}

#[test]
fn the_title_comes_first() {
    assert_eq!(fault(""), (1, ImportFault::Title));
    assert_eq!(fault("\n \n"), (1, ImportFault::Title));
    assert_eq!(fault("\n1. Общее\n\n1. Текст.\n"), (2, ImportFault::Title));
}

#[test]
fn sections_are_numbered_from_one() {
    assert_eq!(
        fault(&replaced(6, "2. Общее")),
        (6, ImportFault::Section(1))
    );
    assert_eq!(
        fault(&replaced(19, "3. Цели")),
        (19, ImportFault::Section(2))
    );
    assert_eq!(
        fault(&replaced(19, "02. Цели")),
        (19, ImportFault::Section(2))
    );
}

#[test]
fn a_clause_needs_a_heading_above() {
    assert_eq!(
        fault(&replaced(6, "1. Общее.")),
        (6, ImportFault::Section(1))
    );
    assert_eq!(
        fault(&replaced(7, "1. Общее.")),
        (6, ImportFault::Section(1))
    );
}

#[test]
fn clauses_are_numbered_from_one() {
    assert_eq!(
        fault(&replaced(12, "3. Термины:")),
        (12, ImportFault::Clause(2))
    );
    assert_eq!(
        fault(&replaced(17, "- 4. Прочее.")),
        (17, ImportFault::Clause(3))
    );
    assert_eq!(
        fault(&replaced(17, "99999. Прочее.")),
        (17, ImportFault::Clause(3))
    );
    assert_eq!(
        fault(&replaced(19, "2. Цели.")),
        (19, ImportFault::Clause(4))
    );
    assert_eq!(
        fault(&replaced(21, "2. Данные")),
        (19, ImportFault::Clause(4))
    );
}

#[test]
fn numbers_are_not_nested() {
    for line in ["2.1. Термины:", "- 2.1. Термины:", "1.2.3. Термины:"] {
        assert_eq!(
            fault(&replaced(12, line)),
            (12, ImportFault::Nested),
            "{line:?}"
        );
    }
    assert!(import(&replaced(23, "27.07.2006. Так сказано.")).is_ok());
}

#[test]
fn a_policy_has_sections() {
    assert_eq!(
        fault("Политика\n\nВступает в силу 01.01.2025.\n"),
        (3, ImportFault::NoSections)
    );
}

#[test]
fn a_bullet_belongs_to_a_clause() {
    assert_eq!(fault(&replaced(1, "- Политика")), (1, ImportFault::Bullet));
    assert_eq!(fault(&replaced(5, "- клиентах")), (5, ImportFault::Bullet));
}

#[test]
fn a_mark_has_a_text() {
    for (line, mark) in [(8, "1."), (9, " - "), (12, "2. "), (17, "- 3."), (19, "2.")] {
        assert_eq!(
            fault(&replaced(line, mark)),
            (line, ImportFault::Empty),
            "{mark:?}"
        );
    }
}

#[test]
fn a_paragraph_between_clauses_is_loose() {
    assert_eq!(
        fault(&with_clauses("1. Один:\n- а.\n\nДва.\n\n2. Три.")),
        (10, ImportFault::Loose)
    );
}

#[test]
fn a_paragraph_with_one_sign_of_two_is_ambiguous() {
    assert_eq!(
        fault(&with_clauses("1. Наш сайт\n\nJetCRM.")),
        (9, ImportFault::Ambiguous)
    );
    assert_eq!(
        fault(&with_clauses("1. По ул.\n\nленина.")),
        (9, ImportFault::Ambiguous)
    );
    assert_eq!(
        fault(&with_clauses("1. Один:\n- а;\n\nб.")),
        (10, ImportFault::Ambiguous)
    );
}

#[test]
fn a_paragraph_bears_no_mark_of_the_markdown_form() {
    assert_eq!(
        fault(&replaced(2, "# Политика")),
        (2, ImportFault::Reserved)
    );
    assert_eq!(fault(&replaced(5, "\n---\n")), (6, ImportFault::Reserved));
    assert_eq!(
        fault(&with_clauses("1. Один.\n\n# Вопросы")),
        (9, ImportFault::Reserved)
    );
}

#[test]
fn the_preamble_names_one_day_that_exists() {
    assert_eq!(fault(&replaced(4, "Без даты.")), (6, ImportFault::NoDate));
    for phrase in [
        "с момента публикации",
        "2025-01-01",
        "01 января",
        "01.01.25",
        "001.01.2025",
        "01 январь 2025",
    ] {
        assert_eq!(
            dated(&format!("Вступает в силу {phrase}")),
            Err(ImportFault::Date),
            "{phrase}"
        );
    }
    for phrase in [
        "29.02.2025",
        "29.02.2100",
        "31 апреля 2025",
        "00.01.2025",
        "01.13.2025",
        "01.00.2025",
        "01.01.0000",
    ] {
        assert_eq!(
            dated(&format!("Вступает в силу {phrase}")),
            Err(ImportFault::Impossible),
            "{phrase}"
        );
    }
    let two = "Вступает в силу 01.01.2025.\n\nРедакция вступает в силу 02.01.2025.";
    assert_eq!(dated(two), Err(ImportFault::TwoDates));
    let error = import(&replaced(4, "Вступает в силу 31.02.2025")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 4: expected a day that exists in the calendar"
    );
}

#[test]
fn numbers_fit_sixteen_bits() {
    let clauses: String = (1..=65536).map(|number| format!("{number}. c\n")).collect();
    assert_eq!(
        fault(&with_clauses(&clauses)),
        (6 + 65536, ImportFault::TooMany)
    );
}

// Drawing random cases needs a source of randomness, which bare wasm has not.
#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use super::*;
    use crate::policy::document::words;
    use proptest::{collection::vec, prelude::*};

    fn line() -> impl Strategy<Value = String> {
        let mark = prop::sample::select(vec![
            "", "", "\n", "1. ", "2. ", "3. ", " - ", "- 2. ", "\n1. ", "\n2. ", "\t",
        ]);
        (
            mark,
            "[а-вА-В]{1,2}[ .,;»]{0,2}[0-9а-в]{0,2}[.;:]?",
            1usize..3,
        )
            .prop_map(|(mark, text, ends)| format!("{mark}{text}{}", "\n".repeat(ends)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Whatever is accepted keeps every word at its place and has a canonical form.
        #[test]
        fn no_word_is_lost_or_moved(lines in vec(line(), 0..6)) {
            let text = with_clauses(&format!("1. Один\n{}", lines.concat()));
            if let Ok(imported) = import(&text) {
                prop_assert!(words(&text).eq(imported.document.words()));
                prop_assert_eq!(Document::parse(&imported.document.to_markdown()), Ok(imported.document));
            }
        }

        #[test]
        fn nothing_panics(text in "[ \t\r\n\u{a0}0-3.аА«»—#•:;-]{0,60}") {
            let _refused_or_read = import(&text);
            let _likewise = import(&with_clauses(&text));
        }
    }
}
