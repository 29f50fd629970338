//! The seeds through their targets, whole and damaged: a broken promise is seen without a search.

use raspiska_fuzz::TARGETS;

/// How often each seed is damaged: all of it takes seconds.
const TIMES: u64 = 24;

#[test]
fn every_target_takes_some_seed_and_refuses_another() {
    for target in &TARGETS {
        let seeds = (target.seeds)();
        let taken = seeds.iter().filter(|seed| (target.run)(seed)).count();
        assert!(taken > 0, "{}: no seed is accepted", target.name);
        assert!(taken < seeds.len(), "{}: no seed is refused", target.name);
    }
}

#[test]
fn no_damage_to_a_seed_breaks_a_promise() {
    for target in &TARGETS {
        for (number, seed) in (0..).zip((target.seeds)()) {
            let mut chance = Chance(number * TIMES + 1);
            for _ in 0..TIMES {
                (target.run)(&damaged(&seed, &mut chance));
            }
        }
    }
}

#[test]
fn the_binaries_are_those_of_the_list() {
    let manifest = include_str!("../Cargo.toml");
    let binaries: Vec<&str> = manifest
        .split("[[bin]]\nname = \"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(name, _)| name)
        .collect();
    let mut names = TARGETS.map(|target| target.name);
    let mut sorted = binaries;
    sorted.sort_unstable();
    names.sort_unstable();
    assert_eq!(sorted, names);
}

/// One to three of what a search does: a byte replaced, taken out, put in, a stretch repeated, the end cut off.
fn damaged(seed: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=chance.below(2) {
        let at = chance.below(bytes.len() + 1);
        match chance.below(5) {
            _ if at == bytes.len() => bytes.push(chance.byte()),
            0 => bytes[at] = chance.byte(),
            1 => {
                bytes.remove(at);
            }
            2 => bytes.insert(at, chance.byte()),
            3 => {
                let end = (at + chance.below(40)).min(bytes.len());
                let stretch = bytes[at..end].to_vec();
                bytes.splice(at..at, stretch);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// The same each time: splitmix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.next() & 0xff).unwrap()
    }
}
