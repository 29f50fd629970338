//! The server of Raspiska: verifies consent receipts, logs them durably, answers with proofs.
//!
//! In scope: HTTP, the store, the sequencer that writes the log, the vault of personal data, the pages and assets that a
//! site's visitors load. Out of scope: formats and cryptography of receipts and log (`raspiska-shared`), what runs in the
//! browser (`raspiska-widget`, the loader).
//!
//! A receipt's way through: [`router`] → `http::receipts` (verified off the async threads) → `sequencer` (one transaction
//! for many receipts) → [`store`]; the answer leaves only after the durable commit.

// How it is started.
pub mod app;
pub mod command;
pub mod config;
mod systemd;

// What a request meets.
mod html;
mod http;
pub mod listen;
mod problem;
pub mod router;
mod spec;

// What a receipt meets.
mod intake;
mod sequencer;

// What is kept.
mod counts;
pub mod data;
mod duty;
pub mod erasure;
mod files;
mod keys;
mod pack;
mod proofs;
mod rotate;
mod standing;
mod statement;
pub mod store;
mod vault;

// Who works with it.
mod office;

// What people may do without their device.
mod rights;

// What checks it all again.
mod audit;
mod fsck;

// What it knows and measures.
mod catalogue;
pub mod clock;
mod editions;
mod law;
mod lint;
mod metrics;
mod remote;
pub mod site;
mod words;

// Who watches it, and who is told.
pub(crate) mod hooks;
mod witnesses;
