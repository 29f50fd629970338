//! What an act is on paper: its items, the page that is signed, and the tables that go with it.
//!
//! An act that is done has the same bytes whenever it is written: a signature can be laid beside each file.

use std::fmt::Write as _;

use super::{
    act::{Act, Order, Target},
    evidence,
    norms::{Item, ORDER_179, What},
};
use crate::{html::Html, site::day};

/// Stands where there is nobody to name.
const NONE: &str = "нет";

/// It has none of the characters that the writer of HTML escapes.
const STYLE: &str = "body{font:16px/1.45 serif;max-width:46em;margin:2em auto;padding:0 1em;color:#111;background:#fff}\
    h1{font-size:1.4em;text-align:center}dt{font-weight:bold;margin-top:1em}dd{margin:.2em 0 0}\
    table{border-collapse:collapse;width:100%;font-size:.8em}th,td{border:1px solid #777;padding:.3em;text-align:left;\
    vertical-align:top;overflow-wrap:anywhere}.sign{margin-top:3em}\
    @media print{body{margin:0;max-width:none}tr{break-inside:avoid}}";

/// The page loads nothing and does nothing.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The day of the act, as people write it; none: it is not done.
pub(crate) fn date(act: &Act) -> Option<String> {
    act.done.first().map(|done| written(done.time))
}

/// Until which day the act and the export are kept. None: it is not done.
pub(crate) fn kept_until(act: &Act) -> Option<String> {
    let first: jiff::civil::Date = day(act.done.first()?.time / 1000).parse().ok()?;
    let kept: jiff::Span = ORDER_179.keep.parse().ok()?;
    let last = first.checked_add(kept).ok()?;
    Some(last.strftime("%d.%m.%Y").to_string())
}

/// What the act says of each item. None: it is not done, and there is no act yet.
pub(crate) fn items(act: &Act) -> Option<Vec<(&'static Item, String)>> {
    let date = date(act)?;
    let items = ORDER_179.act.iter();
    Some(
        items
            .map(|item| (item, said(&act.order, item.what, &date)))
            .collect(),
    )
}

fn said(order: &Order, what: What, date: &str) -> String {
    let mut data: Vec<&str> = order.receipts.iter().flat_map(data).collect();
    data.sort_unstable();
    data.dedup();
    match what {
        What::Data => data.join("; "),
        What::Date => date.to_owned(),
        What::Operator => order.operator.clone(),
        What::Persons => format!("{} (учётная запись {})", order.name, order.by),
        What::Processor => order.processor.clone().unwrap_or_else(|| NONE.to_owned()),
        What::Reason => reason(order),
        What::Subjects => format!(
            "по приложению: псевдонимы субъектов и отпечатки их расписок, всего расписок: {}",
            order.receipts.len()
        ),
        What::System => order.system.clone(),
        What::Way => order.way.clone(),
    }
}

/// The page of an act that is done.
pub(crate) fn page(act: &Act) -> Option<String> {
    let (items, kept) = (items(act)?, kept_until(act)?);
    let title = title(&act.order);
    Some(Html::document("ru", |html| {
        html.element("head", &[], |html| {
            html.void("meta", &[("charset", "utf-8")]);
            html.void(
                "meta",
                &[
                    ("http-equiv", "Content-Security-Policy"),
                    ("content", CONTENT_POLICY),
                ],
            );
            html.void(
                "meta",
                &[
                    ("name", "viewport"),
                    ("content", "width=device-width, initial-scale=1"),
                ],
            );
            html.leaf("title", &[], &title);
            html.leaf("style", &[], STYLE);
        });
        html.element("body", &[], |html| {
            html.element("main", &[], |html| {
                html.leaf("h1", &[], &title);
                let by = format!(
                    "Составлен по форме, которую определяет {}.",
                    ORDER_179.order
                );
                html.leaf("p", &[], &by);
                html.element("dl", &[], |html| {
                    for (Item { item, title, .. }, said) in &items {
                        html.leaf("dt", &[], &format!("{item}) {title}"));
                        html.leaf("dd", &[], said);
                    }
                });
                if let Some(note) = evidence::note(&act.order) {
                    html.leaf("p", &[], note);
                }
                html.leaf("p", &[], &format!("Хранить до {kept}."));
                html.leaf(
                    "p",
                    &[("class", "sign")],
                    &format!("______________________ / {} /", act.order.name),
                );
                html.leaf("h2", &[], "Приложение. Субъекты и данные");
                subjects(html, &act.order);
            });
        });
    }))
}

