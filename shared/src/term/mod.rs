//! Terms of the law: how long somebody has, counted from an event to the last day, over a calendar of working days.
//!
//! In scope: the calendar of one country, the notation of terms, the norms as data, the one function that turns an event into a
//! deadline. No norm, no number of days and no holiday is in this code, and no clock: days and moments are arguments, as
//! they are on the operator's own clock.

mod calendar;
mod deadline;
mod norm;

pub use calendar::{Calendar, CalendarError, Moved, Year};
pub use deadline::{Deadline, OffDay, Term, TermError};
pub use norm::{Anchor, Mark, Norm, NormId, NormIdError, Task};
