//! The secret in a URL: kept as its digest, compared in constant time.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

/// So many characters it must have at least: of 64 to choose from these are 126 bits.
const SHORTEST: usize = 21;
const LONGEST: usize = 200;

/// A segment of a URL's path that only the vendor knows. `Debug` does not show it, and only its digest is
/// kept.
///
/// ```
/// use airudder_client::receive::Secret;
///
/// let secret = Secret::new("kZ0vQx7w2uYbN4mEr9TfLs1p")?; // from your configuration
/// assert_eq!(format!("{secret:?}"), "Secret(<redacted>)");
/// assert!(Secret::new("secret").is_err());
/// # Ok::<(), airudder_client::receive::SecretError>(())
/// ```
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A secret from its text: 21 to 200 letters, digits, `-`, `_`, `.` or `~`, which stand in a path as they
    /// are.
    ///
    /// # Errors
    /// [`SecretError`] for any other text.
    pub fn new(text: impl AsRef<str>) -> Result<Self, SecretError> {
        let text = text.as_ref();
        if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b)) {
            return Err(SecretError::Characters);
        }
        match text.len() {
            SHORTEST..=LONGEST => Ok(Self(digest(text))),
            length => Err(SecretError::Length(length)),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(<redacted>)")
    }
}

/// What is wrong with a secret. It does not show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// It can be guessed, or is too long for a URL.
    #[error("a secret has {SHORTEST} to {LONGEST} characters, this one has {0}")]
    Length(usize),
    /// It has a character that a path holds in more than one form.
    #[error("a secret is made of ASCII letters, digits and the characters - _ . ~")]
    Characters,
}

/// Whether this text is one of the secrets. The time that it takes depends on how many there are, and on the
/// length of the text: digests are compared, all of them, to their ends.
pub(super) fn is_one_of(secrets: &[Secret], text: &str) -> bool {
    let digest = digest(text);
    let found = secrets.iter().fold(Choice::from(0), |found, secret| found | secret.0.ct_eq(&digest));
    found.into()
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "old-0123456789abcdefghij";
    const NEW: &str = "new-0123456789abcdefghij";

    #[test]
    fn any_of_the_secrets_will_do_and_nothing_else() {
        let secrets = [Secret::new(OLD).unwrap(), Secret::new(NEW).unwrap()];
        assert!(is_one_of(&secrets, OLD) && is_one_of(&secrets, NEW));
        let near = [&OLD[1..], &OLD[..OLD.len() - 1], "", "Old-0123456789abcdefghij"].map(str::to_owned);
        for text in near.into_iter().chain([format!("{OLD} "), format!("{OLD}{NEW}"), format!("{OLD}\0")]) {
            assert!(!is_one_of(&secrets, &text), "{text}");
        }
        assert!(!is_one_of(&[], "") && !is_one_of(&[], OLD));
    }

    #[test]
    fn a_secret_that_can_be_guessed_or_written_in_two_ways_is_refused() {
        assert_eq!(Secret::new("").unwrap_err(), SecretError::Length(0));
        assert_eq!(Secret::new("a".repeat(20)).unwrap_err(), SecretError::Length(20));
        assert_eq!(Secret::new("a".repeat(201)).unwrap_err(), SecretError::Length(201));
        for wrong in ["0123456789abcdef/01234", "0123456789abcdef%2012345", "0123456789abcdefé01234"] {
            assert_eq!(Secret::new(wrong).unwrap_err(), SecretError::Characters, "{wrong}");
        }
        assert!(Secret::new("a".repeat(21)).is_ok() && Secret::new("a".repeat(200)).is_ok());
    }

    /// Time cannot be tested on a shared machine; what it depends on can be read.
    #[test]
    fn digests_are_compared_in_constant_time_and_no_other_way() {
        let source = include_str!("secret.rs").split("mod tests").next().unwrap();
        assert_eq!(source.matches(".ct_eq(").count(), 1);
        for other in ["==", "!=", "derive(PartialEq", ".any(", ".contains(&digest", "starts_with"] {
            assert!(!source.contains(other), "{other}");
        }
    }
}
