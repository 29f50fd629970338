//! Passwords: kept as Argon2id, RFC 9106, with the parameters that OWASP asks for at least: 19 MiB, two passes.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};

/// Shortest password, in characters: NIST SP 800-63B-4 asks for 15 where nothing else protects a login.
const MIN: usize = 15;
/// Longest, in bytes: more is no password, and would only be work.
const MAX: usize = 256;
/// What an unknown login is compared with, so that it takes as long as a known one. Nobody knows its password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$0mxo2JMW9EX2YyvbpNYqKA$0dYxj4hVnQk1mJt2XcVfYl6QnW3pR8sT5uA7bC9dE1g";

/// The password cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasswordError {
    /// The system has no randomness or no memory.
    #[error("the password cannot be hashed here; look at the system's memory")]
    Hash,
    /// Over the limit.
    #[error("the password is longer than {MAX} bytes; take a shorter one")]
    Long,
    /// Guessable.
    #[error(
        "the password is shorter than {MIN} characters; a few words in a row are easy to keep in mind"
    )]
    Short,
}

/// The password as it is kept.
pub(crate) fn hash(password: &str) -> Result<String, PasswordError> {
    if password.len() > MAX {
        return Err(PasswordError::Long);
    }
    if password.chars().count() < MIN {
        return Err(PasswordError::Short);
    }
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|_| PasswordError::Hash)
}

/// Is it the password that was kept? None: of nobody, which takes as long. Blocks for tens of milliseconds.
pub(super) fn fits(password: &str, kept: Option<&str>) -> bool {
    let Ok(hash) = PasswordHash::new(kept.unwrap_or(NOBODY)) else {
        return false;
    };
    let fits = password.len() <= MAX
        && Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok();
    fits && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_password_fits_and_no_other() {
        let kept = hash("верная лошадь батарея").unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(fits("верная лошадь батарея", Some(&kept)));
        assert!(!fits("верная лошадь батарей", Some(&kept)));
        assert!(!fits("верная лошадь батарея", None));
        assert_ne!(hash("верная лошадь батарея").unwrap(), kept, "salted");
    }

    #[test]
    fn nobody_is_compared_with_the_same_effort() {
        let (nobody, own) = (
            PasswordHash::new(NOBODY).unwrap(),
            hash("a password of some length").unwrap(),
        );
        let own = PasswordHash::new(&own).unwrap();
        assert_eq!(nobody.algorithm, own.algorithm);
        assert_eq!(nobody.params, own.params);
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert_eq!(hash("fourteen chars"), Err(PasswordError::Short));
        assert_eq!(hash(&"x".repeat(257)), Err(PasswordError::Long));
        assert!(hash("fifteen chars.!").is_ok());
    }
}
