//! Answers that the RFCs print.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey};
use raspiska_shared::{
    digest::Digest,
    receipt::{DisclosureFault, Receipt, ReceiptError},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::{
    actors::{alice, contact},
    forge::Parts,
};

/// RFC 8037, appendices A.1 and A.4: key, signing input, signature.
#[test]
fn the_signature_of_rfc_8037_comes_out() {
    let mut seed = [0; 32];
    Base64UrlUnpadded::decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", &mut seed).unwrap();
    let key = SigningKey::from_bytes(&seed);
    let input = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    let expected =
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let signature = key.sign(input);
    assert_eq!(
        Base64UrlUnpadded::encode_string(&signature.to_bytes()),
        expected
    );
    let read = Signature::from_slice(&Base64UrlUnpadded::decode_vec(expected).unwrap()).unwrap();
    assert!(key.verifying_key().verify_strict(input, &read).is_ok());
}

/// RFC 9901, section 4.2.3: the digest is over the encoded text, white space in its JSON included.
#[test]
fn the_digest_of_rfc_9901_comes_out() {
    let encoded = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    let digest = "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY";
    assert_eq!(Digest::of(encoded.as_bytes()).to_string(), digest);

    // Its salt is shorter than a receipt's: the value is refused for that, and for nothing before that.
    let mut parts =
        Parts::of(contact(), &alice()).payload("\"_sd\":[", &format!("\"_sd\":[\"{digest}\","));
    parts.disclosures.push(encoded.to_owned());
    assert_eq!(
        Receipt::open(parts.sign(&alice()).as_bytes()),
        Err(ReceiptError::Disclosure(DisclosureFault::Salt))
    );
}

/// The spelling of a disclosure's JSON is free, as in the RFC's own examples.
#[test]
fn white_space_in_a_disclosure_is_part_of_what_was_signed() {
    let parts = Parts::of(contact(), &alice())
        .disclosing(r#"["pKSkpKSkpKSkpKSkpKSkpA", "family_name", "M\u00f6bius"]"#);
    let receipt = Receipt::open(parts.sign(&alice()).as_bytes()).unwrap();
    let shown = receipt.disclosures().last().unwrap();
    assert_eq!((shown.name(), shown.value()), ("family_name", "Möbius"));
}
