//! `/v1/office`: what people who work with personal data ask for. Each request but the login shows a token.

pub(crate) mod access;
pub(crate) mod acts;
pub(crate) mod bodies;
pub(crate) mod duties;
pub(crate) mod evidence;
pub(crate) mod files;
pub(crate) mod guard;
pub(crate) mod receipts;
pub(crate) mod requests;
pub(crate) mod session;
pub(crate) mod unsubscribe;
pub(crate) mod withdrawals;

pub(crate) use guard::Colleague;
