//! A file that goes with a receipt: the receipt commits to one line about it, the bytes follow on their own.
//!
//! ```text
//! base64url(SHA-256 of the bytes) SP their number SP name
//! ```

use alloc::string::{String, ToString as _};
use core::{fmt, str::FromStr};

use crate::digest::Digest;

/// Longest name, in characters.
pub const MAX_NAME: usize = 100;

/// What a receipt says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Over its bytes.
    pub sha256: Digest,
    /// How many there are.
    pub size: u64,
    name: String,
}

/// The text says nothing of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a file is told of as its SHA-256 in base64url, its size in bytes and its name of at most {MAX_NAME} characters, with a space between them; the name has no path and nothing invisible"
)]
pub struct AttachmentError;

impl Attachment {
    /// Its name: no path, no control characters, nothing that turns the direction of what is read.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands behind the last dot of its name.
    #[must_use]
    pub fn extension(&self) -> &str {
        self.name.rsplit_once('.').map_or("", |(_, end)| end)
    }
}

impl FromStr for Attachment {
    type Err = AttachmentError;

    fn from_str(text: &str) -> Result<Self, AttachmentError> {
        let mut parts = text.splitn(3, ' ');
        let mut next = || parts.next().ok_or(AttachmentError);
        let (sha256, size, name) = (next()?, next()?, next()?);
        let number: u64 = size.parse().map_err(|_| AttachmentError)?;
        // One way to write it: no sign, no zero before it.
        if number == 0 || number.to_string() != size || !is_name(name) {
            return Err(AttachmentError);
        }
        Ok(Self {
            sha256: sha256.parse().map_err(|_| AttachmentError)?,
            size: number,
            name: String::from(name),
        })
    }
}

impl fmt::Display for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.sha256, self.size, self.name)
    }
}

fn is_name(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.chars().count())
        && name.trim() == name
        && !name.starts_with('.')
        && name.chars().all(is_shown)
}

/// Not a separator of paths, no control character, nothing that is invisible or turns the direction (Unicode UAX #9).
fn is_shown(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '/' | '\\'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn one_line_is_read_as_it_is_written() {
        let digest = Digest::of(b"x");
        for name in ["cv.pdf", "Моё резюме (2).docx", &"я".repeat(MAX_NAME)] {
            let text = format!("{digest} 3145728 {name}");
            let read: Attachment = text.parse().unwrap();
            assert_eq!((read.name(), read.size), (name, 3_145_728));
            assert_eq!(read.to_string(), text);
        }
        let read: Attachment = format!("{digest} 1 a.tar.PDF").parse().unwrap();
        assert_eq!(read.extension(), "PDF");
        let read: Attachment = format!("{digest} 1 cv").parse().unwrap();
        assert_eq!(read.extension(), "");
    }

    #[test]
    fn nothing_else_is() {
        let digest = Digest::of(b"x");
        let long = "я".repeat(MAX_NAME + 1);
        for name in [
            "",
            " ",
            "cv.pdf ",
            " cv.pdf",
            ".pdf",
            "..",
            "a/cv.pdf",
            "a\\cv.pdf",
            "cv\n.pdf",
            "cv\u{202e}fdp.exe",
            "cv\u{2066}.pdf",
            "cv\u{200b}.pdf",
            &long,
        ] {
            let text = format!("{digest} 1 {name}");
            assert_eq!(text.parse::<Attachment>(), Err(AttachmentError), "{name:?}");
        }
        for size in [
            "0",
            "-1",
            "+1",
            "01",
            "1.5",
            "",
            "x",
            "18446744073709551616",
        ] {
            let text = format!("{digest} {size} cv.pdf");
            assert_eq!(text.parse::<Attachment>(), Err(AttachmentError), "{size:?}");
        }
        for text in ["", "x 1 cv.pdf", "C:\\fakepath\\cv.pdf"] {
            assert_eq!(text.parse::<Attachment>(), Err(AttachmentError), "{text:?}");
        }
    }
}
