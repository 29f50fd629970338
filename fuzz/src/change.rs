//! One byte changed, at a place that the input itself decides: a crash repeats with the same input.

use raspiska_shared::digest::Digest;

/// The same bytes but for one.
pub(crate) fn one_byte(bytes: &[u8]) -> Vec<u8> {
    let chance = chance(bytes);
    let mut changed = bytes.to_vec();
    let at = usize::try_from(chance >> 8).unwrap() % bytes.len();
    // Never zero, so something does change.
    let mask = u8::try_from(chance & 0xff).unwrap().max(1);
    changed[at] ^= mask;
    changed
}

/// The same text but for one character of ASCII.
pub(crate) fn one_character(text: &str) -> String {
    let at: Vec<usize> = text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| byte.is_ascii())
        .map(|(at, _)| at)
        .collect();
    let chance = usize::try_from(chance(text.as_bytes())).unwrap();
    let at = at[chance % at.len()];
    let mut changed = text.as_bytes().to_vec();
    // Bit 7 stays clear, so what was ASCII is ASCII.
    changed[at] ^= 1 << (chance >> 40 & 7).min(6);
    String::from_utf8(changed).unwrap()
}

/// As good as random, and the same for the same bytes.
pub(crate) fn chance(bytes: &[u8]) -> u64 {
    let hash = Digest::of(bytes);
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap())
}
