//! See `raspiska_fuzz::TARGETS`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    raspiska_fuzz::run("receipt", data);
});

#[cfg(not(fuzzing))]
fn main() {}
