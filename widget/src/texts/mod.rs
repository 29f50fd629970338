//! Everything that the widget says, one table per language. What a site says is in its bundle.
//!
//! `#` stands for the value that a sentence is about.

mod en;
mod ru;

use raspiska_shared::{lang::Lang, receipt::State};

/// The words of one language.
pub(crate) struct Texts {
    // Everywhere.
    pub(crate) close: &'static str,
    pub(crate) views: &'static str,
    pub(crate) cookies: &'static str,
    pub(crate) consents: &'static str,
    pub(crate) policy: &'static str,
    pub(crate) loading: &'static str,
    pub(crate) not_loaded: &'static str,
    pub(crate) again: &'static str,
    pub(crate) notice: &'static str,
    // Preferences.
    pub(crate) preferences_title: &'static str,
    pub(crate) preferences_lead: &'static str,
    pub(crate) give_all: &'static str,
    pub(crate) refuse_all: &'static str,
    pub(crate) save: &'static str,
    pub(crate) always: &'static str,
    pub(crate) signal: &'static str,
    pub(crate) details: &'static str,
    pub(crate) provider: &'static str,
    pub(crate) cookie_name: &'static str,
    pub(crate) cookie_about: &'static str,
    pub(crate) cookie_term: &'static str,
    // Forms.
    pub(crate) optional: &'static str,
    pub(crate) choose: &'static str,
    pub(crate) optional_note: &'static str,
    pub(crate) read_notice: &'static str,
    pub(crate) policy_link: &'static str,
    pub(crate) fill: &'static str,
    pub(crate) bad_email: &'static str,
    pub(crate) bad_phone: &'static str,
    pub(crate) bad_url: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) no_consent: &'static str,
    pub(crate) check: [&'static str; 3],
    pub(crate) sending: &'static str,
    pub(crate) sent: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) waiting_note: &'static str,
    pub(crate) not_sent: &'static str,
    pub(crate) one_more: &'static str,
    // Receipts.
    pub(crate) receipt: &'static str,
    pub(crate) entry: &'static str,
    pub(crate) download: &'static str,
    pub(crate) code: &'static str,
    pub(crate) code_note: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) not_copied: &'static str,
    // My consents.
    pub(crate) consents_lead: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) empty_note: &'static str,
    pub(crate) given: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) withdrawn: &'static str,
    pub(crate) since: &'static str,
    pub(crate) pending: &'static str,
    pub(crate) disclosed: &'static str,
    pub(crate) receipts: [&'static str; 3],
    pub(crate) withdraw: &'static str,
    pub(crate) withdraw_title: &'static str,
    pub(crate) withdraw_stops: &'static str,
    pub(crate) withdraw_cookies: &'static str,
    pub(crate) withdraw_date: &'static str,
    pub(crate) withdraw_rest: &'static str,
    pub(crate) withdraw_yes: &'static str,
    pub(crate) withdraw_no: &'static str,
    pub(crate) was_withdrawn: &'static str,
    pub(crate) by_code: &'static str,
    pub(crate) by_code_note: &'static str,
    pub(crate) by_code_file: &'static str,
    pub(crate) by_code_hash: &'static str,
    pub(crate) by_code_done: &'static str,
    pub(crate) bad_file: &'static str,
    // Why something was refused.
    pub(crate) outdated: &'static str,
    pub(crate) clock: &'static str,
    pub(crate) nothing_given: &'static str,
    pub(crate) wrong_code: &'static str,
    pub(crate) unknown_receipt: &'static str,
    pub(crate) too_large: &'static str,
    pub(crate) no_network: &'static str,
    pub(crate) other: &'static str,
    // Policy.
    pub(crate) search: &'static str,
    pub(crate) found: [&'static str; 3],
    pub(crate) nothing_found: &'static str,
    pub(crate) contents: &'static str,
    pub(crate) effective: &'static str,
    pub(crate) page: &'static str,
    pub(crate) other_language: &'static str,
}

impl Texts {
    /// The words of `lang`.
    pub(crate) fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Ru => &ru::TEXTS,
            Lang::En => &en::TEXTS,
        }
    }

    /// What a state is called.
    pub(crate) fn state(&self, state: State) -> &'static str {
        match state {
            State::Given => self.given,
            State::Refused => self.refused,
            State::Withdrawn => self.withdrawn,
        }
    }

    /// Why the server refused, and what to do.
    pub(crate) fn reason(&self, kind: &str, email: &str) -> String {
        let sentence = match kind {
            "notice-not-current" | "notice-unknown" | "policy-not-current" | "policy-unknown" => {
                self.outdated
            }
            "clock" => self.clock,
            "withdrawal" => self.nothing_given,
            "code" => self.wrong_code,
            "not-found" => self.unknown_receipt,
            "file" => self.bad_file,
            "too-large" => self.too_large,
            "" => self.no_network,
            _ => self.other,
        };
        fill(sentence, email)
    }
}

