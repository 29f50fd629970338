//! The device's key: made when it is first needed, kept where decisions are kept, never sent. Who clears the browser's
//! storage becomes a new pseudonym; the withdrawal codes in downloaded receipts remain.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::SigningKey;
use zeroize::Zeroizing;

use crate::{host, storage};

/// The key; nothing if the browser has no randomness.
pub(crate) fn device() -> Option<SigningKey> {
    let mut seed = Zeroizing::new([0; 32]);
    let kept = host::get(storage::KEY).unwrap_or_default();
    if Base64UrlUnpadded::decode(&kept, seed.as_mut()).is_ok_and(|seed| seed.len() == 32) {
        return Some(SigningKey::from_bytes(&seed));
    }
    getrandom::fill(seed.as_mut()).ok()?;
    host::set(
        storage::KEY,
        Some(&Base64UrlUnpadded::encode_string(seed.as_ref())),
    );
    Some(SigningKey::from_bytes(&seed))
}

/// A name that nobody else gives.
pub(crate) fn random_id() -> String {
    let mut bytes = [0; 16];
    // A repeated id would only confuse two items of one outbox; the receipt's own id is drawn when it is signed.
    let _ = getrandom::fill(&mut bytes);
    Base64UrlUnpadded::encode_string(&bytes)
}
