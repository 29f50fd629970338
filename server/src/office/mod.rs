//! The office: who may work with personal data, and what they do with it.
//!
//! | role | sees | values | acts |
//! |---|---|---|---|
//! | officer | everything | for a purpose that is given | everything |
//! | auditor | everything | never | never |
//! | hr | what applicants gave | for a purpose that is given | never |
//! | marketing | what was given to advertising | for a purpose that is given | never |
//!
//! What was destroyed and kept as evidence is opened by two: an officer asks and reads, another officer or an auditor confirms.
//!
//! Accounts are made on the machine (`raspiska office account`); whoever has the machine has the vault's key anyway.

mod door;
mod evidence;
mod files;
mod password;
mod rights;
mod values;

pub(crate) use door::{Door, LoginError, Who};
pub(crate) use evidence::{EvidenceError, Safe};
pub(crate) use files::{File, read_file};
pub(crate) use password::{PasswordError, hash};
pub(crate) use values::{ReadError, Reason, ReasonError, Wanted, open, read, value};

use zeroize::Zeroizing;

/// Something that is shown and then forgotten.
pub(crate) type Shown = Zeroizing<String>;
