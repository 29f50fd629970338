//! Notices: what hooks are told of and no log says, each once.

use std::ops::Range;

use raspiska_shared::party::SubjectId;

use super::{EventKind, StoreError, Waiting};

/// The hooks' second outbox, beside the log. A request adds its own: [`super::Requests::open_request`].
pub trait Notices {
    /// Lets a hook begin, at the first notice of all or after the last one; one that has begun stays where it is.
    ///
    /// Durable when it returns.
    ///
    /// # Errors
    /// [`StoreError`].
    fn begin_notices(&self, site: &str, hook: &str, at_first: bool) -> Result<(), StoreError>;

    /// Adds notices; one that is there already is not added again.
    ///
    /// One transaction, durable when it returns. After an error it may have happened or not, and to say it again does no harm.
    ///
    /// # Errors
    /// [`StoreError`].
    fn add_notices(&self, site: &str, notices: &[Notice]) -> Result<(), StoreError>;

    /// What a hook has not taken up, up to `count` notices.
    ///
    /// Sees everything that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn unheard(&self, site: &str, hook: &str, count: u16) -> Result<Unheard, StoreError>;

    /// Moves a hook from the beginning of `range` to its end, and notes what it is to be told of in between.
    ///
    /// One transaction, durable when it returns.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], changing nothing, if the hook is elsewhere; others.
    fn claim_notices(
        &self,
        site: &str,
        hook: &str,
        range: Range<u64>,
        events: &[Waiting],
    ) -> Result<(), StoreError>;

    /// The notice at a place.
    ///
    /// Notices never change.
    ///
    /// # Errors
    /// [`StoreError`].
    fn notice(&self, site: &str, place: u64) -> Result<Option<Notice>, StoreError>;

    /// The notice of this kind about this that a hook is told of, with its place.
    ///
    /// Sees everything that was acknowledged before.
    ///
    /// # Errors
    /// [`StoreError`].
    fn find_notice(
        &self,
        site: &str,
        hook: &str,
        kind: EventKind,
        about: &str,
    ) -> Result<Option<(u64, Notice)>, StoreError>;
}

/// Something that is told of once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which hook is told; none: all of them.
    pub hook: Option<String>,
    /// What happened: [`EventKind::is_notice`].
    pub kind: EventKind,
    /// A request's number, a duty's id.
    pub about: String,
    /// Whose data it is about; where nobody is known, what stands for the request or the duty.
    pub subject: SubjectId,
    /// When it happened, UNIX milliseconds.
    pub time: u64,
}

/// What a hook has not taken up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unheard {
    /// From where it is to after the last of these.
    pub range: Range<u64>,
    /// Each with its place.
    pub notices: Vec<(u64, Notice)>,
}