fn subjects(html: &mut Html, order: &Order) {
    html.element("table", &[], |html| {
        html.element("thead", &[], |html| {
            html.element("tr", &[], |html| {
                for title in [
                    "Расписка",
                    "Псевдоним субъекта",
                    "Кто это",
                    "Категории данных",
                ] {
                    html.leaf("th", &[("scope", "col")], title);
                }
            });
        });
        html.element("tbody", &[], |html| {
            for target in &order.receipts {
                html.element("tr", &[], |html| {
                    html.leaf("td", &[], &target.receipt.to_string());
                    html.leaf("td", &[], &target.subject.0.to_string());
                    html.leaf("td", &[], &target.category);
                    html.leaf("td", &[], &told(target));
                });
            }
        });
    });
}

/// The export from the event log of an act that is done, as CSV.
pub(crate) fn export(act: &Act) -> Option<String> {
    let date = date(act)?;
    let mut csv = Csv::with(ORDER_179.export.iter().map(|column| column.title.as_str()));
    for target in &act.order.receipts {
        csv.row(ORDER_179.export.iter().map(|column| match column.what {
            What::Subjects => format!("{}, расписка {}", target.subject.0, target.receipt),
            What::Data => told(target),
            other => said(&act.order, other, &date),
        }));
    }
    Some(csv.0)
}

/// What was destroyed, row by row, for the operator's certified tool (152-ФЗ art. 19(2)3.1), as CSV.
pub(crate) fn objects(act: &Act) -> Option<String> {
    let done = act.done.first()?;
    let mut csv = Csv::with(["system", "file", "table", "row", "destroyed"].into_iter());
    let time = crate::clock::moment(done.time);
    let order = &act.order;
    for target in &order.receipts {
        let row = |name: &str| format!("{}/{}/{name}", order.site, target.index);
        let values = target.values.iter().map(|name| ("disclosure", row(name)));
        let key = if order.evidence {
            ("evidence", format!("{}/{}", order.site, target.receipt))
        } else {
            (
                "subject_key",
                format!("{}/{}", order.site, target.subject.0),
            )
        };
        for (table, row) in values.chain([key]) {
            let file = "store.sqlite".to_owned();
            csv.row(
                [
                    order.system.clone(),
                    file,
                    table.to_owned(),
                    row,
                    time.clone(),
                ]
                .into_iter(),
            );
        }
    }
    Some(csv.0)
}

/// What the act is called, with its number.
pub(super) fn title(order: &Order) -> String {
    let name = evidence::name(order).unwrap_or("Акт об уничтожении персональных данных");
    format!("{name} № {}", order.act)
}

/// The categories of data of one receipt, and what is left of them.
pub(super) fn told(target: &Target) -> String {
    let mut told = data(target).collect::<Vec<_>>().join("; ");
    if let Some(kept) = &target.kept {
        told.push_str("; ");
        told.push_str(&evidence::sealed(kept));
    }
    told
}

fn data(target: &Target) -> impl Iterator<Item = &str> {
    target.data.iter().map(String::as_str)
}

fn reason(order: &Order) -> String {
    format!("{} ({})", order.reason.text, order.reason.norm)
}

/// `31.12.2026`, where the operator is.
pub(super) fn written(millis: u64) -> String {
    let day = day(millis / 1000);
    let mut parts: Vec<&str> = day.split('-').collect();
    parts.reverse();
    parts.join(".")
}

/// RFC 4180, beginning with a byte order mark: office programs read Cyrillic by it.
struct Csv(String);

impl Csv {
    fn with<'a>(titles: impl Iterator<Item = &'a str>) -> Self {
        let mut csv = Self("\u{feff}".to_owned());
        csv.row(titles.map(str::to_owned));
        csv
    }

    fn row(&mut self, fields: impl Iterator<Item = String>) {
        let mut between = "";
        for field in fields {
            // Writing into a String does not fail.
            let _ = write!(self.0, "{between}\"{}\"", field.replace('"', "\"\""));
            between = ",";
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_goes_through_the_writer_as_it_is() {
        assert!(!STYLE.contains(['&', '<', '>', '"', '\'']));
    }

    #[test]
    fn a_field_of_csv_ends_where_it_ends() {
        let mut csv = Csv::with(["a", "b"].into_iter());
        csv.row(["x\"y".to_owned(), "1,2\n".to_owned()].into_iter());
        assert_eq!(csv.0, "\u{feff}\"a\",\"b\"\r\n\"x\"\"y\",\"1,2\n\"\r\n");
    }

    #[test]
    fn days_are_where_the_operator_is() {
        // 2026-12-31T21:30Z is the next year in Moscow.
        assert_eq!(written(1_798_752_600_000), "01.01.2027");
    }
}
