//! What an act has to say, and in which words: data of `www/acts/order-179.toml`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

const TEXT: &str = include_str!("../../../www/acts/order-179.toml");

/// The order on acts, as it was built in; a test reads it.
pub(crate) static ORDER_179: LazyLock<Norms> =
    LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

/// What is asked of an act and of the export, with the reasons that there are.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Norms {
    pub(crate) order: String,
    /// How long both are kept, ISO 8601.
    pub(crate) keep: String,
    pub(crate) keep_source: String,
    pub(crate) system: String,
    pub(crate) way: String,
    pub(crate) act: Vec<Item>,
    pub(crate) export: Vec<Item>,
    pub(crate) reasons: Vec<Reason>,
}

/// Something that has to be said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    /// Its letter in the act; a column of the export has none.
    #[serde(default)]
    pub(crate) item: String,
    pub(crate) what: What,
    pub(crate) title: String,
    /// Where it is asked for, with the mark of the source.
    pub(crate) source: String,
}

/// A fact that the record has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum What {
    Data,
    Date,
    Operator,
    Persons,
    Processor,
    Reason,
    Subjects,
    System,
    Way,
}

/// Why data are destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Its id in requests.
    pub id: String,
    /// In words.
    pub text: String,
    /// By which norm, with the mark of its source.
    pub norm: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_read_and_asks_for_every_item() {
        let norms: Norms = toml::from_str(TEXT).unwrap();
        let letters: Vec<_> = norms.act.iter().map(|item| item.item.as_str()).collect();
        assert_eq!(letters, ["а", "б", "в", "г", "д", "ж", "з", "и", "к"]);
        let mut facts: Vec<_> = norms.act.iter().map(|item| item.what).collect();
        facts.sort_unstable();
        facts.dedup();
        assert_eq!(facts.len(), norms.act.len(), "no fact stands in two items");
        // п. 6: what the export has not has to be in the act.
        assert!(
            norms
                .export
                .iter()
                .all(|column| facts.contains(&column.what))
        );
        assert!(norms.act.iter().all(|item| item.source.contains('[')));
        assert!(norms.reasons.iter().all(|reason| reason.norm.contains('[')));
        assert!(norms.keep.parse::<jiff::Span>().unwrap().is_positive());
        assert!(norms.keep_source.contains('['));
    }
}
