//! A log survives what happens to machines: a kill at any moment, system calls that fail, a full disk, a read-only one, a
//! second server on the same data. `cargo xtask crash` runs it; every run prints its seed and what it counted.

#[cfg(any(server_at_hand, clippy))]
mod crash {
    // What is remembered from outside, and held against the log afterwards.
    mod history;
    mod house;

    // What happens.
    mod chance;
    mod load;
    mod tracer;

    // What has to survive it.
    mod injected;
    mod killed;
    mod mounts;
    mod twins;
}

#[cfg(not(any(server_at_hand, clippy)))]
#[test]
#[ignore = "RASPISKA_BIN is not set: `cargo xtask crash` builds the server and runs these tests"]
fn crash() {}
