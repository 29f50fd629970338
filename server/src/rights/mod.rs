//! What people may do about their data without the device that signed: see, take back, ask. Each act is the operator's statement in the
//! log, or a request that somebody answers.
//!
//! Whoever shows a receipt's code stands for whoever signed that receipt: one device on one site. A link in a letter stands for one
//! purpose alone, and only to take it back.

mod case;
mod kinds;
mod person;
mod records;
mod unsubscribe;
mod withdraw;

pub(crate) use case::{
    Asking, CaseError, Cases, MAX_TEXT, Move, Ticketed, answer_text, due, is_number, waiting,
};
pub(crate) use kinds::{Kind, Withdraws, kinds};
pub(crate) use person::{Line, Person, opens};
pub(crate) use records::records;
pub(crate) use unsubscribe::{Ticket, Tickets};
pub(crate) use withdraw::{Withdrawn, gone_by, withdraw};
