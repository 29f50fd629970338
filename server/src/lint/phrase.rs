//! Phrases: what a word list of `www/lint` is made of, and how one is found in a line.
//!
//! | in a phrase | means |
//! |---|---|
//! | `согласие` | this word, in any case, with е for ё |
//! | `согласи*` | a word that begins so |
//! | `~` | up to eight words |
//! | `^` | first of all: the line begins here |
//! | `a & b` | both, anywhere in the line |

use std::ops::Range;

use serde::{Deserialize, Deserializer, de::Error as _};

/// Words that `~` stands for at most: about as many as a Russian clause puts between a noun and its verb.
const GAP: usize = 8;

/// What is looked for in a line.
#[derive(Clone, Debug)]
pub(super) struct Phrase(Vec<Part>);

/// One of the parts between `&`.
#[derive(Clone, Debug)]
struct Part {
    first: bool,
    items: Vec<Item>,
}

#[derive(Clone, Debug)]
enum Item {
    /// These letters, and nothing after them.
    Word(String),
    /// A word that begins with these letters.
    Stem(String),
    /// Up to [`GAP`] words.
    Gap,
}

/// A text cut into words, which keep their places.
#[derive(Clone, Debug)]
pub(super) struct Words {
    text: String,
    words: Vec<(String, Range<usize>)>,
}

impl Words {
    /// Cuts a text: words are runs of letters and digits.
    pub(super) fn of(text: &str) -> Self {
        let mut words = Vec::new();
        let mut start = None;
        for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
            match (letter.is_alphanumeric(), start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    words.push((fold(&text[from..at]), from..at));
                    start = None;
                }
                _ => {}
            }
        }
        let text = text.to_owned();
        Self { text, words }
    }

    /// The text itself.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The word at this place, folded.
    pub(super) fn get(&self, at: usize) -> Option<&str> {
        self.words.get(at).map(|(word, _)| word.as_str())
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The text between these words, as it was written.
    pub(super) fn quote(&self, words: &Range<usize>) -> &str {
        let inside = self.words.get(words.clone()).unwrap_or_default();
        match (inside.first(), inside.last()) {
            (Some((_, from)), Some((_, to))) => &self.text[from.start..to.end],
            _ => "",
        }
    }
}

impl Phrase {
    /// Where the phrase is first found: the words of its first part. None, unless all its parts are there.
    pub(super) fn find(&self, line: &Words) -> Option<Range<usize>> {
        let mut found = self.0.iter().map(|part| part.find(line, 0));
        let first = found.next()??;
        found.all(|other| other.is_some()).then_some(first)
    }

    /// Every place of a phrase of one part, in order, without overlap.
    pub(super) fn find_all(&self, line: &Words) -> Vec<Range<usize>> {
        let mut all = Vec::new();
        let mut from = 0;
        while let Some(found) = self.0.first().and_then(|part| part.find(line, from)) {
            from = found.end;
            all.push(found);
        }
        all
    }
}

impl Part {
    fn find(&self, line: &Words, from: usize) -> Option<Range<usize>> {
        let starts = if self.first { 0..1 } else { from..line.len() };
        starts
            .into_iter()
            .find_map(|at| Some(at..end(&self.items, line, at)?))
    }
}

/// Where the items end that begin at this word.
fn end(items: &[Item], line: &Words, at: usize) -> Option<usize> {
    let Some((item, rest)) = items.split_first() else {
        return Some(at);
    };
    match item {
        Item::Gap => (at..=at + GAP).find_map(|at| end(rest, line, at)),
        Item::Word(own) => (line.get(at)? == own).then(|| end(rest, line, at + 1))?,
        Item::Stem(own) => line
            .get(at)?
            .starts_with(own.as_str())
            .then(|| end(rest, line, at + 1))?,
    }
}

fn fold(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}

/// A phrase with an open end, or without words, which would be found everywhere.
#[derive(Debug, thiserror::Error)]
#[error("each part of a phrase has to begin and to end with a word")]
pub(super) struct Open;

impl TryFrom<&str> for Phrase {
    type Error = Open;

    fn try_from(text: &str) -> Result<Self, Open> {
        let part = |text: &str| {
            let text = text.trim();
            let (first, text) = match text.strip_prefix('^') {
                Some(rest) => (true, rest),
                None => (false, text),
            };
            let items: Vec<Item> = text.split_whitespace().map(Item::of).collect();
            let word = |item: Option<&Item>| item.is_some_and(|item| !matches!(item, Item::Gap));
            if word(items.first()) && word(items.last()) {
                Ok(Part { first, items })
            } else {
                Err(Open)
            }
        };
        text.split('&')
            .map(part)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl Item {
    fn of(text: &str) -> Self {
        match (text, text.strip_suffix('*')) {
            ("~", _) => Self::Gap,
            (_, Some(stem)) => Self::Stem(fold(stem)),
            _ => Self::Word(fold(text)),
        }
    }
}

impl<'de> Deserialize<'de> for Phrase {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::try_from(text.as_str())
            .map_err(|fault| D::Error::custom(format!("{text:?}: {fault}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrase: &str, line: &str) -> Option<String> {
        let line = Words::of(line);
        let phrase = Phrase::try_from(phrase).unwrap();
        phrase.find(&line).map(|at| line.quote(&at).to_owned())
    }

    #[test]
    fn a_phrase_is_found_as_it_was_written() {
        let line = "Хранится бессрочно, до отзыва ПДн; учёт (и т. д.) — IP-адрес.";
        for (phrase, quote) in [
            ("бессрочно", "бессрочно"),
            ("отзыв* пдн", "отзыва ПДн"),
            ("учет", "учёт"),
            ("и т д", "и т. д"),
            ("ip адрес*", "IP-адрес"),
            ("^хранится ~ пдн", "Хранится бессрочно, до отзыва ПДн"),
            ("учет & хранится", "учёт"),
        ] {
            assert_eq!(found(phrase, line).as_deref(), Some(quote), "{phrase}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let line = "один два три четыре пять шесть семь восемь девять десять";
        assert!(found("один ~ десять", line).is_some());
        for phrase in [
            "дв",
            "^два",
            "один ~ одиннадцать",
            "один & ноль",
            "два один",
        ] {
            assert_eq!(found(phrase, line), None, "{phrase}");
        }
        assert_eq!(
            found("один ~ десять", &line.replace("два", "два два")),
            None
        );
    }

    #[test]
    fn a_phrase_that_would_be_found_everywhere_is_refused() {
        for text in ["", "~", "a &", "~ a", "a ~", "^"] {
            assert!(Phrase::try_from(text).is_err(), "{text:?}");
        }
    }
}
