//! Withdrawal codes: whoever knows one may withdraw what its receipt gave, without the device that signed. Pure.

use raspiska_shared::digest::Digest;

use crate::json::Json;

/// A withdrawal by code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ByCode {
    pub(crate) hash: String,
    pub(crate) code: String,
    pub(crate) busy: bool,
    /// What came of it: the index of the statement in the log, or why not.
    pub(crate) outcome: Option<Result<u64, String>>,
}

impl ByCode {
    /// Takes the receipt out of a file.
    pub(crate) fn take_file(&mut self, text: &str) {
        let file = Json::read(text);
        match file.get("receipt").text().split_once('~') {
            Some((token, _)) => {
                self.hash = Digest::of(token.as_bytes()).to_string();
                self.outcome = None;
            }
            None => self.outcome = Some(Err(String::from("file"))),
        }
    }

    /// The receipt's hash and the code, if both can be sent; else the name of the control to correct.
    pub(crate) fn send(&mut self) -> Result<(String, String), &'static str> {
        let hash = String::from(self.hash.trim());
        let (fault, control) = if hash.parse::<Digest>().is_err() {
            ("file", "[name=hash]")
        } else if self.code.is_empty() {
            ("code", "[name=code]")
        } else {
            self.busy = true;
            self.outcome = None;
            return Ok((hash, tidy(&self.code)));
        };
        self.outcome = Some(Err(String::from(fault)));
        Err(control)
    }
}

/// Five groups of four characters, 100 random bits: short enough to copy by hand, too long to guess.
pub(crate) fn draw(random: &mut dyn FnMut(&mut [u8])) -> String {
    let mut bytes = [0; 20];
    random(&mut bytes);
    let mut code = String::with_capacity(24);
    for (at, byte) in bytes.into_iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(BASE32[usize::from(byte & 31)]));
    }
    code
}

/// A code as it was signed, from however it was typed.
fn tidy(typed: &str) -> String {
    let mut code = String::with_capacity(24);
    for c in typed.chars().filter(char::is_ascii_alphanumeric) {
        if code.len() % 5 == 4 {
            code.push('-');
        }
        code.push(c.to_ascii_uppercase());
    }
    code
}

/// RFC 4648 section 6: no digit looks like a letter.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_five_groups_and_are_forgiving_when_typed() {
        let code = draw(&mut |buffer| buffer.fill(0xff));
        assert_eq!(code, "7777-7777-7777-7777-7777");
        let mut byte = 0;
        let code = draw(&mut |buffer| {
            for place in buffer {
                *place = byte;
                byte += 1;
            }
        });
        assert_eq!(code, "ABCD-EFGH-IJKL-MNOP-QRST");
        assert_eq!(tidy(" abcd efgh-ijklmnop qrst\n"), code);
        assert_eq!(tidy("—"), "");
    }
}
