//! What each role may see and do.

use raspiska_shared::purpose::{Purpose, SubjectCategory};

use crate::store::OfficeRole;

impl OfficeRole {
    /// May it see that somebody gave or refused this purpose?
    pub(crate) fn sees(self, purpose: &Purpose) -> bool {
        match self {
            Self::Auditor | Self::Officer => true,
            Self::Hr => purpose.category == SubjectCategory::Candidate,
            Self::Marketing => purpose.advertising,
        }
    }

    /// May it read what people wrote, where it sees the purpose and the purpose is given?
    pub(crate) fn reads_values(self) -> bool {
        self != Self::Auditor
    }

    /// May it change what holds for a person: record a withdrawal, block, destroy, answer?
    pub(crate) fn acts(self) -> bool {
        self == Self::Officer
    }

    /// May it confirm that somebody else opens evidence?
    pub(crate) fn confirms(self) -> bool {
        matches!(self, Self::Auditor | Self::Officer)
    }

    /// May it see who looked at what?
    pub(crate) fn reads_journals(self) -> bool {
        matches!(self, Self::Auditor | Self::Officer)
    }
}
