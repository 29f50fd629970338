//! What can be wrong with a log, as seen from outside.

use raspiska_shared::log::{LogError, checkpoint::Checkpoint};

/// A checkpoint with its note, verbatim: signed, it is evidence against who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) note: String,
    pub(crate) checkpoint: Checkpoint,
}

/// What is wrong, and what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Finding {
    /// Not signed by the log's key, or no checkpoint.
    #[error(
        "the checkpoint does not hold: {error}. The log's operator has to say why. What was served:\n\n{}",
        visible(note)
    )]
    Checkpoint { error: LogError, note: String },
    /// An entry is none of ours.
    #[error("entry {index} is not one of this log: {error}")]
    Entry { index: u64, error: LogError },
    /// Two signed heads that no one log can have.
    #[error("the log has a fork: these two checkpoints are both signed by its key, and the second does not extend the first. Keep them, and show them to the operator and to whoever relies on the log.\n\n{}\n{}", old.note, new.note)]
    Fork { old: Box<Signed>, new: Box<Signed> },
    /// Entry and tile disagree.
    #[error(
        "entry {0} is not the one in the tree: the log serves other entries than it has signed"
    )]
    Leaf(u64),
    /// Not there, though the checkpoint commits to it.
    #[error("{0} is not served, though the signed checkpoint commits to it")]
    Missing(String),
    /// Another key.
    #[error(
        "the log is signed by another key than before. Known: {known}. Published now: {published}. Ask the operator over another channel; if he has changed the key, audit with --vkey and this key, and a new --state"
    )]
    OtherKey { known: String, published: String },
    /// Fewer entries than before.
    #[error("the log went back from {} entries to {}: an old copy is served, or entries were taken out. Audit again later; if it stays so, show both checkpoints to the operator.\n\n{}\n{}", old.checkpoint.size, new.checkpoint.size, old.note, new.note)]
    Shrunk { old: Box<Signed>, new: Box<Signed> },
    /// Not of the length that its path says.
    #[error("{0} is not of the form that its path says")]
    Shape(String),
    /// Times or sites.
    #[error("entry {0} is of another site")]
    Site(u64),
    /// A tile disagrees with the tree.
    #[error("{0} is not the one of the tree that was signed")]
    Tile(String),
    /// The root cannot be reached.
    #[error("what the log serves does not lead to the root that it has signed, so it cannot show that it only grew.{}", evidence(old.as_deref(), new))]
    Unproved {
        old: Option<Box<Signed>>,
        new: Box<Signed>,
    },
}

fn evidence(old: Option<&Signed>, new: &Signed) -> String {
    let old = old.map_or(String::new(), |old| old.note.clone() + "\n");
    format!(" Keep what it has signed:\n\n{old}{}", new.note)
}

/// What was served is somebody else's text: it must not move the cursor or colour the terminal.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
