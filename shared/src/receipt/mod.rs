//! The consent receipt: RFC 9901 SD-JWT over an RFC 7515 compact JWS, signed by the data subject with Ed25519.
//!
//! ```text
//! base64url(header) . base64url(payload) . base64url(signature) ~ [ base64url(disclosure) ~ ]*
//! ```
//!
//! At most [`MAX_LEN`] bytes. No key binding JWT. Personal data appears only in disclosures, so that erasing them leaves the
//! receipt and its proofs verifiable: a receipt's hash is SHA-256 over `header.payload.signature`.
//!
//! [`sign()`] makes what [`Receipt::open`] accepts; [`admit()`] then checks it against one site's documents and a clock.

mod admit;
mod disclosure;
mod error;
mod gate;
mod header;
mod json;
mod open;
mod payload;
mod sign;
mod uuid;

pub use admit::{Moment, admit};
pub use disclosure::{Disclosure, MIN_SALT_LEN};
pub use error::{
    DisclosureFault, FormFault, HeaderFault, JsonFault, PayloadFault, PurposeFault, ReceiptError,
};
pub use gate::{GateAct, GateLine, GateNote, GateNoteError};
pub use header::thumbprint;
pub use open::{MAX_DISCLOSURES, MAX_LEN, Receipt};
pub use payload::{
    Actor, Client, Decision, Event, MAX_DECISIONS, Method, Payload, SCHEMA, State, WithdrawalCode,
};
pub use sign::{Draft, Signed, sign};
pub use uuid::{Uuid, UuidError};
