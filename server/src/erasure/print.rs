//! The act as PDF: what the page in HTML says, set on paper to be signed.

use super::{
    act::Act,
    evidence,
    norms::ORDER_179,
    paper::{items, kept_until, title, told},
};
use crate::sheet::{About, Columns, Sheet, SheetError, Style};

const TEXT: Style = Style {
    size: 10.5,
    bold: false,
};

const SMALL: Style = Style {
    size: 8.5,
    bold: false,
};

/// Room for three lines with what stands before them: a signature stays together.
const SIGNATURE: f32 = 110.0;

/// The file of an act that is done.
pub(crate) fn file(act: &Act) -> Option<Result<Vec<u8>, SheetError>> {
    let done = act.done.first()?;
    let (items, kept) = (items(act)?, kept_until(act)?);
    let title = title(&act.order);
    let set = || {
        let mut sheet = Sheet::new()?;
        sheet.heading(1, &title, 14.0);
        sheet.skip(6.0);
        let by = format!(
            "Составлен по форме, которую определяет {}.",
            ORDER_179.order
        );
        sheet.paragraph(&by, SMALL);
        sheet.skip(10.0);
        let columns = Columns {
            shares: &[0.36, 0.64],
            titles: &[],
            size: TEXT.size,
        };
        let rows = items.iter().map(|(item, said)| {
            let title = format!("{}) {}", item.item, item.title);
            vec![title, said.clone()]
        });
        sheet.table(&columns, rows);
        sheet.skip(14.0);
        sheet.keep(SIGNATURE);
        if let Some(note) = evidence::note(&act.order) {
            sheet.paragraph(note, TEXT);
            sheet.skip(6.0);
        }
        sheet.paragraph(&format!("Хранить до {kept}."), TEXT);
        sheet.skip(34.0);
        sheet.paragraph(
            &format!("_______________________ / {} /", act.order.name),
            TEXT,
        );
        sheet.paragraph("подпись лица, уничтожившего персональные данные", SMALL);
        sheet.new_page();
        sheet.heading(2, "Приложение. Субъекты и данные", 12.0);
        sheet.skip(8.0);
        subjects(&mut sheet, act);
        sheet.finish(&About {
            title: &title,
            lang: "ru",
            foot: &format!("Акт № {}", act.order.act),
            time: done.time / 1000,
        })
    };
    Some(set())
}

/// A receipt and its subject stand one under the other, each whole on its line: they are copied from here.
fn subjects(sheet: &mut Sheet, act: &Act) {
    let columns = Columns {
        shares: &[0.07, 0.47, 0.17, 0.29],
        titles: &[
            "№",
            "Расписка, под ней псевдоним субъекта",
            "Кто это",
            "Категории данных",
        ],
        size: 7.0,
    };
    let rows = act.order.receipts.iter().enumerate().map(|(at, target)| {
        vec![
            (at + 1).to_string(),
            format!("{}\n{}", target.receipt, target.subject.0),
            target.category.clone(),
            told(target),
        ]
    });
    sheet.table(&columns, rows);
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        io::{self, Write as _},
        process::Command,
    };

    use raspiska_shared::digest::Digest;
    use serde_json::json;

    use super::*;
    use crate::{
        erasure::act::{Done, Order},
        site::sample::Scratch,
    };

    /// An act of so many receipts.
    fn act(receipts: usize) -> Act {
        let digest = |at: usize| Digest::of(&at.to_be_bytes()).to_string();
        let target = |at: usize| {
            json!({
                "receipt": digest(at), "subject": digest(at + receipts), "category": "Пользователи Интернет-сайта",
                "data": ["имя", "адрес электронной почты", "телефон, если вы его укажете", "текст сообщения"],
                "values": ["name", "email"], "index": at, "statement": "x", "marks": [],
            })
        };
        let order = json!({
            "act": "20270115-0a1b2c3d", "site": "jetcrm", "time": 1_800_000_000_000_u64,
            "operator": "ООО «Джет121», Москва, ул. Примерная, д. 1", "processor": null,
            "by": "officer", "name": "Ответственный за обработку", "system": ORDER_179.system, "way": ORDER_179.way,
            "reason": ORDER_179.reasons[0],
            "receipts": (0..receipts).map(target).collect::<Vec<_>>(),
        });
        let order: Order = serde_json::from_value(order).unwrap();
        let done = Done {
            act: order.act.clone(),
            time: 1_800_000_100_000,
            bytes: 1,
            rewritten: false,
        };
        Act {
            order,
            done: vec![done],
            tools: Vec::new(),
            pending: false,
        }
    }

    #[test]
    fn an_act_that_is_not_done_is_not_printed() {
        let mut pending = act(1);
        pending.done.clear();
        assert!(file(&pending).is_none());
    }

    #[test]
    fn the_same_act_is_the_same_file() {
        let first = file(&act(3)).unwrap().unwrap();
        assert_eq!(first, file(&act(3)).unwrap().unwrap());
        assert!(first.len() < 200_000, "{}", first.len());
    }

    /// Read by another program: poppler's, where it is installed.
    #[test]
    fn another_program_reads_every_item_and_every_receipt() {
        let act = act(1000);
        let scratch = Scratch::new("print");
        let path = scratch.path().join("act.pdf");
        fs::write(&path, file(&act).unwrap().unwrap()).unwrap();
        let read = |more: &[&str]| {
            let mut command = Command::new("pdftotext");
            command.args(more).arg(&path).arg("-").output()
        };
        let Ok(told) = read(&["-raw"]) else {
            // Past the harness, which shows a passing test's output to nobody.
            let _unheard = writeln!(io::stderr(), "skipped: there is no pdftotext");
            return;
        };
        assert!(told.status.success());
        let told = String::from_utf8(told.stdout).unwrap();
        let pages = told.matches('\u{c}').count();
        assert!(pages > 20, "{pages}");
        assert!(told.contains(&format!("стр. {pages} из {pages}")));
        let words = told.split_whitespace().collect::<Vec<_>>().join(" ");
        for (item, said) in items(&act).unwrap() {
            for text in [format!("{}) {}", item.item, item.title), said] {
                assert!(words.contains(&text), "{text:?}");
            }
        }
        for target in &act.order.receipts {
            for id in [target.receipt.to_string(), target.subject.0.to_string()] {
                assert_eq!(told.matches(&id).count(), 1, "{id}");
            }
        }
        assert!(
            words.contains("Хранить до 15.01.2030."),
            "the term of the order"
        );
        assert_eq!(
            told.matches("Расписка, под ней").count(),
            pages - 1,
            "on each page"
        );
    }
}
