//! What the store promises of personal data that are destroyed.

use raspiska_shared::party::SubjectId;

use super::StoreError;

/// Length of a [`Mark`]: 16 bytes of ciphertext stand by chance nowhere in any file.
const MARK_LEN: usize = 16;

/// Where the ciphertext begins: see [`crate::vault`].
const NONCE_LEN: usize = 24;

/// From one mark to the next of what is longer than a page: a page of 4,096 bytes has 4,092 of it, and one whole mark.
const STRIDE: usize = 4_092 - MARK_LEN + 1;

/// A piece of something sealed, by which its remains are found: as telling as noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark([u8; MARK_LEN]);

/// The text or the bytes are not a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mark is 16 bytes, written as 32 hexadecimal digits in small letters")]
pub struct MarkError;

/// One entry whose sealed values are destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Its index in the log.
    pub index: u64,
    /// Whose it is: the subject's key goes with the last of its values.
    pub subject: SubjectId,
}

/// What a search through the store's files has shown: of what was looked for, nothing is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scrubbed {
    /// How many bytes were read.
    pub bytes: u64,
    /// Remains were found at first, and overwritten.
    pub rewritten: bool,
}

/// The end of personal data. They are deleted by an append: see [`super::Batch::erased`].
pub trait Erasures {
    /// Makes sure that nothing is left of what was deleted, and looks for these marks in every file of the store.
    ///
    /// Covers every append that was acknowledged before. Durable when it returns; to do it again does no harm.
    ///
    /// # Errors
    /// [`StoreError::Busy`] as long as somebody reads who began before the deletion: not yet, come again.
    /// [`StoreError::Remains`] if it cannot be had from the files; others.
    fn scrub(&self, marks: &[Mark]) -> Result<Scrubbed, StoreError>;
}

impl Mark {
    /// Of something sealed: `nonce(24) || ciphertext`. None: it is too short to be that.
    ///
    /// Not the nonce: without it the rest does not open, so that is left to be destroyed with it.
    #[must_use]
    pub fn of(sealed: &[u8]) -> Option<Self> {
        let (mark, _) = sealed.get(NONCE_LEN..)?.split_first_chunk()?;
        Some(Self(*mark))
    }

    /// Of something sealed that is longer than a page of a store's file: each page that has nothing else has one of these.
    pub fn throughout(sealed: &[u8]) -> impl Iterator<Item = Self> {
        let pieces = sealed.get(NONCE_LEN..).unwrap_or_default().chunks(STRIDE);
        pieces.filter_map(|piece| Some(Self(*piece.first_chunk()?)))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; MARK_LEN] {
        &self.0
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::str::FromStr for Mark {
    type Err = MarkError;

    fn from_str(text: &str) -> Result<Self, MarkError> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
            return Err(MarkError);
        };
        let digit = |digit: u8| match digit {
            b'0'..=b'9' => Ok(digit - b'0'),
            b'a'..=b'f' => Ok(digit - b'a' + 10),
            _ => Err(MarkError),
        };
        let bytes = pairs
            .iter()
            .map(|[high, low]| Ok(digit(*high)? << 4 | digit(*low)?))
            .collect::<Result<Vec<u8>, _>>()?;
        bytes.try_into().map(Self).map_err(|_| MarkError)
    }
}

impl serde::Serialize for Mark {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Mark {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_of_a_long_one_has_a_mark() {
        let sealed: Vec<u8> = (0_u32..5_000).flat_map(u32::to_le_bytes).collect();
        let marks: Vec<Mark> = Mark::throughout(&sealed).collect();
        assert_eq!(marks.first().copied(), Mark::of(&sealed));
        for page in sealed[NONCE_LEN..].windows(4_092).step_by(7) {
            let has = |mark: &Mark| page.windows(MARK_LEN).any(|own| own == mark.0);
            assert!(marks.iter().any(has));
        }
        assert_eq!(Mark::throughout(&sealed[..39]).count(), 0);
    }

    #[test]
    fn a_mark_is_read_as_it_is_written() {
        let sealed: Vec<u8> = (0..60).collect();
        let mark = Mark::of(&sealed).unwrap();
        assert_eq!(mark.as_bytes()[..], sealed[24..40]);
        assert_eq!(mark.to_string().parse(), Ok(mark));
        assert_eq!(Mark::of(&sealed[..39]), None);
        for text in [
            "",
            "18",
            "181",
            &"1".repeat(34),
            &"G".repeat(32),
            &"A".repeat(32),
        ] {
            assert_eq!(text.parse::<Mark>(), Err(MarkError), "{text}");
        }
    }
}
