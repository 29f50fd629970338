//! A server whose log has witnesses, and what can be seen of it.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use raspiska_server::clock::Clock;
use raspiska_shared::{
    log::{note, proof::Proof},
    receipt::{Signed, State},
};

use crate::{
    house::{House, SITE, Scratch, demo_site},
    person::Person,
    refusals::copy,
    witness::Witness,
};

/// Looks until it is so; what hangs for minutes is a failure, not slowness.
pub(crate) async fn until(what: &str, mut look: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !look().await {
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "in vain: {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A server over this folder whose log has these witnesses; they know its key.
pub(crate) async fn watched(data: Arc<Scratch>, quorum: usize, witnesses: &[&Witness]) -> House {
    let site = data.0.join("site");
    if !site.exists() {
        copy(&demo_site(), &site);
    }
    let config = fs::read_to_string(demo_site().join("site.toml")).unwrap();
    let log: String = witnesses.iter().map(|witness| witness.config()).collect();
    let log = match witnesses {
        [] => String::new(),
        _ => format!("\n[log]\nquorum = {quorum}\n{log}"),
    };
    fs::write(site.join("site.toml"), config + &log).unwrap();
    let change = |config: &mut raspiska_server::config::Config| config.sites = vec![site];
    let house = House::open_in(data, change, Clock::system()).await.unwrap();
    for witness in witnesses {
        witness.trusts(&house.vkey);
    }
    house
}

pub(crate) async fn new(quorum: usize, witnesses: &[&Witness]) -> House {
    watched(Arc::new(Scratch::new()), quorum, witnesses).await
}

/// Logs one more receipt.
pub(crate) async fn log(house: &House, number: u64) -> Signed {
    let signed = Person::new(number).analytics(&house.site, State::Given);
    house.log(&signed).await;
    signed
}

/// Waits until so many entries are published.
pub(crate) async fn published(house: &House, size: u64) {
    let what = format!("{size} entries are published");
    until(&what, async || house.checkpoint().await.size == size).await;
}

/// Who cosigned what is published.
pub(crate) async fn cosigners(house: &House, witnesses: &[&Witness]) -> Vec<bool> {
    let checkpoint = house.get("/log/jetcrm/checkpoint").await;
    let (text, lines) = note::parse(checkpoint.text()).unwrap();
    let found = |witness: &&Witness| witness.key().find(text, &lines).is_some();
    witnesses.iter().map(found).collect()
}

/// How often a witness failed for this reason.
pub(crate) async fn failures(house: &House, witness: &Witness, reason: &str) -> u64 {
    let name = witness.key().name().to_owned();
    let line = format!(
        "raspiska_witness_failures_total{{site=\"{SITE}\",witness=\"{name}\",reason=\"{reason}\"}} "
    );
    let metrics = house.get("/metrics").await;
    let count = metrics
        .text()
        .lines()
        .find_map(|own| own.strip_prefix(&line));
    count.map_or(0, |count| count.parse().unwrap())
}

pub(crate) async fn failed(house: &House, witness: &Witness, reason: &str) {
    let what = format!("{} fails: {reason}", witness.key().name());
    until(&what, async || failures(house, witness, reason).await > 0).await;
}

/// The size to which the proof of a logged receipt leads.
pub(crate) async fn proved(house: &House, signed: &Signed) -> u64 {
    let path = format!("/v1/sites/jetcrm/receipts/{}", signed.hash);
    let logged = house.check(&house.get(&path).await, signed);
    let proof = Proof::parse(&logged.proof).unwrap();
    proof.verify(&house.vkey, &signed.hash).unwrap().size
}
