//! `cosignature/`: a checkpoint's note with a witness's word under it. Key: `vkey`, the witness's verifier key.

use base64ct::{Base64, Encoding as _};
use ed25519_dalek::{Signer as _, SigningKey};
use raspiska_shared::{log::note::NoteSigner, problem::Kind};

use crate::{
    actors::{SIGNED, WITNESS, log, other_witness, witness},
    forge::swap,
    logs::{SIZE, checkpoint},
    vector::Vector,
};

/// A checkpoint of a public log of certificates with lines of three witnesses, as it was served, and the key of one of them.
const PUBLIC_VKEY: &str = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
const PUBLIC_NOTE: &str = "arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

\u{2014} arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
\u{2014} witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
\u{2014} remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
\u{2014} witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
";

/// When the witness saw the checkpoint.
const TIME: u64 = SIGNED + 7;

pub(crate) fn vectors() -> Vec<Vector> {
    [accepted(), refused(), keys()].concat()
}

/// The text that is cosigned.
fn text() -> String {
    let note = note();
    note[..=note.rfind("\n\n").unwrap()].to_owned()
}

/// The log's own note.
fn note() -> String {
    checkpoint(SIZE).sign(&log())
}

fn cosigned() -> String {
    note() + &witness().cosign(&text(), TIME)
}

/// A line with the witness's name and id, and these bytes for a signature.
fn line(signature: &[u8]) -> String {
    let vkey = witness().vkey().to_string();
    let id = u32::from_str_radix(vkey.split('+').nth(1).unwrap(), 16).unwrap();
    let blob = [&id.to_be_bytes()[..], signature].concat();
    format!("\u{2014} {WITNESS} {}\n", Base64::encode_string(&blob))
}

/// A line that the witness signed, but not as the format says.
fn signed(time: u64, message: &str) -> String {
    let signature = key().sign(message.as_bytes()).to_bytes();
    line(&[&time.to_be_bytes()[..], &signature].concat())
}

/// The witness's key.
fn key() -> SigningKey {
    SigningKey::from_bytes(&[6; 32])
}

fn ok(case: &str, comment: &str, body: String) -> Vector {
    Vector::ok(&format!("cosignature/{case}"), comment, body).key("vkey", witness().vkey())
}

fn accepted() -> Vec<Vector> {
    // A post-quantum cosignature by the same witness: type 0x06, 8 bytes of time and 2420 of ML-DSA-44.
    let unknown = Base64::encode_string(&[0x06; 4 + 8 + 2420]);
    vec![
        ok("one", "a checkpoint and one witness", cosigned()),
        ok(
            "two",
            "two witnesses; the other one is an unknown key",
            note() + &other_witness().cosign(&text(), TIME) + &witness().cosign(&text(), TIME),
        ),
        ok(
            "unknown-type",
            "the same witness with a signature of an unknown type",
            format!("{}\u{2014} {WITNESS} {unknown}\n", cosigned()),
        ),
        ok(
            "twice",
            "the witness twice, at two times",
            cosigned() + &witness().cosign(&text(), TIME + 1),
        ),
        ok(
            "largest-time",
            "the largest time",
            note() + &witness().cosign(&text(), u64::MAX >> 1),
        ),
        Vector::ok(
            "cosignature/public",
            "a public log's checkpoint, cosigned by public witnesses",
            PUBLIC_NOTE,
        )
        .key("vkey", PUBLIC_VKEY),
    ]
}

fn refused() -> Vec<Vector> {
    let bad = |case: &str, comment: &str, body: String| {
        let path = format!("cosignature/{case}");
        Vector::bad(&path, Kind::NoteSignature, comment, body).key("vkey", witness().vkey())
    };
    let header = |time: u64| format!("cosignature/v1\ntime {time}\n");
    vec![
        bad("missing", "signed by the log alone", note()),
        bad(
            "other-witness",
            "cosigned by an unknown witness alone",
            note() + &other_witness().cosign(&text(), TIME),
        ),
        bad(
            "text-changed",
            "another size than was cosigned",
            swap(&cosigned(), "\n5\n", "\n6\n"),
        ),
        bad(
            "time-changed",
            "another time than was signed",
            note() + &signed(TIME + 1, &(header(TIME) + &text())),
        ),
        bad(
            "time-zeroes",
            "the signed time has a leading zero",
            note() + &signed(TIME, &format!("cosignature/v1\ntime 0{TIME}\n{}", text())),
        ),
        bad(
            "time-large",
            "a time of 2^63",
            note() + &witness().cosign(&text(), 1 << 63),
        ),
        bad(
            "time-missing",
            "a signature without its time",
            note() + &line(&key().sign((header(TIME) + &text()).as_bytes()).to_bytes()),
        ),
        bad(
            "header-missing",
            "the checkpoint's text was signed, without header and time",
            note() + &signed(TIME, &text()),
        ),
        bad(
            "header-other",
            "another version in the header",
            note() + &signed(TIME, &format!("cosignature/v2\ntime {TIME}\n{}", text())),
        ),
        bad(
            "plain-type",
            "the witness's key signed as a log's does, with type 0x01",
            note() + &plain(),
        ),
        bad(
            "signature-short",
            "a signature of 63 bytes",
            note() + &line(&[0; 8 + 63]),
        ),
        bad(
            "known-key-twice",
            "a good and a bad cosignature of the witness",
            cosigned() + &line(&[0; 8 + 64]),
        ),
    ]
}

/// The line under the same text that the witness's key would make as a log's key.
fn plain() -> String {
    let note = NoteSigner::new(WITNESS, key()).unwrap().sign(&text());
    note.rsplit_once("\n\n").unwrap().1.to_owned()
}

fn keys() -> Vec<Vector> {
    let vkey = witness().vkey().to_string();
    let mut parts = vkey.splitn(3, '+');
    let (name, id, key) = (
        parts.next().unwrap(),
        parts.next().unwrap(),
        parts.next().unwrap(),
    );
    let raw = Base64::decode_vec(key).unwrap();
    let plain = NoteSigner::new(WITNESS, self::key()).unwrap();
    let bad = |case: &str, comment: &str, vkey: String| {
        let path = format!("cosignature/vkey-{case}");
        Vector::bad(&path, Kind::Vkey, comment, cosigned()).key("vkey", vkey)
    };
    vec![
        bad(
            "type",
            "a key of type 0x01, which signs notes",
            plain.vkey().to_string(),
        ),
        bad(
            "id",
            "the key id is that of type 0x01",
            format!(
                "{name}+{}+{key}",
                plain.vkey().to_string().split('+').nth(1).unwrap()
            ),
        ),
        bad(
            "short",
            "a key of 31 bytes",
            format!("{name}+{id}+{}", Base64::encode_string(&raw[..32])),
        ),
    ]
}
