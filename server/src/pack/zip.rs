//! The simplest zip archive: stored files in the order of their names, always with the same bytes. APPNOTE.TXT 6.3.10.

use std::collections::BTreeMap;

/// 1 January 1980, the first day that the format knows: an archive does not tell when it was made.
const DATE: u16 = 1 << 5 | 1;

/// Version 1.0: stored files, APPNOTE 4.4.3.2.
const VERSION: u16 = 10;

/// The archive of these files. Together they have to stay below 4 GiB and 65 536 files, which an evidence pack does by far.
pub(super) fn archive(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in files {
        let offset = length(archive.len());
        let common = common(name, bytes);
        // Local file header, 4.3.7.
        archive.extend_from_slice(b"PK\x03\x04");
        archive.extend_from_slice(&common);
        archive.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(bytes);
        // Central directory header, 4.3.12: made by version; then comment, disk, attributes, all of them nothing.
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&VERSION.to_le_bytes());
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset);
        directory.extend_from_slice(name.as_bytes());
    }
    let (count, start) = (short(files.len()), length(archive.len()));
    // End of central directory, 4.3.16.
    let end = [
        &b"PK\x05\x06\0\0\0\0"[..],
        &count,
        &count,
        &length(directory.len()),
        &start,
        &[0; 2],
    ];
    archive.extend_from_slice(&directory);
    archive.extend_from_slice(&end.concat());
    archive
}

/// What both headers of a file say: version, flags, method, time and date, checksum, sizes, lengths of name and extra field.
fn common(name: &str, bytes: &[u8]) -> Vec<u8> {
    let size = length(bytes.len());
    [
        &VERSION.to_le_bytes()[..],
        &[0; 6],
        &DATE.to_le_bytes(),
        &crc32(bytes).to_le_bytes(),
        &size,
        &size,
        &short(name.len()),
        &[0; 2],
    ]
    .concat()
}

fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

fn short(count: usize) -> [u8; 2] {
    u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes()
}

/// CRC-32 as in ISO 3309, 4.4.7. Bit by bit: some hundred kilobytes do not need a table.
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ POLYNOMIAL
            } else {
                crc >> 1
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_of_the_catalogue_comes_out() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn headers_say_where_everything_is() {
        let files = BTreeMap::from([
            ("b".to_owned(), b"two".to_vec()),
            ("a/long".to_owned(), Vec::new()),
        ]);
        let archive = archive(&files);
        let number = |at: usize| {
            usize::try_from(u32::from_le_bytes(archive[at..at + 4].try_into().unwrap())).unwrap()
        };
        let end = archive.len() - 22;
        assert_eq!(&archive[end..end + 4], b"PK\x05\x06");
        assert_eq!(archive[end + 10..end + 12], [2, 0]);
        let (size, start) = (number(end + 12), number(end + 16));
        assert_eq!(start + size, end);
        // The first file in the directory is the first by name, and lies where it says.
        assert_eq!(&archive[start..start + 4], b"PK\x01\x02");
        assert_eq!(number(start + 42), 0);
        assert_eq!(&archive[30..36], b"a/long");
        let second = start + 46 + 6;
        let offset = number(second + 42);
        assert_eq!(&archive[offset..offset + 4], b"PK\x03\x04");
        assert_eq!(&archive[offset + 30..offset + 34], b"btwo");
        assert_eq!(number(offset + 14), usize::try_from(crc32(b"two")).unwrap());
    }
}
