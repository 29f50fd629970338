//! SIGKILL at any moment: while it starts, under load, while it stops.

use std::cell::Cell;
use std::env;
use std::os::unix::process::ExitStatusExt as _;

use futures_util::future::join;
use raspiska_tests::must;
use tokio::time::sleep;

use super::chance::{Chance, tell};
use super::house::House;
use super::load::load;

/// `cargo xtask crash --rounds`
const ROUNDS: &str = "RASPISKA_CRASH_ROUNDS";
/// Without it: enough for every moment to be met several times, in a minute or two.
const DEFAULT_ROUNDS: u64 = 120;
/// The whole log is read anew after so many rounds; in between, what is new of it.
const REREAD: u64 = 30;

#[derive(Default)]
struct Kills {
    start: u64,
    load: u64,
    stop: u64,
    /// It had stopped in peace before the signal came.
    late: u64,
}

#[tokio::test]
async fn killed_at_any_moment_it_keeps_every_promise() {
    let rounds: u64 = env::var(ROUNDS).map_or(DEFAULT_ROUNDS, |rounds| {
        must("the number of rounds", rounds.parse())
    });
    let chance = Chance::new("kills");
    let house = House::new();
    let mut kills = Kills::default();
    house.open().await;
    for round in 1..=rounds {
        match chance.below(10) {
            0..=5 => under_load(&house, &chance, &mut kills).await,
            _ => while_it_stops(&house, &chance, &mut kills).await,
        }
        // Recovery itself is interrupted, sometimes more than once.
        while chance.below(3) == 0 {
            while_it_starts(&house, &chance, &mut kills).await;
        }
        house.reopen().await;
        if round % REREAD == 0 {
            house.reread().await;
        }
    }
    house.reread().await;
    house.server.stop().await;
    let Kills {
        start,
        load,
        stop,
        late,
    } = kills;
    tell(&format!(
        "kills: {rounds} rounds; {} receipts confirmed, {} checkpoints seen, {} answers 503; killed {start} times during the \
         start, {load} under load, {stop} during the stop, {late} too late; lost 0, doubled 0",
        house.confirmed(),
        house.checkpoints(),
        house.refused.get()
    ));
    assert!(house.confirmed() as u64 > rounds, "there was a load");
    assert!(
        rounds < 20 || (start > 0 && load > 0 && stop > 0),
        "every phase was met"
    );
}

#[tokio::test]
async fn killed_during_the_first_start_it_begins_as_if_nothing_had_been() {
    let chance = Chance::new("first starts");
    let (mut kills, rounds) = (Kills::default(), 15);
    for _ in 0..rounds {
        let house = House::new();
        while chance.below(4) != 0 {
            while_it_starts(&house, &chance, &mut kills).await;
        }
        house.open().await;
        let enough = Cell::new(false);
        join(load(&house, &chance, &enough), async {
            sleep(chance.millis(5, 30)).await;
            house.server.crash();
        })
        .await;
        house.reopen().await;
    }
    tell(&format!(
        "first starts: {rounds} data directories; killed {} times before the server answered for the first time",
        kills.start
    ));
    assert!(kills.start > 0);
}

async fn under_load(house: &House, chance: &Chance, kills: &mut Kills) {
    let never = Cell::new(false);
    join(load(house, chance, &never), async {
        sleep(chance.millis(5, 300)).await;
        house.server.crash();
    })
    .await;
    kills.load += 1;
}

async fn while_it_stops(house: &House, chance: &Chance, kills: &mut Kills) {
    let never = Cell::new(false);
    join(load(house, chance, &never), async {
        sleep(chance.millis(5, 150)).await;
        house.server.is_asked_to_stop();
        sleep(chance.millis(0, 20)).await;
        if house.server.runs() {
            house.server.crash();
            kills.stop += 1;
        } else {
            let status = house.server.ends().await;
            assert!(status.success() && status.signal().is_none(), "{status}");
            kills.late += 1;
        }
    })
    .await;
}

async fn while_it_starts(house: &House, chance: &Chance, kills: &mut Kills) {
    house.launch(&[]);
    sleep(chance.millis(0, 60)).await;
    let answered = house
        .server
        .request("GET", "/healthz")
        .attempt()
        .await
        .is_ok();
    assert!(house.server.runs(), "{}", house.server.last_words());
    house.server.crash();
    // On a fast machine it was up already: that is a kill too, but not the one that was meant.
    kills.start += u64::from(!answered);
}
