//! Links for letters: whoever follows one takes back one purpose of one receipt, without logging in. 38-ФЗ art. 18(1), RFC 8058.
//!
//! ```text
//! key   = XChaCha20-Poly1305 key derived from the vault's: SHA-256("raspiska/unsubscribe/v1/key" LF vault key)
//! token = base64url(nonce(24) || XChaCha20-Poly1305(key, nonce, receipt(32) || purpose; "raspiska/unsubscribe/v1" LF site))
//! ```
//! Sealed, not only signed: a link tells nobody which receipt it is about. It opens nothing but this one withdrawal.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use raspiska_shared::{digest::Digest, purpose::PurposeId};

use crate::vault::{Vault, VaultError};

/// Longest token that is looked at: 24 of nonce, 32 of hash, 64 of purpose, 16 of tag, in base64.
const MAX_TOKEN: usize = (24 + 32 + PurposeId::MAX_LEN + 16usize).div_ceil(3) * 4;

/// What a link is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) receipt: Digest,
    pub(crate) purpose: PurposeId,
}

/// Makes and reads links of one site.
pub(crate) struct Tickets<'a> {
    pub(crate) vault: &'a Vault,
    pub(crate) site: &'a str,
}

impl Tickets<'_> {
    /// The token of a link. Two of the same differ.
    pub(crate) fn issue(&self, ticket: &Ticket) -> Result<String, VaultError> {
        let plain = [
            &ticket.receipt.as_bytes()[..],
            ticket.purpose.as_str().as_bytes(),
        ]
        .concat();
        let sealed = self.vault.seal_link(self.site, &plain)?;
        Ok(Base64UrlUnpadded::encode_string(&sealed))
    }

    /// What a token is about; none: not one of ours, or of another site.
    pub(crate) fn read(&self, token: &str) -> Option<Ticket> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let sealed = Base64UrlUnpadded::decode_vec(token).ok()?;
        let plain = self.vault.open_link(self.site, &sealed).ok()?;
        let (receipt, purpose) = plain.split_first_chunk::<32>()?;
        Some(Ticket {
            receipt: Digest::from_bytes(*receipt),
            purpose: std::str::from_utf8(purpose).ok()?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn a_token_is_read_where_it_was_issued_and_nowhere_else() {
        let vault = Vault::new(Zeroizing::new([7; 32]));
        let other = Vault::new(Zeroizing::new([8; 32]));
        let tickets = Tickets {
            vault: &vault,
            site: "jetcrm",
        };
        let longest = format!("a{}", "b".repeat(PurposeId::MAX_LEN - 1));
        for purpose in ["advertising", "a/b", &longest] {
            let ticket = Ticket {
                receipt: Digest::of(b"receipt"),
                purpose: purpose.parse().unwrap(),
            };
            let token = tickets.issue(&ticket).unwrap();
            assert_ne!(token, tickets.issue(&ticket).unwrap());
            assert_eq!(tickets.read(&token), Some(ticket));
            let elsewhere = [(&vault, "other"), (&other, "jetcrm")];
            for (vault, site) in elsewhere {
                assert_eq!(Tickets { vault, site }.read(&token), None);
            }
            let mut bytes = token.clone().into_bytes();
            for at in 0..bytes.len() {
                bytes[at] ^= 1;
                let changed = String::from_utf8_lossy(&bytes).into_owned();
                assert_eq!(tickets.read(&changed), None, "{at}");
                bytes[at] ^= 1;
            }
        }
        for token in ["", "x", &"A".repeat(MAX_TOKEN + 4)] {
            assert_eq!(tickets.read(token), None);
        }
    }
}
