//! The harness of the stories in `tests/stories`: a world with a server and a browser, in the words of the domain.
//!
//! A story says what a visitor does and sees. The harness waits until it is so, and at the end checks what has to hold after
//! every story: the log is whole, each receipt that a browser holds is in it once, the console is clean, nothing left the
//! machine, and nothing that was typed appears where it does not belong.
//!
//! Failures are panics with a sentence: this crate is nothing but tests.

// Where a story takes place.
pub mod front;
pub mod place;
pub mod server;
pub mod world;

// Who acts in it.
pub mod author;
mod browser;
pub mod mark;
pub mod office;
pub mod visitor;

// What has to hold.
pub mod audit;
mod axe;
pub mod console;
pub mod judge;
pub mod ledger;

// How it is looked at.
pub mod http;
pub mod wait;

pub use front::Front;
pub use visitor::Visitor;
pub use world::World;

/// The value, or the end of the story with a sentence about what could not be done.
#[track_caller]
pub fn must<T, E: std::fmt::Display>(what: &str, result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{what}: {error}"))
}
