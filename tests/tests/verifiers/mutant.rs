//! Receipts whose JSON was changed somewhere before they were signed: what readers of JSON disagree about.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use raspiska_shared::digest::Digest;

use crate::{decoded, vector};

/// What takes the place of a piece of JSON, or comes beside it.
const VALUES: [&str; 48] = [
    "null",
    "true",
    "0",
    "-0",
    "1",
    "-1",
    "01",
    "+1",
    "1.0",
    "1e3",
    "1E-3",
    ".5",
    "NaN",
    "Infinity",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    r#""""#,
    r#""x""#,
    r#""\u0000""#,
    r#""\ud800""#,
    r#""\udc00\ud800""#,
    r#""\ud83d\ude00""#,
    r#""\u0067iven""#,
    r#""\x""#,
    "\"\t\"",
    "\"\u{7f}\u{85}\u{2028}\u{feff}\"",
    "[]",
    "{}",
    "[null]",
    r#"["x","x"]"#,
    r#"{"_sd":[]}"#,
    r#"[{"...":"x"}]"#,
    r#"{"a":1,"a":2}"#,
    r#"{"a":1,"\u0061":2}"#,
    r#"{"__proto__":{"a":1}}"#,
    r#""withdrawn""#,
    r#""withdraw""#,
    r#""operator""#,
    r#""letter""#,
    r#""https://acme.example/a?b""#,
    r#""held media 1\n""#,
    r#""let media 10\nonce media 9\n""#,
    r#""held media 86400001\n""#,
    r#""held media/a 1\u2028held b 2\n""#,
    r#""dWbIQQv4A7d_vBwkxIGnaRTARKgG56Cb8IS3S4VNc8U""#,
];

/// Names of members that come to an object.
const NAMES: [&str; 20] = [
    "x",
    "__proto__",
    "constructor",
    "name",
    "of",
    "prev",
    "client",
    "page",
    "version",
    "wasm_sha256",
    "gate",
    "account",
    "withdrawal",
    "_sd",
    "_sd_alg",
    "...",
    "\\u005fsd",
    "alg",
    "crit",
    "\\ud800",
];

/// White space, and what only looks like it.
const SPACES: [&str; 7] = [" ", "\n", "\r\t", "\u{b}", "\u{a0}", "\u{feff}", "\u{2028}"];

/// The mutant of this number; the same one every time.
pub(crate) fn of(number: u32) -> String {
    let mut dice = Dice(u64::from(number));
    let source = [
        "receipt/contact-form.txt",
        "receipt/cookie-choices.txt",
        "receipt/gate-and-account.txt",
    ];
    let source = String::from_utf8_lossy(vector(dice.one(&source)));
    let mut parts = source.split('~').filter(|part| !part.is_empty());
    let mut token = parts.next().unwrap_or_default().split('.').map(decoded);
    let mut header = token.next().unwrap_or_default();
    let mut payload = token.next().unwrap_or_default();
    let mut disclosures: Vec<String> = parts.map(decoded).collect();
    match dice.below(6) {
        0 => header = changed(&header, &mut dice),
        1 if !disclosures.is_empty() => {
            let at = dice.below(disclosures.len());
            let digest = |json: &str| Digest::of(encoded(json).as_bytes()).to_string();
            let before = digest(&disclosures[at]);
            disclosures[at] = changed(&disclosures[at], &mut dice);
            payload = payload.replace(&before, &digest(&disclosures[at]));
        }
        _ => payload = changed(&payload, &mut dice),
    }
    let signed = format!("{}.{}", encoded(&header), encoded(&payload));
    // Alice of the vectors.
    let signature = SigningKey::from_bytes(&[1; 32]).sign(signed.as_bytes());
    let signature = Base64UrlUnpadded::encode_string(&signature.to_bytes());
    let disclosures: String = disclosures.iter().map(|json| encoded(json) + "~").collect();
    format!("{signed}.{signature}~{disclosures}")
}

/// What is in a mutant, for whoever reads why a test failed.
pub(crate) fn shown(mutant: &str) -> String {
    let mut parts = mutant.split('~').filter(|part| !part.is_empty());
    let token = parts.next().unwrap_or_default();
    let token = token.split('.').take(2).map(decoded);
    token
        .chain(parts.map(decoded))
        .collect::<Vec<_>>()
        .join("\n")
}

fn encoded(json: &str) -> String {
    Base64UrlUnpadded::encode_string(json.as_bytes())
}

/// The JSON with one change.
fn changed(json: &str, dice: &mut Dice) -> String {
    let mut tokens = tokens(json);
    let at = dice.below(tokens.len());
    match dice.below(8) {
        0 => tokens[at] = dice.one(&VALUES).to_owned(),
        1 | 2 => {
            let values: Vec<usize> = (1..tokens.len())
                .filter(|&at| matches!(tokens[at - 1].as_str(), ":" | "[" | ","))
                .collect();
            let at = values[dice.below(values.len())];
            tokens[at] = dice.one(&VALUES).to_owned();
        }
        3 | 4 => {
            let name = dice.one(&NAMES).to_owned();
            let value = dice.one(&VALUES);
            match tokens.iter().position(|token| token == "{") {
                Some(first) if dice.below(2) == 0 => {
                    tokens[first] = format!("{{\"{name}\":{value},");
                }
                _ => tokens[at] = format!("{},\"{name}\":{value}", tokens[at]),
            }
        }
        5 => tokens.insert(at, dice.one(&SPACES).to_owned()),
        6 => {
            // Around the limits of 255 and 2048 bytes, in letters of one byte or two.
            let letter = ["x", "ж"][dice.below(2)];
            let length = [254, 255, 256, 2048, 2049][dice.below(5)] / letter.len();
            tokens[at] = format!("\"{}\"", letter.repeat(length));
        }
        _ => {
            // Around the limit of 127.
            let depth = 124 + dice.below(6);
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            tokens[at] = format!("{},\"x\":{open}{close}", tokens[at]);
        }
    }
    tokens.concat()
}

/// Strings, marks and words; together they are the text.
fn tokens(json: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let (mut in_string, mut escaped) = (false, false);
    for letter in json.chars() {
        let mark = "{}[]:,".contains(letter);
        let grows = in_string
            || (!mark
                && letter != '"'
                && tokens
                    .last()
                    .is_some_and(|token| !token.ends_with(['{', '}', '[', ']', ':', ',', '"'])));
        match tokens.last_mut() {
            Some(token) if grows => token.push(letter),
            _ => tokens.push(letter.to_string()),
        }
        if letter == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = letter == '\\' && !escaped;
    }
    tokens
}

/// splitmix64: the same mutants every time, without a dependency.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        // The remainder is below a usize.
        usize::try_from(mixed % limit as u64).unwrap_or_default()
    }

    fn one<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}
