//! Counts of what visitors answer: what a page may tell, and how it gets into the store.
//!
//! A page says what happened, never to whom: no cookie, no address, no id is kept with it. Anybody can send such lines, so
//! they are statistics, not evidence; evidence is in the receipts.

mod counter;

pub(crate) use counter::Counter;

use raspiska_shared::{problem::Kind, site::Site};

use crate::store::CountEvent;

/// Longest body in bytes: two lines about each of five categories with long names, and the others.
pub(crate) const MAX_BODY: usize = 512;

/// Why a body is not counted. The numbers are of lines, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CountsError {
    /// A category that nobody is asked about.
    #[error(
        "line {0} names a category that this site does not ask about; see `cookies` in the site bundle"
    )]
    Category(usize),
    /// The last line has no end.
    #[error("the body is not lines, each ended by LF; send at least one")]
    Ends,
    /// Not a line of counts.
    #[error("line {0} is not `shown`, `chosen`, `given <category>` or `refused <category>`")]
    Line(usize),
    /// Not text.
    #[error("the body is not UTF-8; send words of the site")]
    Text,
    /// The same line twice.
    #[error("line {0} stands there before; a page tells of each event once")]
    Twice(usize),
}

impl CountsError {
    /// What is answered.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Category(_) => Kind::Purpose,
            Self::Ends | Self::Line(_) | Self::Text | Self::Twice(_) => Kind::BadRequest,
        }
    }
}

/// Reads a body: events, each with its category or none.
pub(crate) fn read<'a>(
    body: &'a [u8],
    site: &Site,
) -> Result<Vec<(CountEvent, &'a str)>, CountsError> {
    let text = std::str::from_utf8(body).map_err(|_| CountsError::Text)?;
    let lines = text.strip_suffix('\n').ok_or(CountsError::Ends)?;
    let mut told = Vec::new();
    for (number, line) in (1..).zip(lines.split('\n')) {
        let (word, category) = line.split_once(' ').unwrap_or((line, ""));
        let event = CountEvent::from_word(word)
            .filter(|event| event.has_category() == line.contains(' '))
            .ok_or(CountsError::Line(number))?;
        if event.has_category() && !asks_about(site, category) {
            return Err(CountsError::Category(number));
        }
        if told.contains(&(event, category)) {
            return Err(CountsError::Twice(number));
        }
        told.push((event, category));
    }
    Ok(told)
}

fn asks_about(site: &Site, category: &str) -> bool {
    site.cookies
        .iter()
        .any(|own| own.id == category && own.notice.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::sample::jetcrm;

    fn told(body: &str) -> Result<Vec<(CountEvent, &str)>, CountsError> {
        read(body.as_bytes(), &jetcrm().site)
    }

    #[test]
    fn a_page_tells_of_each_event_once() {
        assert_eq!(
            told("shown\nchosen\ngiven media\nrefused analytics\n"),
            Ok(vec![
                (CountEvent::Shown, ""),
                (CountEvent::Chosen, ""),
                (CountEvent::Given, "media"),
                (CountEvent::Refused, "analytics"),
            ])
        );
    }

    #[test]
    fn anything_else_is_refused_by_its_line() {
        use CountsError as Wrong;
        for (body, wrong) in [
            ("", Wrong::Ends),
            ("shown", Wrong::Ends),
            ("\n", Wrong::Line(1)),
            ("shown\n\n", Wrong::Line(2)),
            ("shown\r\n", Wrong::Line(1)),
            ("shown \n", Wrong::Line(1)),
            ("shown media\n", Wrong::Line(1)),
            ("Shown\n", Wrong::Line(1)),
            ("given\n", Wrong::Line(1)),
            ("shown\nvisited media\n", Wrong::Line(2)),
            ("given \n", Wrong::Category(1)),
            ("given  media\n", Wrong::Category(1)),
            ("given media x\n", Wrong::Category(1)),
            ("given weather\n", Wrong::Category(1)),
            ("given media/video\n", Wrong::Category(1)),
            // Always on, so nobody is asked.
            ("given necessary\n", Wrong::Category(1)),
            ("shown\nshown\n", Wrong::Twice(2)),
            ("given media\nshown\ngiven media\n", Wrong::Twice(3)),
        ] {
            assert_eq!(told(body), Err(wrong), "{body:?}");
        }
        assert_eq!(read(b"\xff\n", &jetcrm().site), Err(Wrong::Text));
    }

    #[test]
    fn each_refusal_says_what_to_do_and_repeats_nothing() {
        for wrong in [
            CountsError::Category(1),
            CountsError::Ends,
            CountsError::Line(1),
            CountsError::Text,
            CountsError::Twice(1),
        ] {
            assert!(matches!(wrong.kind().status(), 400 | 422), "{wrong}");
        }
    }
}
