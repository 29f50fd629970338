//! Model and cryptography of consent: what is asked, what was decided, and how both can be proved.
//!
//! In scope: the policy and its purposes, the notices, the signed consent receipt, the fold of receipts to a status, the
//! transparency log's formats and proofs, the bodies and errors of the HTTP API.
//!
//! Out of scope, and who does it: sockets, files and storage (`raspiska-server`), the page and its storage
//! (`raspiska-widget`, the loader). This crate asks no clock and draws no randomness: both are arguments.
//!
//! Words that collide between the two fields that meet here: *receipt* and *record* are consent words; *entry*, *leaf*,
//! *checkpoint* and *proof* are log words. *Withdrawn* is an act of the data subject; anyone else *revokes*. A person
//! *gives* or *refuses*; a closed banner is neither.

#![cfg_attr(not(test), no_std)]

extern crate alloc;

// What is asked, by whom, and on what ground.
pub mod lang;
pub mod party;
pub mod period;
pub mod policy;
pub mod purpose;
pub mod term;

// What is shown.
pub mod notice;
pub mod site;
pub mod text;

// What was decided, signed by the person.
pub mod digest;
pub mod receipt;
pub mod status;

// What makes it hard to rewrite.
pub mod log;

// What travels, and what a person keeps.
pub mod api;
pub mod attachment;
pub mod facts;
pub mod file;
pub mod identity;
pub mod problem;
