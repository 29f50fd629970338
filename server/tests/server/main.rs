//! The server from outside: its router over a real store, and the command itself.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops and says where"
)]

mod faulty;
mod house;
mod person;
mod wire;
mod witness;

mod audit;
mod bodies;
mod callers;
mod clocks;
mod export;
mod failures;
mod fsck;
mod limits;
mod log;
mod matrix;
mod mismatch;
mod refusals;
mod start;
mod table;
mod vault;
mod vectors;
mod withdrawals;
mod witnessing;
