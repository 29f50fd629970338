//! Which words of a text changed. Clauses are compared by their words, not by their numbers: a clause that only moved down
//! because another one was put before it has not changed.

use raspiska_shared::policy::document::Document;
use serde::Serialize;
use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices};

/// A paragraph that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Passage {
    /// The clause, `5.10`, or the section, `5`; of the newer edition, unless it is gone. None: outside the sections.
    pub(crate) at: Option<String>,
    /// Its words in the order of reading.
    pub(crate) parts: Vec<(Mark, String)>,
}

/// What became of some words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mark {
    /// They are in both editions.
    Kept,
    /// Only the older edition has them.
    Gone,
    /// Only the newer edition has them.
    Come,
}

/// Every paragraph that is not as it was, in the order of reading.
pub(crate) fn passages(old: &Document, new: &Document) -> Vec<Passage> {
    let (old, new) = (paragraphs(old), paragraphs(new));
    let texts = |all: &[(Option<String>, String)]| -> Vec<String> {
        all.iter().map(|(_, text)| text.clone()).collect()
    };
    let operations = capture_diff_slices(Algorithm::Patience, &texts(&old), &texts(&new));
    let whole = |mark, all: &[(Option<String>, String)]| -> Vec<Passage> {
        let passage = |(at, text): &(Option<String>, String)| Passage {
            at: at.clone(),
            parts: vec![(mark, text.clone())],
        };
        all.iter().map(passage).collect()
    };
    let mut passages = Vec::new();
    for operation in operations {
        match operation {
            DiffOp::Equal { .. } => {}
            DiffOp::Delete {
                old_index, old_len, ..
            } => {
                passages.extend(whole(Mark::Gone, &old[old_index..old_index + old_len]));
            }
            DiffOp::Insert {
                new_index, new_len, ..
            } => {
                passages.extend(whole(Mark::Come, &new[new_index..new_index + new_len]));
            }
            DiffOp::Replace {
                old_index,
                old_len,
                new_index,
                new_len,
            } => {
                let (gone, come) = (
                    &old[old_index..old_index + old_len],
                    &new[new_index..new_index + new_len],
                );
                let pairs = gone.iter().zip(come);
                passages.extend(pairs.map(|((_, before), (at, after))| Passage {
                    at: at.clone(),
                    parts: words(before, after),
                }));
                passages.extend(whole(Mark::Gone, gone.get(new_len..).unwrap_or_default()));
                passages.extend(whole(Mark::Come, come.get(old_len..).unwrap_or_default()));
            }
        }
    }
    passages
}

/// Every paragraph with the address of its clause.
fn paragraphs(document: &Document) -> Vec<(Option<String>, String)> {
    let outside = |text: &String| (None, text.clone());
    let mut all = vec![outside(&document.title)];
    all.extend(document.preamble.iter().map(outside));
    for section in &document.sections {
        all.push((Some(section.number.to_string()), section.title.clone()));
        for clause in &section.clauses {
            let at = format!("{}.{}", section.number, clause.number);
            let items = clause.items.iter().map(|item| &item.text);
            let texts = std::iter::once(&clause.text).chain(items);
            all.extend(texts.map(|text| (Some(at.clone()), text.clone())));
        }
    }
    all.extend(document.closing.iter().map(outside));
    all
}

fn words(before: &str, after: &str) -> Vec<(Mark, String)> {
    let mut parts: Vec<(Mark, String)> = Vec::new();
    for change in TextDiff::from_words(before, after).iter_all_changes() {
        let mark = match change.tag() {
            ChangeTag::Delete => Mark::Gone,
            ChangeTag::Equal => Mark::Kept,
            ChangeTag::Insert => Mark::Come,
        };
        match parts.last_mut() {
            Some((last, text)) if *last == mark => text.push_str(change.value()),
            _ => parts.push((mark, change.value().to_owned())),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "# П\n\nДействует с мая.\n\n## 1. Общее\n\n1. Срок — год.\n2. Данные: имя\n   - и адрес\n3. Конец\n";

    type Told = (Option<String>, Vec<(Mark, String)>);

    fn between(new: &str) -> Vec<Told> {
        let passages = passages(
            &Document::parse(OLD).unwrap(),
            &Document::parse(new).unwrap(),
        );
        passages
            .into_iter()
            .map(|own| (own.at, own.parts))
            .collect()
    }

    #[test]
    fn only_words_that_changed_are_marked() {
        assert!(between(OLD).is_empty());
        let part = |mark, text: &str| (mark, text.to_owned());
        assert_eq!(
            between(&OLD.replace("— год", "— два года")),
            [(
                Some("1.1".to_owned()),
                vec![
                    part(Mark::Kept, "Срок — "),
                    part(Mark::Gone, "год."),
                    part(Mark::Come, "два года.")
                ]
            )]
        );
        assert_eq!(
            between(&OLD.replace("   - и адрес\n", "")),
            [(Some("1.2".to_owned()), vec![part(Mark::Gone, "и адрес")])]
        );
        assert_eq!(between(&OLD.replace("с мая", "с июня"))[0].0, None);
    }

    #[test]
    fn a_clause_that_only_moved_has_not_changed() {
        let new = OLD
            .replace(
                "1. Срок — год.\n2. Данные",
                "1. Новое\n2. Срок — год.\n3. Данные",
            )
            .replace("3. Конец", "4. Конец");
        assert_eq!(
            between(&new),
            [(
                Some("1.1".to_owned()),
                vec![(Mark::Come, "Новое".to_owned())]
            )]
        );
    }

    #[test]
    fn nothing_of_either_text_is_lost() {
        let new = "# П\n\n## 1. Иное\n\n1. Срок — месяц.\n\n---\n\nПока\n";
        let (old, new) = (Document::parse(OLD).unwrap(), Document::parse(new).unwrap());
        let all = passages(&old, &new);
        let told = |without: Mark| {
            let parts = all.iter().flat_map(|own| &own.parts);
            let kept = parts.filter(|(mark, _)| *mark != without);
            kept.map(|(_, text)| text.as_str()).collect::<String>()
        };
        // The title is the same in both; everything else is not.
        for (document, without) in [(&old, Mark::Come), (&new, Mark::Gone)] {
            let texts: String = paragraphs(document)
                .into_iter()
                .skip(1)
                .map(|(_, text)| text)
                .collect();
            assert_eq!(told(without), texts);
        }
    }
}
