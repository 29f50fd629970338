//! `shared/vectors/http`: what any server of the demo site has to answer to a request.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    body::Body,
    http::{Method, Request},
};
use raspiska_server::clock::Clock;
use raspiska_shared::problem::Kind;

use crate::house::{Answer, House, Scratch, send};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/http")
}

struct Vector {
    keys: BTreeMap<String, String>,
    request: String,
}

impl Vector {
    fn read(case: &str) -> Self {
        let text = fs::read_to_string(folder().join(format!("{case}.txt"))).unwrap();
        let (header, request) = text.split_once("\n\n").unwrap();
        let keys = header
            .lines()
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            keys: keys.collect(),
            request: request.to_owned(),
        }
    }

    async fn ask(&self, house: &House) -> Answer {
        let (head, body) = self.request.split_once("\n\n").unwrap();
        let mut lines = head.lines();
        let mut first = lines.next().unwrap().split(' ');
        let (method, path) = (first.next().unwrap(), first.next().unwrap());
        assert_eq!(first.next(), Some("HTTP/1.1"));
        let mut request = Request::builder()
            .method(method.parse::<Method>().unwrap())
            .uri(path);
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        send(&house.router, request).await
    }

    fn check(&self, case: &str, answer: &Answer) {
        assert_eq!(
            answer.status.as_str(),
            self.keys["status"],
            "{case}: {}",
            answer.text()
        );
        match self.keys["expect"].as_str() {
            "ok" => assert!(!answer.status.is_client_error(), "{case}"),
            kind => assert_eq!(answer.kind(), kind, "{case}"),
        }
        for (name, value) in &self.keys {
            if let Some(name) = name.strip_prefix("answer-") {
                assert_eq!(answer.header(name), value, "{case}: {name}");
            }
        }
    }
}

/// A day on which the demo site's edition is in force, UNIX seconds.
const IN_FORCE: u64 = 1_760_000_000;

/// A server with an empty log whose clock stands still; it may have been set back since the start, when there was an edition.
async fn house(now: u64) -> House {
    let told = Arc::new(AtomicU64::new(now.max(IN_FORCE)));
    let own = Arc::clone(&told);
    let clock = Clock::new(move || own.load(Ordering::Relaxed) * 1000);
    let house = House::open_in(Arc::new(Scratch::new()), |_| (), clock).await;
    told.store(now, Ordering::Relaxed);
    house.unwrap()
}

#[tokio::test]
async fn every_request_is_answered_as_its_vector_says() {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert!(names.len() > 40);
    // What leaves no trace may share a server with others that see the same day.
    let mut houses: BTreeMap<String, House> = BTreeMap::new();
    for case in &names {
        let vector = Vector::read(case);
        let now = vector.keys["now"].clone();
        let before = vector.keys.get("after").cloned().unwrap_or_default();
        let key = if vector.keys["expect"] == "ok" && vector.request.starts_with("POST") {
            case.clone()
        } else {
            format!("{now} {before}")
        };
        if !houses.contains_key(&key) {
            let house = house(now.parse().unwrap()).await;
            for earlier in before.split(' ').filter(|name| !name.is_empty()) {
                let earlier_vector = Vector::read(earlier);
                earlier_vector.check(earlier, &earlier_vector.ask(&house).await);
            }
            houses.insert(key.clone(), house);
        }
        vector.check(case, &vector.ask(&houses[&key]).await);
    }
}

#[test]
fn every_kind_that_follows_from_a_request_has_a_vector() {
    // These follow from the server's state, load or configuration, or need a log that no server has.
    let others = [
        Kind::PolicyNotCurrent,
        Kind::FileDigest,
        Kind::FileType,
        Kind::Timeout,
        Kind::RateLimited,
        Kind::Unavailable,
        Kind::Internal,
    ];
    let mut shown: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .map(|text| text.lines().next().unwrap().replace("expect: ", ""))
        .collect();
    shown.sort();
    shown.dedup();
    let of_a_format = |kind: Kind| Kind::Note <= kind && kind <= Kind::Identity;
    // A token is another one each time: see office.rs.
    let of_the_office = |kind: Kind| Kind::Unauthorized <= kind && kind <= Kind::Gone;
    for kind in Kind::ALL {
        let expected = !of_a_format(*kind) && !of_the_office(*kind) && !others.contains(kind);
        let there = shown.iter().any(|slug| slug == kind.slug());
        assert_eq!(there, expected, "{}", kind.slug());
    }
}
