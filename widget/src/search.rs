//! Search in the policy: without regard to case, and ё is е, because people type it so.

/// A query, folded and cut into words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<Vec<char>>);

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Its characters.
    pub(crate) text: String,
    /// Was it searched for?
    pub(crate) found: bool,
}

impl Query {
    /// The words of what was typed.
    pub(crate) fn new(typed: &str) -> Self {
        Self(
            typed
                .split_whitespace()
                .map(|word| word.chars().map(fold).collect())
                .collect(),
        )
    }

    /// Was anything typed?
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Is every word somewhere in these texts?
    pub(crate) fn matches(&self, texts: &[&str]) -> bool {
        let folded: Vec<Vec<char>> = texts
            .iter()
            .map(|text| text.chars().map(fold).collect())
            .collect();
        self.0.iter().all(|word| {
            folded
                .iter()
                .any(|text| text.windows(word.len()).any(|part| part == word.as_slice()))
        })
    }

    /// The text cut where a word begins and ends.
    pub(crate) fn runs(&self, text: &str) -> Vec<Run> {
        let characters: Vec<char> = text.chars().collect();
        let folded: Vec<char> = characters.iter().copied().map(fold).collect();
        let mut marked = vec![false; folded.len()];
        for word in &self.0 {
            for at in 0..folded.len() {
                if folded[at..].starts_with(word) {
                    marked[at..at + word.len()].fill(true);
                }
            }
        }
        let mut runs: Vec<Run> = Vec::new();
        for (&c, &found) in characters.iter().zip(&marked) {
            match runs.last_mut() {
                Some(run) if run.found == found => run.text.push(c),
                _ => runs.push(Run {
                    text: String::from(c),
                    found,
                }),
            }
        }
        runs
    }
}

/// One character for one, so that places in the folded text are places in the text.
fn fold(c: char) -> char {
    match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        'Ё' | 'ё' => 'е',
        'А'..='Я' => char::from_u32(c as u32 + 32).unwrap_or(c),
        _ => c,
    }
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
        assert_eq!(
            query.runs("ёж"),
            [Run {
                text: "ёж".into(),
                found: false
            }]
        );
    }

    #[test]
    fn every_occurrence_is_marked_and_no_character_is_lost() {
        let text = "Сбор — сбор: собранное.";
        let runs = Query::new("сбор обр").runs(text);
        assert_eq!(
            runs.iter().map(|run| run.text.as_str()).collect::<String>(),
            text
        );
        let found: Vec<_> = runs
            .iter()
            .filter(|run| run.found)
            .map(|run| run.text.as_str())
            .collect();
        assert_eq!(found, ["Сбор", "сбор", "обр"]);
    }
}