/// The sentence about `value`.
pub(crate) fn fill(sentence: &str, value: &str) -> String {
    match sentence.split_once('#') {
        Some((before, after)) => [before, value, after].concat(),
        None => String::from(sentence),
    }
}

/// A number in digits. One way for all numbers: each type's own would come with its formatting.
pub(crate) fn digits(number: u64) -> String {
    number.to_string()
}

/// The sentence about `count` things: for one, for a few, for many. Russian needs three, English two of them.
pub(crate) fn count(forms: &[&'static str; 3], count: usize, lang: Lang) -> String {
    let form = match (lang, count % 10, count % 100) {
        (Lang::En, ..) => usize::from(count != 1) * 2,
        (Lang::Ru, _, 11..=14) => 2,
        (Lang::Ru, 1, _) => 0,
        (Lang::Ru, 2..=4, _) => 1,
        (Lang::Ru, ..) => 2,
    };
    fill(forms[form], &digits(count as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tables as they stand in the source: every string of them.
    fn strings(source: &str) -> Vec<&str> {
        source.split('"').skip(1).step_by(2).collect()
    }

    #[test]
    fn both_languages_say_everything_in_their_own_letters() {
        let (ru, en) = (
            strings(include_str!("ru.rs")),
            strings(include_str!("en.rs")),
        );
        assert_eq!(ru.len(), en.len());
        for (ru, en) in ru.into_iter().zip(en) {
            assert!(!ru.trim().is_empty() && !en.trim().is_empty());
            assert_eq!(
                ru.matches('#').count(),
                en.matches('#').count(),
                "{ru} / {en}"
            );
            let cyrillic = |c: char| ('А'..='я').contains(&c) || c == 'ё';
            assert!(
                ru.contains(cyrillic) || ["In English", "Cookie"].contains(&ru),
                "{ru}"
            );
            assert!(!en.contains(cyrillic) || en == "По-русски", "{en}");
        }
    }

    #[test]
    fn russian_counts_in_three_forms() {
        let forms = ["# пункт", "# пункта", "# пунктов"];
        for (number, expected) in [
            (0, "0 пунктов"),
            (1, "1 пункт"),
            (2, "2 пункта"),
            (5, "5 пунктов"),
            (11, "11 пунктов"),
            (14, "14 пунктов"),
            (21, "21 пункт"),
            (104, "104 пункта"),
            (111, "111 пунктов"),
        ] {
            assert_eq!(count(&forms, number, Lang::Ru), expected);
        }
        let forms = ["# clause", "", "# clauses"];
        assert_eq!(count(&forms, 1, Lang::En), "1 clause");
        assert_eq!(count(&forms, 2, Lang::En), "2 clauses");
    }

    #[test]
    fn a_reason_names_whom_to_write_to() {
        let texts = Texts::of(Lang::En);
        assert!(
            texts
                .reason("purpose", "info@example.com")
                .contains("info@example.com")
        );
        assert_eq!(texts.reason("clock", "x"), texts.clock);
    }
}
