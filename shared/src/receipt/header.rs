//! The JOSE header: one algorithm, one key type, the key inside. The token never chooses.

use alloc::{format, string::String};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};

use super::{error::HeaderFault, json};
use crate::{digest::Digest, party::SubjectId};

const TYPE: &str = "consent-receipt+sd-jwt";
const CURVE: &str = "Ed25519";
const KEY_TYPE: &str = "OKP";
/// RFC 8037 section 3.1.
const ALGORITHM: &str = "EdDSA";
/// RFC 9864 section 2.2: the same algorithm under its full name.
const ALGORITHM_FULL: &str = "Ed25519";

// Unknown members are refused: `crit`, `jku`, `x5u` and the like ask a verifier to do something else than what it does.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    jwk: Jwk,
    typ: String,
}

// RFC 8037 section 2. Refusing unknown members also refuses `d`, a private key sent by mistake.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    crv: String,
    kty: String,
    x: String,
}

/// The header of a receipt signed by `key`, as JSON with its members in lexical order.
pub(super) fn write(key: &VerifyingKey) -> String {
    format!(
        r#"{{"alg":"{ALGORITHM}","jwk":{},"typ":"{TYPE}"}}"#,
        jwk(key)
    )
}

/// The key in a header, if the header is one of a receipt.
pub(super) fn read(bytes: &[u8]) -> Result<VerifyingKey, HeaderFault> {
    let (header, _) = json::object::<Header>(bytes).map_err(HeaderFault::Json)?;
    if header.alg != ALGORITHM && header.alg != ALGORITHM_FULL {
        return Err(HeaderFault::Algorithm);
    }
    if header.typ != TYPE {
        return Err(HeaderFault::Type);
    }
    if header.jwk.kty != KEY_TYPE || header.jwk.crv != CURVE {
        return Err(HeaderFault::KeyType);
    }
    let mut x = [0; 32];
    match Base64UrlUnpadded::decode(&header.jwk.x, &mut x) {
        Ok(decoded) if decoded.len() == 32 => {}
        _ => return Err(HeaderFault::Key),
    }
    VerifyingKey::from_bytes(&x).map_err(|_| HeaderFault::Key)
}

/// The public key as JWK, members in lexical order and no white space: the input of RFC 7638 section 3.3.
fn jwk(key: &VerifyingKey) -> String {
    let x = Base64UrlUnpadded::encode_string(key.as_bytes());
    format!(r#"{{"crv":"{CURVE}","kty":"{KEY_TYPE}","x":"{x}"}}"#)
}

/// The pseudonym of whoever holds `key`: its RFC 7638 thumbprint with SHA-256.
#[must_use]
pub fn thumbprint(key: &VerifyingKey) -> SubjectId {
    SubjectId(Digest::of(jwk(key).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_thumbprint_of_rfc_8037_appendix_a_3_comes_out() {
        let mut x = [0; 32];
        Base64UrlUnpadded::decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", &mut x).unwrap();
        let key = VerifyingKey::from_bytes(&x).unwrap();
        assert_eq!(
            thumbprint(&key).0.to_string(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
        assert_eq!(read(write(&key).as_bytes()).unwrap(), key);
    }
}
