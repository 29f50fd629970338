//! A ledger over a store: what it sees must not depend on when it looked before.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jiff::civil::date;

use super::*;
use crate::{
    site::sample::Scratch,
    store::{Batch, Erased, Facts as _, Head, Identity, Row, Sealed, Sqlite, Store as _},
};

/// A store with whatever rows a test likes; nobody here checks signatures or proofs.
struct Shelf {
    store: Sqlite,
    size: u64,
    _folder: Scratch,
}

impl Shelf {
    fn new() -> Self {
        let scratch = Scratch::new("duties");
        let store = Sqlite::open(&scratch.path().join("store.sqlite")).unwrap();
        let identity = Identity {
            vkey: "v".to_owned(),
            operator: subject(0),
        };
        let head = Head {
            size: 0,
            root: [0; 32],
            checkpoint: String::new(),
        };
        store
            .establish(
                1,
                &Digest::of(b"vault"),
                &[(SITE.to_owned(), identity, head)],
            )
            .unwrap();
        Self {
            store,
            size: 0,
            _folder: scratch,
        }
    }

    fn add(&mut self, person: u8, logged: &Logged) {
        self.add_all(&[(person, logged)]);
    }

    fn add_all(&mut self, all: &[(u8, &Logged)]) {
        let (mut rows, mut sealed) = (Vec::new(), Vec::new());
        for (index, (person, logged)) in (self.size..).zip(all) {
            let json = serde_json::to_vec(&logged.payload).unwrap();
            rows.push(Row {
                index,
                receipt: Digest::of(format!("{person} {index}").as_bytes()),
                time: logged.time,
                subject: subject(*person),
                token: format!("h.{}.s", Base64UrlUnpadded::encode_string(&json)),
            });
            if logged.kept {
                let (name, blob) = ("email".to_owned(), vec![1]);
                sealed.push(Sealed { index, name, blob });
            }
        }
        let head = Head {
            size: self.size + rows.len() as u64,
            root: [0; 32],
            checkpoint: String::new(),
        };
        let batch = Batch {
            from: (self.size, [0; 32]),
            head: &head,
            rows: &rows,
            tiles: &[],
            keys: &[],
            sealed: &sealed,
            erased: &[],
        };
        self.store.append(SITE, &batch).unwrap();
        self.size = head.size;
    }

    /// Destroys what a duty is about.
    fn erase(&self, duty: &Duty) {
        let row = self.store.row(SITE, &duty.receipt.unwrap()).unwrap();
        let (index, subject) = (row.unwrap().index, duty.subject.unwrap());
        let head = Head {
            size: self.size,
            root: [0; 32],
            checkpoint: String::new(),
        };
        let batch = Batch {
            from: (self.size, [0; 32]),
            head: &head,
            rows: &[],
            tiles: &[],
            keys: &[],
            sealed: &[],
            erased: &[Erased { index, subject }],
        };
        self.store.append(SITE, &batch).unwrap();
    }
}

#[test]
fn nobody_is_lost_among_many_and_a_fact_alone_is_seen() {
    let desk = Desk::new();
    let mut shelf = Shelf::new();
    let cookies = logged(
        1,
        "2026-02-01T10:00",
        Method::Choices,
        &[("analytics", Decided::Given)],
    );
    let form = logged(
        2,
        "2026-02-01T10:00",
        Method::Form,
        &[("contact", Decided::Given)],
    );
    let mut all = vec![(9, &cookies); 700];
    // Within the first page, on its edge, in the last one.
    for (person, place) in [(1, 3), (2, 256), (3, 699)] {
        all[place] = (person, &form);
    }
    shelf.add_all(&all);
    let mut ledger = Ledger::default();
    let mut look = |store: &Sqlite, now: &str| {
        let open = ledger.open(store, &desk.book(), &[], at(now)).unwrap();
        let whose = open.duties.into_iter().map(|duty| duty.subject.unwrap());
        whose.collect::<BTreeSet<_>>()
    };
    assert_eq!(look(&shelf.store, "2026-02-02T10:00"), BTreeSet::new());
    for person in [1, 2, 3] {
        let reached = Fact {
            subject: Some(subject(person)),
            ..fact(
                person,
                "2026-02-03T10:00",
                FactKind::Event(Anchor::PurposeReached),
            )
        };
        shelf.store.add_fact(SITE, &reached).unwrap();
    }
    let three = BTreeSet::from([1, 2, 3].map(subject));
    assert_eq!(look(&shelf.store, "2026-02-04T10:00"), three);
    let withdrawn = [("contact", Decided::Withdrawn)];
    shelf.add(
        1,
        &logged(3, "2026-02-05T10:00", Method::Withdraw, &withdrawn),
    );
    assert_eq!(look(&shelf.store, "2026-02-06T10:00"), three);
}

/// Whoever looks every day, once at the end, or with a clock that was set a year forth and back, sees the same.
#[test]
fn sleep_and_wrong_clocks_change_nothing() {
    let desk = Desk::new();
    let mut shelf = Shelf::new();
    let mut awake = Ledger::default();
    let days: Vec<jiff::civil::Date> = date(2025, 3, 1)
        .series(jiff::Span::new().days(1))
        .take(420)
        .collect();
    let look = |ledger: &mut Ledger, store: &Sqlite, day: jiff::civil::Date| {
        let now = moment_of(day.at(12, 0, 0, 0));
        ledger.open(store, &desk.book(), &[], now).unwrap()
    };
    for (number, day) in (0u8..).zip(days.iter().step_by(7)) {
        let when = day.at(9, 30, 0, 0).to_string();
        let (person, method, state) = match number % 4 {
            0 | 1 => (number, Method::Form, Decided::Given),
            // Somebody who gave it two weeks before.
            2 => (number - 2, Method::Withdraw, Decided::Withdrawn),
            _ => (100, Method::Choices, Decided::Given),
        };
        let purpose = if person == 100 {
            "analytics"
        } else {
            "contact"
        };
        shelf.add(person, &logged(number, &when, method, &[(purpose, state)]));
        if number % 8 == 1 {
            let id = Uuid::v7(1, [number; 10]);
            let reached = Fact {
                id,
                subject: Some(subject(person)),
                ..fact(number, &when, FactKind::Event(Anchor::PurposeReached))
            };
            shelf.store.add_fact(SITE, &reached).unwrap();
        }
        if number % 9 == 3 {
            let wrong = day.saturating_add(jiff::Span::new().years(1));
            look(&mut awake, &shelf.store, wrong);
        }
        let open = look(&mut awake, &shelf.store, *day);
        let slept = look(&mut Ledger::default(), &shelf.store, *day);
        assert_eq!(open.duties, slept.duties, "{day}");
        assert_eq!(open.expired, slept.expired, "{day}");
    }
    let last = *days.last().unwrap();
    let slept = look(&mut Ledger::default(), &shelf.store, last);
    assert_eq!(slept.duties, look(&mut awake, &shelf.store, last).duties);
    assert!(slept.duties.len() > 20, "{}", slept.duties.len());
    assert!(!slept.expired.is_empty());
    // Cookies have nothing to destroy, and nobody is told that a year is over.
    assert!(
        slept
            .duties
            .iter()
            .all(|duty| duty.subject != Some(subject(100)))
    );
    // What was destroyed is no duty any more, without anybody saying so.
    for duty in &slept.duties {
        shelf.erase(duty);
    }
    let left = look(&mut awake, &shelf.store, last).duties;
    assert_eq!(left, []);
    assert_eq!(look(&mut Ledger::default(), &shelf.store, last).duties, []);
}
