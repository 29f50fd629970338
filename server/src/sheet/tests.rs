use krilla::Document;

use super::*;

const ABOUT: About<'_> = About {
    title: "Лист",
    lang: "ru",
    foot: "Лист № 1",
    time: 1_800_000_000,
};

fn columns() -> Columns<'static> {
    Columns {
        shares: &[0.3, 0.7],
        titles: &["Первый", "Второй"],
        size: 9.0,
    }
}

fn long() -> String {
    "Очень длинная ячейка, которой не хватит одной страницы. ".repeat(400)
}

fn set(rows: Vec<Vec<String>>) -> Sheet {
    let mut sheet = Sheet::new().unwrap();
    sheet.heading(1, "Лист", 14.0);
    sheet.table(&columns(), rows);
    sheet
}

/// Every line of the document, in order, page by page.
fn lines(sheet: &Sheet) -> Vec<Vec<&str>> {
    fn line(ink: &Ink) -> Option<&str> {
        match ink {
            Ink::Line {
                text, leaf: true, ..
            } => Some(text.as_str()),
            _ => None,
        }
    }
    let pages = sheet.pages.iter();
    pages
        .map(|page| page.iter().filter_map(line).collect())
        .collect()
}

#[test]
fn nothing_stands_below_the_last_line_of_a_page_and_nothing_is_lost() {
    let mut rows: Vec<Vec<String>> = (0..200)
        .map(|at| vec![format!("строка {at}"), "коротко".to_owned()])
        .collect();
    rows.insert(100, vec!["большая".to_owned(), long()]);
    let sheet = set(rows);
    assert!(sheet.pages.len() > 8, "{}", sheet.pages.len());
    for page in &sheet.pages {
        for ink in page {
            let (Ink::Line { y, .. } | Ink::Rule { y, .. }) = ink;
            assert!(*y >= TOP && *y <= FLOOR + PAD, "{y}");
        }
    }
    let all = lines(&sheet).concat().concat();
    assert!(all.contains(&long()), "the long cell in one piece");
    for at in 0..200 {
        assert_eq!(
            all.matches(&format!("строка {at}коротко")).count(),
            1,
            "{at}"
        );
    }
}

#[test]
fn a_row_that_fits_a_page_is_not_torn() {
    let half = "Ячейка в полстраницы. ".repeat(90);
    let sheet = set((0..5).map(|_| vec!["x".to_owned(), half.clone()]).collect());
    for page in lines(&sheet) {
        let text = page.concat();
        let (begun, cells) = (
            text.matches("xЯчейка").count(),
            text.matches("Ячейка").count(),
        );
        assert_eq!(cells, begun * 90);
    }
    assert!(sheet.pages.len() > 2);
}

#[test]
fn a_document_is_the_same_bytes_each_time() {
    let file = || {
        set(vec![vec!["имя".to_owned(), String::new()]])
            .finish(&ABOUT)
            .unwrap()
    };
    let first = file();
    assert!(first.starts_with(b"%PDF-1.7"));
    assert_eq!(first, file());
    let other = set(vec![vec!["имя".to_owned(), "x".to_owned()]]).finish(&ABOUT);
    assert_ne!(first, other.unwrap());
}

#[test]
fn a_letter_that_the_font_has_not_is_said_by_its_number() {
    let sheet = set(vec![vec!["名".to_owned(), "x".to_owned()]]);
    assert!(lines(&sheet).concat().contains(&"[U+540D]"));
    sheet.finish(&ABOUT).unwrap();
}

#[test]
fn a_file_that_breaks_its_own_promise_is_refused() {
    let settings = || draw::empty().unwrap();
    let untitled: Document = settings();
    let error = draw::sealed(untitled).unwrap_err();
    assert!(matches!(error, SheetError::Refused(_)), "{error:?}");
    assert!(
        error.to_string().contains("use the page in HTML"),
        "{error}"
    );
    assert!(SheetError::Font.to_string().contains("build it again"));
}
