//! The server from outside: its router over a real store, and the command itself.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on stops and says where"
)]

mod faulty;
mod house;
mod person;
mod receiver;
mod watched;
mod wire;
mod witness;

mod audit;
mod backup;
mod bodies;
mod callers;
mod check;
mod clocks;
mod counts;
mod doubt;
mod duties;
mod editions;
mod erasure;
mod evidence;
mod export;
mod facts;
mod failures;
mod files;
mod fsck;
mod health;
mod hooks;
mod keys;
mod limits;
mod log;
mod matrix;
mod mismatch;
mod mistrust;
mod notices;
mod office;
mod refusals;
mod requests;
mod rights;
mod start;
mod table;
mod vault;
mod vectors;
mod withdrawals;
mod witnessing;
