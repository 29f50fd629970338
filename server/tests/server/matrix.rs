//! The failure matrix: every call of the store × {nothing happened, everything did} × {once, at any of its calls, or from the first
//! on} × {the server goes on, it is started again}. After each cell the whole log is read and recomputed.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use raspiska_server::{
    app::StartError,
    clock::Clock,
    erasure::{self, ErasureError},
    store::{Sqlite, Store as _, StoreError},
};
use raspiska_shared::{
    api::Logged,
    digest::Digest,
    log::proof::Proof,
    party::SubjectId,
    receipt::{Signed, State, thumbprint},
};

use crate::{
    faulty::{Call, Fault, Faulty},
    house::{Answer, House, SITE, Scratch, send},
    person::Person,
};

const FAULTS: [Fault; 2] = [Fault::Nothing, Fault::Everything];

/// What the handlers and the sequencer call. The others are for commands, and for the start.
const IN_OPERATION: [Call; 8] = [
    Call::Append,
    Call::Entries,
    Call::Head,
    Call::History,
    Call::Positions,
    Call::Row,
    Call::SubjectKey,
    Call::Tile,
];

/// Where each receipt that was ever confirmed has to be.
type Promised = BTreeMap<Digest, u64>;

#[tokio::test]
async fn in_operation_every_call_may_fail_at_any_time() {
    let mut house = House::open().await;
    let mut promised = Promised::new();
    let before = IN_OPERATION.map(|call| house.store.calls(call));
    assert!(Day::of(&house, 0).passes(&house, &mut promised).await);
    let after = IN_OPERATION.map(|call| house.store.calls(call));

    let mut visitor = 0;
    for (call, (before, after)) in IN_OPERATION.into_iter().zip(before.into_iter().zip(after)) {
        assert!(after > before, "nobody calls {call:?}");
        let once = (1..=after - before).map(|nth| (nth, false));
        for (nth, lasting) in once.chain([(1, true)]) {
            for fault in FAULTS {
                let cell = format!("{call:?} {nth}, {fault:?}, lasting: {lasting}");
                visitor += 1;
                let day = Day::of(&house, visitor);
                house.store.fail_at(call, fault, nth, lasting);
                let well = day.passes(&house, &mut promised).await;
                assert!(house.store.has_failed(), "{cell}: did not happen");
                assert!(!well, "{cell}: nobody noticed");
                house.store.mend();
                // The first of each kind is met by a new start, the others by the server that lived through it.
                if nth == 1 {
                    house = house.restart().await;
                }
                let well = day.passes(&house, &mut promised).await;
                assert!(well, "{cell}: it does not recover");
                holds(&house, &promised, &cell).await;
            }
        }
    }
}

#[tokio::test]
async fn at_the_start_every_call_may_fail() {
    for fault in FAULTS {
        for call in [
            Call::Identities,
            Call::Establish,
            Call::Keys,
            Call::Published,
            Call::Head,
        ] {
            let data = Arc::new(Scratch::new());
            refuses(&data, call, fault).await;
            let house = House::open_in(data, |_| (), Clock::system()).await.unwrap();
            house
                .log(&Person::new(1).analytics(&house.site, State::Given))
                .await;
            assert_eq!(house.audit().await.len(), 1, "{call:?} {fault:?}");
        }
        for call in [
            Call::Identities,
            Call::Keys,
            Call::Published,
            Call::Head,
            Call::Tile,
        ] {
            let house = House::open().await;
            let mut promised = Promised::new();
            assert!(Day::of(&house, 1).passes(&house, &mut promised).await);
            let data = house.close();
            refuses(&data, call, fault).await;
            let house = House::open_in(data, |_| (), Clock::system()).await.unwrap();
            holds(&house, &promised, &format!("{call:?} {fault:?}")).await;
        }
    }
}

#[tokio::test]
async fn personal_data_that_could_not_be_erased_are_erased_the_next_time() {
    /// What an erasure calls, and how often.
    const CALLS: [(Call, u64); 6] = [
        (Call::Row, 2),
        (Call::Sealed, 1),
        (Call::SubjectKey, 2),
        (Call::Positions, 2),
        (Call::Append, 1),
        (Call::Scrub, 1),
    ];
    for (call, times) in CALLS {
        for (fault, nth) in FAULTS
            .into_iter()
            .flat_map(|fault| (1..=times).map(move |nth| (fault, nth)))
        {
            let cell = format!("{call:?} {nth}, {fault:?}");
            let mut house = House::open().await;
            let visitor = Person::new(1);
            let signed = visitor.contact(&house.site, &[("email", "a@example.org")], "x");
            let index = house.log(&signed).await.index;
            let subject: SubjectId = thumbprint(&visitor.key.verifying_key());

            house.store.fail_at(call, fault, nth, false);
            house.erase(&[signed.hash]).expect_err(&cell);
            assert!(house.store.has_failed(), "{cell}: did not happen");
            house.store.mend();
            // Nobody was told that it is done, and nobody is.
            let acts = erasure::acts(&house.app);
            assert!(
                acts.0
                    .values()
                    .all(|act| act.pending && act.done.is_empty()),
                "{cell}"
            );
            // What was ordered is carried out, by the server that lived through it or by the next one; else it is asked for again.
            if nth == 1 {
                house = house.restart().await;
            }
            assert!(erasure::settle(&house.app).unwrap(), "{cell}");
            if acts.0.is_empty() {
                house.erase(&[signed.hash]).unwrap();
            }
            let again = house.erase(&[signed.hash]).unwrap_err();
            assert!(
                matches!(again, ErasureError::Already(..)),
                "{cell}: {again}"
            );
            assert_eq!(
                house.store.subject_key(SITE, &subject).unwrap(),
                None,
                "{cell}"
            );
            assert_eq!(house.store.sealed(SITE, index).unwrap(), [], "{cell}");
            assert_eq!(house.store.disclosing(SITE, 0, 9).unwrap(), [], "{cell}");
            assert_eq!(
                house.audit().await.len(),
                2,
                "{cell}: the receipt and one statement"
            );
            let acts = erasure::acts(&house.app);
            assert!(
                acts.0
                    .values()
                    .all(|act| !act.pending && act.done.len() == 1),
                "{cell}"
            );
        }
    }
}

