//! Is a file what its name says? Looked at from outside, nothing is unpacked: what is inside is for whoever opens it.

use raspiska_shared::site::FileType;

/// Members of a ZIP file that are looked through: a text with a thousand pictures has fewer.
const MAX_MEMBERS: usize = 4096;

/// Does the content begin, and for a ZIP file end, as one of this type?
pub(super) fn is(kind: FileType, bytes: &[u8]) -> bool {
    match kind {
        FileType::Docx => members(bytes).is_some_and(|names| {
            let has = |name: &[u8]| names.contains(&name);
            has(b"[Content_Types].xml")
                && has(b"word/document.xml")
                // Macros have no business in a CV.
                && !names.iter().any(|name| name.ends_with(b"vbaProject.bin"))
        }),
        // OpenDocument 1.3 part 2, section 3.3: the first member is not packed and says what the file is.
        FileType::Odt => {
            const MIMETYPE: &[u8] = b"mimetypeapplication/vnd.oasis.opendocument.text";
            let said = bytes.get(30..).unwrap_or_default();
            said.starts_with(MIMETYPE)
                && !said[MIMETYPE.len()..].starts_with(b"-")
                && members(bytes).is_some_and(|names| names.contains(&&b"content.xml"[..]))
        }
        FileType::Pdf => bytes.starts_with(b"%PDF-"),
        FileType::Rtf => bytes.starts_with(b"{\\rtf"),
        FileType::Txt => bytes.iter().all(|byte| is_of_text(*byte)),
    }
}

/// In whatever encoding: programs, pictures and archives have others.
fn is_of_text(byte: u8) -> bool {
    byte >= b' ' && byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r')
}

/// The names in a ZIP file's directory (APPNOTE.TXT, sections 4.3.12 and 4.3.16); none: it is none, or one that goes on elsewhere.
fn members(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    const LOCAL: &[u8] = b"PK\x03\x04";
    const DIRECTORY: &[u8] = b"PK\x01\x02";
    const END: &[u8] = b"PK\x05\x06";
    if !bytes.starts_with(LOCAL) {
        return None;
    }
    // The end has 22 bytes and a comment of up to 65,535.
    let last = bytes.len().checked_sub(22)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    let end = (first..=last)
        .rev()
        .find(|at| bytes[*at..].starts_with(END))?;
    let count = usize::from(u16_at(bytes, end + 10)?);
    let mut at = usize::try_from(u32_at(bytes, end + 16)?).ok()?;
    if count > MAX_MEMBERS {
        return None;
    }
    let mut names = Vec::with_capacity(count);
    for _ in 0..count {
        if !bytes.get(at..)?.starts_with(DIRECTORY) {
            return None;
        }
        let [name, extra, comment] = [28, 30, 32].map(|offset| u16_at(bytes, at + offset));
        let (name, rest) = (
            usize::from(name?),
            usize::from(extra?) + usize::from(comment?),
        );
        names.push(bytes.get(at + 46..at + 46 + name)?);
        at += 46 + name + rest;
    }
    Some(names)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ZIP file with these members, each with its bytes as they are.
    fn zip(members: &[(&str, &str)]) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for (name, content) in members {
            let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
            let name_len = u16::try_from(name.len()).unwrap().to_le_bytes();
            bytes.extend_from_slice(b"PK\x03\x04");
            bytes.extend_from_slice(&[0; 22]);
            bytes.extend_from_slice(&name_len);
            bytes.extend_from_slice(&[0; 2]);
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(content.as_bytes());
            directory.extend_from_slice(b"PK\x01\x02");
            directory.extend_from_slice(&[0; 24]);
            directory.extend_from_slice(&name_len);
            directory.extend_from_slice(&[0; 12]);
            directory.extend_from_slice(&at);
            directory.extend_from_slice(name.as_bytes());
        }
        let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let count = u16::try_from(members.len()).unwrap().to_le_bytes();
        bytes.extend_from_slice(&directory);
        bytes.extend_from_slice(b"PK\x05\x06");
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&count);
        bytes.extend_from_slice(&count);
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&at);
        bytes.extend_from_slice(&[0; 2]);
        bytes
    }

    const TYPES: (&str, &str) = ("[Content_Types].xml", "<Types/>");
    const WORD: (&str, &str) = ("word/document.xml", "<w:document/>");
    const ODT: &str = "application/vnd.oasis.opendocument.text";

    #[test]
    fn each_type_is_known_by_its_content() {
        let docx = zip(&[("_rels/.rels", ""), TYPES, WORD]);
        let odt = zip(&[("mimetype", ODT), ("content.xml", "")]);
        let mut commented = docx.clone();
        commented.extend_from_slice(&[b'c'; 300]);
        let all: [(FileType, &[u8]); 7] = [
            (FileType::Docx, &docx),
            (FileType::Docx, &commented),
            (FileType::Odt, &odt),
            (FileType::Pdf, b"%PDF-1.7\n"),
            (FileType::Rtf, b"{\\rtf1 text}"),
            (FileType::Txt, "Опыт:\t5 лет\r\n".as_bytes()),
            (FileType::Txt, b"\xce\xef\xfb\xf2"),
        ];
        for (kind, bytes) in all {
            assert!(is(kind, bytes), "{kind:?}");
            for other in [FileType::Docx, FileType::Odt, FileType::Pdf] {
                assert!(other == kind || !is(other, bytes), "{kind:?} as {other:?}");
            }
        }
    }

    #[test]
    fn what_only_claims_to_be_one_is_not() {
        let cases: [(FileType, Vec<u8>); 12] = [
            (FileType::Pdf, b"MZ\x90\x00".to_vec()),
            (FileType::Txt, b"MZ\x90\x00".to_vec()),
            (FileType::Rtf, b"%PDF-1.7".to_vec()),
            (FileType::Docx, zip(&[TYPES])),
            (
                FileType::Docx,
                zip(&[TYPES, WORD, ("word/vbaProject.bin", "")]),
            ),
            (
                FileType::Docx,
                zip(&[("[Content_Types].xml", "word/document.xml")]),
            ),
            (FileType::Docx, zip(&[])),
            (
                FileType::Odt,
                zip(&[("content.xml", ""), ("mimetype", ODT)]),
            ),
            (
                FileType::Odt,
                zip(&[
                    ("mimetype", "application/vnd.oasis.opendocument.text-master"),
                    ("content.xml", ""),
                ]),
            ),
            (FileType::Odt, zip(&[("mimetype", ODT)])),
            (FileType::Docx, b"PK\x03\x04".to_vec()),
            (FileType::Docx, zip(&[TYPES, WORD])[..80].to_vec()),
        ];
        for (at, (kind, bytes)) in cases.iter().enumerate() {
            assert!(!is(*kind, bytes), "{at}");
        }
        // A directory that leads anywhere is no panic.
        let whole = zip(&[TYPES, WORD]);
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] = 0xff;
            let _ = is(FileType::Docx, &bytes);
        }
    }
}
