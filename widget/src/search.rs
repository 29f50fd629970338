//! Search in the policy: without regard to case, and ё is е, because people type it so.

/// A query, folded and cut into words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<String>);

impl Query {
    /// The words of what was typed.
    pub(crate) fn new(typed: &str) -> Self {
        let mut words = Vec::new();
        for word in fold(typed).split(' ') {
            if !word.is_empty() {
                words.push(String::from(word));
            }
        }
        Self(words)
    }

    /// Was anything typed?
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Is every word somewhere in these texts?
    pub(crate) fn matches(&self, texts: &[&str]) -> bool {
        self.0.iter().all(|word| {
            texts
                .iter()
                .any(|text| !places(&fold(text), word).is_empty())
        })
    }

    /// The text cut where words begin and end, and for each piece whether it was searched for.
    pub(crate) fn runs<'a>(&self, text: &'a str) -> Vec<(&'a str, bool)> {
        let folded = fold(text);
        let mut found = vec![false; folded.len()];
        for word in &self.0 {
            for at in places(&folded, word) {
                found[at..at + word.len()].fill(true);
            }
        }
        let mut runs = Vec::new();
        let mut from = 0;
        for to in 1..=found.len() {
            if to == found.len() || found[to] != found[from] {
                runs.push((text.get(from..to).unwrap_or_default(), found[from]));
                from = to;
            }
        }
        runs
    }
}

/// Where `word` begins in `text`, in bytes.
fn places(text: &str, word: &str) -> Vec<usize> {
    let mut places = Vec::new();
    for (at, part) in text.as_bytes().windows(word.len()).enumerate() {
        if part == word.as_bytes() {
            places.push(at);
        }
    }
    places
}

/// Letters become letters of as many bytes, so that places in the folded text are places in the text.
fn fold(text: &str) -> String {
    let letter = |c: char| match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        'Ё' | 'ё' => 'е',
        'А'..='Я' => char::from_u32(c as u32 + 32).unwrap_or(c),
        _ => c,
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_yo_do_not_matter() {
        let query = Query::new(" ПАРТНЕР  cookie ");
        assert!(query.matches(&["Данные представителей Партнёров", "Файлы Cookie"]));
        assert!(!query.matches(&["Данные представителей Партнёров"]));
        assert!(Query::new("ещё").matches(&["еще"]));
    }

    #[test]
    fn an_empty_query_matches_everything_and_marks_nothing() {
        let query = Query::new("  ");
        assert!(query.is_empty() && query.matches(&["x"]));
        assert_eq!(query.runs("ёж"), [("ёж", false)]);
        assert_eq!(query.runs(""), []);
    }

    #[test]
    fn every_occurrence_is_marked_and_no_character_is_lost() {
        let text = "Сбор — сбор: собранное 😀.";
        let runs = Query::new("сбор обр").runs(text);
        assert_eq!(runs.iter().map(|(text, _)| *text).collect::<String>(), text);
        let found: Vec<_> = runs
            .iter()
            .filter(|(_, found)| *found)
            .map(|(text, _)| *text)
            .collect();
        assert_eq!(found, ["Сбор", "сбор", "обр"]);
    }

    #[test]
    fn folding_keeps_every_place() {
        for c in ('\u{1}'..='\u{fff}').chain(['№', '—', '😀']) {
            assert_eq!(fold(&String::from(c)).len(), c.len_utf8(), "{c:?}");
        }
    }
}