/// What the commands read and write fails as it is: what they make of it is their own.
#[tokio::test]
async fn commands_are_told() {
    let house = House::open().await;
    for fault in FAULTS {
        for call in [Call::Sealed, Call::Disclosing] {
            house.store.fail(call, fault);
            let told = match call {
                Call::Sealed => house.store.sealed(SITE, 0).map(drop),
                _ => house.store.disclosing(SITE, 0, 9).map(drop),
            };
            assert!(matches!(told, Err(StoreError::Failed(_))), "{call:?}");
        }
    }
}

/// Everything that one person does. Lived again, it sends the same: whatever did not get through the first time.
struct Day {
    form: Signed,
    given: Signed,
    withdrawn: Signed,
}

impl Day {
    fn of(house: &House, visitor: u64) -> Self {
        let person = Person::new(visitor);
        Self {
            form: person.contact(&house.site, &[("email", "a@example.org")], "code"),
            given: person.analytics(&house.site, State::Given),
            withdrawn: person.analytics(&house.site, State::Withdrawn),
        }
    }

    /// Did all go well?
    async fn passes(&self, house: &House, promised: &mut Promised) -> bool {
        let mut well = true;
        for signed in [&self.form, &self.given, &self.withdrawn, &self.form] {
            let answer = house.post(&signed.text).await;
            match answer.status.as_u16() {
                200 | 201 => keep(house, promised, &answer),
                // What would have been withdrawn is not given yet.
                422 => {
                    assert_eq!(answer.kind(), "withdrawal");
                    well = false;
                }
                _ => well = not_now(&answer),
            }
        }
        let answer = self.withdraws_by_code(house).await;
        match answer.status.as_u16() {
            // 200: it was withdrawn the first time, whether or not the answer said so.
            200 | 201 => keep(house, promised, &answer),
            // The form is not logged yet.
            404 => well = false,
            _ => well = not_now(&answer),
        }
        for path in [
            format!("/v1/sites/jetcrm/receipts/{}", self.form.hash),
            "/log/jetcrm/checkpoint".to_owned(),
            "/log/jetcrm/tile/entries/000.p/1".to_owned(),
            "/log/jetcrm/tile/0/000.p/1".to_owned(),
            "/healthz".to_owned(),
        ] {
            let answer = house.get(&path).await;
            match answer.status {
                StatusCode::OK => {}
                StatusCode::NOT_FOUND if path.contains("/receipts/") => well = false,
                StatusCode::SERVICE_UNAVAILABLE if path == "/healthz" => {
                    assert!(
                        answer.text().contains(r#""ready":false"#),
                        "{}",
                        answer.text()
                    );
                    well = false;
                }
                _ => well = not_now(&answer),
            }
        }
        well
    }

    async fn withdraws_by_code(&self, house: &House) -> Answer {
        let body = serde_json::json!({"receipt": self.form.hash, "code": "code"}).to_string();
        let request = Request::post("/v1/sites/jetcrm/withdrawals")
            .header("content-type", "application/json");
        send(&house.router, request.body(Body::from(body)).unwrap()).await
    }
}

/// The only other answer there is.
fn not_now(answer: &Answer) -> bool {
    assert_eq!(
        (answer.status.as_u16(), answer.kind().as_str()),
        (503, "unavailable")
    );
    assert!(!answer.header("retry-after").is_empty());
    false
}

/// Notes what was confirmed; its proof has to hold.
fn keep(house: &House, promised: &mut Promised, answer: &Answer) {
    let logged: Logged = serde_json::from_slice(&answer.body).unwrap();
    let proof = Proof::parse(&logged.proof).unwrap();
    proof.verify(&house.vkey, &logged.receipt).unwrap();
    assert_eq!((proof.index, proof.entry.time), (logged.index, logged.time));
    let before = promised.insert(logged.receipt, logged.index);
    assert!(before.is_none_or(|before| before == logged.index));
}

/// Every promise is kept, and no receipt has two places.
async fn holds(house: &House, promised: &Promised, cell: &str) {
    let entries = house.audit().await;
    let mut places = BTreeMap::new();
    for (index, entry) in (0..).zip(&entries) {
        let twice = places.insert(entry.receipt, index);
        assert_eq!(twice, None, "{cell}: {index} was logged before");
    }
    for (receipt, index) in promised {
        assert_eq!(places.get(receipt), Some(index), "{cell}");
    }
}

async fn refuses(data: &Arc<Scratch>, call: Call, fault: Fault) {
    let store = Sqlite::open(&data.0.join("store.sqlite")).unwrap();
    let store = Arc::new(Faulty::new(store));
    store.fail(call, fault);
    let started = House::open_over(
        Arc::clone(data),
        Arc::clone(&store),
        |_| (),
        Clock::system(),
    )
    .await;
    let error = started.err().expect("it must not start");
    assert!(store.has_failed(), "{call:?} was called");
    let store_failed = match &error {
        StartError::Store(_) => true,
        StartError::Log { source, .. } => source.to_string().contains("the store failed"),
        _ => false,
    };
    assert!(store_failed, "{call:?} {fault:?}: {error}");
}
