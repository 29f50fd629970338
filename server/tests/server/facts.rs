//! Facts: what the office states is kept, once, in its order, and a remark goes with the person's data.

use raspiska_server::store::{Fact, FactKind, Facts as _, Sqlite};
use raspiska_shared::{digest::Digest, party::SubjectId, receipt::Uuid, term::Anchor};

use crate::{
    faulty::{Call, Fault},
    house::{House, SITE},
};

fn fact(number: u8, subject: Option<SubjectId>) -> Fact {
    Fact {
        id: Uuid::v7(u64::from(number), [number; 10]),
        time: 1_700_000_000_000 + u64::from(number),
        kind: FactKind::Event(Anchor::PurposeReached),
        subject,
        receipt: Some(Digest::of(b"receipt")),
        purpose: Some("contact".parse().unwrap()),
        duty: Some(Digest::of(b"duty")),
        notice: None,
        by: "officer".to_owned(),
    }
}

#[tokio::test]
async fn facts_are_kept_once_and_in_their_order() {
    let house = House::open().await;
    let subject = SubjectId(Digest::of(b"somebody"));
    let kinds = [FactKind::Unblocked, FactKind::Extended, FactKind::Done];
    let events = Anchor::ALL.into_iter().map(FactKind::Event);
    let mut told = Vec::new();
    for (number, kind) in (0..).zip(events.chain(kinds)) {
        let own = Fact {
            kind,
            ..fact(number, (number % 2 == 0).then_some(subject))
        };
        // A failure may have added it or not: said again, it is there once.
        for fault in [Fault::Nothing, Fault::Everything] {
            house.store.fail(Call::AddFact, fault);
            house.store.add_fact(SITE, &own).unwrap_err();
            house.store.add_fact(SITE, &own).unwrap();
        }
        told.push(own);
    }
    let stored: Vec<Fact> = house
        .store
        .facts(SITE, 0, 1000)
        .unwrap()
        .into_iter()
        .map(|(_, fact)| fact)
        .collect();
    assert_eq!(stored, told);
    let pages = house.store.facts(SITE, 0, 5).unwrap();
    let next = house.store.facts(SITE, pages[4].0, 5).unwrap();
    assert_eq!(next[0].1, told[5]);
    let own: Vec<Fact> = told
        .iter()
        .filter(|fact| fact.subject == Some(subject))
        .cloned()
        .collect();
    assert_eq!(house.store.facts_of(SITE, &subject).unwrap(), own);
    assert!(house.store.facts("other", 0, 1).is_err());
}

#[tokio::test]
async fn a_store_older_than_the_facts_gets_their_table() {
    let house = House::open().await;
    let data = house.close();
    let path = data.0.join("store.sqlite");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("DROP TABLE fact")
        .unwrap();
    let old = Sqlite::open_read_only(&path).unwrap();
    assert_eq!(old.facts(SITE, 0, 9).unwrap(), []);
    assert_eq!(
        old.facts_of(SITE, &SubjectId(Digest::of(b"x"))).unwrap(),
        []
    );
    drop(old);
    let new = Sqlite::open(&path).unwrap();
    new.add_fact(SITE, &fact(1, None)).unwrap();
    assert_eq!(new.facts(SITE, 0, 9).unwrap().len(), 1);
}
