//! The operator's other systems: the example of a receiver against the server as it is delivered.

#[cfg(any(server_at_hand, clippy))]
mod hooks {
    mod receiver;
}

#[cfg(not(any(server_at_hand, clippy)))]
#[test]
#[ignore = "RASPISKA_BIN is not set: `cargo xtask e2e` builds the server and runs these tests"]
fn hooks() {}
