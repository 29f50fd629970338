//! The policy's text as it is read on the screen, from the answer of `GET /policy/{site}/{edition}`.

use crate::{json::Json, search::Query, texts};

/// An edition of the policy in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Document(Json);

impl Document {
    /// Reads the answer; nothing if it is no document.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let document = Self(Json::parse(text)?);
        (!document.sections().is_empty()).then_some(document)
    }

    /// First day in force, `YYYY-MM-DD`.
    pub(crate) fn effective(&self) -> &str {
        self.0.get("effective").text()
    }

    /// What it calls itself.
    pub(crate) fn title(&self) -> &str {
        self.0.get("document").get("title").text()
    }

    /// Paragraphs before or after the sections: `preamble` or `closing`.
    pub(crate) fn paragraphs(&self, part: &str) -> &[Json] {
        self.0.get("document").get(part).list()
    }

    /// The sections: number, title, clauses.
    pub(crate) fn sections(&self) -> &[Json] {
        self.0.get("document").get("sections").list()
    }

    /// How many clauses match.
    pub(crate) fn count(&self, query: &Query) -> usize {
        let mut count = 0;
        for section in self.sections() {
            count += clauses(section)
                .iter()
                .filter(|clause| matches(section, clause, query))
                .count();
        }
        count
    }
}

/// The clauses of a section: number, text, items.
pub(crate) fn clauses(section: &Json) -> &[Json] {
    section.get("clauses").list()
}

/// The bullets of a clause: text.
pub(crate) fn items(clause: &Json) -> &[Json] {
    clause.get("items").list()
}

/// A clause's number with its section's: `2.6`.
pub(crate) fn number(section: &Json, clause: &Json) -> String {
    let digits = |part: &Json| texts::digits(part.get("number").number());
    [&digits(section), ".", &digits(clause)].concat()
}

/// Does a clause, by its number or by its words, match?
pub(crate) fn matches(section: &Json, clause: &Json, query: &Query) -> bool {
    let number = number(section, clause);
    let mut texts = vec![number.as_str(), clause.get("text").text()];
    texts.extend(items(clause).iter().map(|item| item.get("text").text()));
    query.matches(&texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_and_searched() {
        let document = Document::read(
            r#"{"edition":"2025-01-01","effective":"2025-01-01","lang":"ru","sha256":"x","document":{"title":"Политика",
            "preamble":["Начало."],"sections":[{"number":1,"title":"Общее","clauses":[
            {"number":1,"text":"Люди:","items":[{"text":"партнёры"}]},{"number":2,"text":"Прочее.","items":[]}]}],
            "closing":["Конец."]}}"#,
        )
        .unwrap();
        let section = &document.sections()[0];
        assert_eq!(number(section, &clauses(section)[1]), "1.2");
        assert_eq!(document.count(&Query::new("партнеры люди")), 1);
        assert_eq!(document.count(&Query::new("1.2")), 1);
        assert_eq!(document.count(&Query::new("")), 2);
        assert_eq!(Document::read("{}"), None);
    }
}
