//! The vendor's encryption of requests and answers: AES in ECB mode, with a digest of the plain text.
//!
//! **This is compatibility, not protection.** ECB without an initialisation vector shows repeated blocks, and
//! `Signed` is a SHA-256 digest without a key, sent in the clear: a query that holds one phone number can be
//! guessed from it, and it proves nothing about who sent it. Switch it on where the vendor demands it for
//! your account, and keep TLS as the protection that it is.
//!
//! ```
//! use airudder_client::{Client, encryption::Key};
//! # use airudder_simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::builder().encryption(Key::new("airudderredduria")?).start().await?;
//! # let builder = || {
//! #     Client::builder()
//! #         .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
//! #         .base_url(simulator.base_url())
//! # };
//!
//! // let builder = || Client::builder().credentials("application key", "application secret");
//! // The vendor's published test key:
//! let client = builder().encryption(Key::new("airudderredduria")?).build()?;
//! let tasks = client.collection().list_tasks().number(10).page(1).send().await?;
//! println!("{tasks}");
//! # let wrong = builder().encryption(Key::new("0123456789abcdef")?).build()?;
//! # assert!(wrong.collection().list_tasks().number(10).page(1).send().await.is_err());
//! # Ok(()) }
//! ```
//!
//! What is encrypted: the query string of a GET (it is then sent as bare base64 text behind the `?`), the
//! body of a POST, and those answers that say so in their own header `Is-Encrypted`. Token calls and the
//! chatbot family are never encrypted; nobody has confirmed the scheme for them. What the vendor's pages
//! leave open: the media type of an encrypted body
//! ([`ClientBuilder::encryption_content_type`](crate::ClientBuilder::encryption_content_type)) and whether
//! callbacks use the same scheme ([`Key::decrypt_callback`]). Vendor's pages: doc-1678219, doc-6917040.

use std::fmt;

use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockDecrypt, BlockEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use base64::Engine as _;
use base64::alphabet::STANDARD as STANDARD_ALPHABET;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, PAD, STANDARD};
use reqwest::header::HeaderName;
use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest, Sha256};

/// Length of a text without the zero bytes at its end.
fn text_length(plain: &[u8]) -> usize {
    plain.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}

/// Base64 as it comes: with its padding or without.
const TOLERANT: GeneralPurpose =
    GeneralPurpose::new(&STANDARD_ALPHABET, PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// The text in one piece: MIME encoders, OpenSSL and Android break it into lines, and some frameworks put it
/// between quotation marks, with the lines and slashes escaped.
fn joined(encrypted: &[u8]) -> Vec<u8> {
    let text = encrypted.strip_prefix("\u{feff}".as_bytes()).unwrap_or(encrypted).trim_ascii();
    if let Some(quoted) = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")) {
        let unescaped = serde_json::from_slice::<String>(text).map(String::into_bytes);
        return without_spaces(&unescaped.unwrap_or_else(|_| quoted.to_vec()));
    }
    without_spaces(text)
}

fn without_spaces(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
}

/// Length of an AES block.
const BLOCK: usize = 16;

/// Header that says that a request or an answer is encrypted; its value is then `1`.
pub const IS_ENCRYPTED: HeaderName = HeaderName::from_static("is-encrypted");

/// Header that holds the digest of the plain text.
pub const SIGNED: HeaderName = HeaderName::from_static("signed");

/// What can be wrong with a key or with something encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptionError {
    /// AES keys have 16, 24 or 32 bytes.
    #[error("an AES key has 16, 24 or 32 bytes, this one has {0}")]
    KeyLength(usize),
    /// The text is not base64.
    #[error("the encrypted text is not base64")]
    NotBase64,
    /// The text is base64, but not of whole AES blocks: it is cut off, or not encrypted at all.
    #[error("the encrypted text is not a whole number of AES blocks")]
    NotBlocks,
    /// Nothing readable comes out: another key was used.
    #[error("the encrypted text cannot be read with this key")]
    WrongKey,
    /// The text can be read and is not the one that the digest was taken of.
    #[error("the digest does not belong to the decrypted text")]
    WrongDigest,
    /// The digest is missing.
    #[error("there is no digest")]
    NoDigest,
}

/// An encryption key. `Debug` does not show it.
///
/// The vendor hands the production key out on request; nothing says that it is the application secret.
#[derive(Clone)]
pub struct Key(SecretSlice<u8>);

impl Key {
    /// A key from its text (or bytes): 16, 24 or 32 bytes long.
    ///
    /// # Errors
    /// [`EncryptionError::KeyLength`] for any other length.
    pub fn new(key: impl AsRef<[u8]>) -> Result<Self, EncryptionError> {
        let key = key.as_ref();
        match key.len() {
            16 | 24 | 32 => Ok(Self(key.to_vec().into())),
            other => Err(EncryptionError::KeyLength(other)),
        }
    }

    /// Its text, to be kept out of what is shown; `None` of bytes that are none.
    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.0.expose_secret()).ok()
    }

    /// Encrypts a text, as base64.
    ///
    /// ```
    /// use airudder_client::encryption::Key;
    ///
    /// let key = Key::new("airudderredduria")?;
    /// assert_eq!(key.encrypt(br#"{"Number":10}"#), "0UctL7H7qvqjiIZ/x6JCrA==");
    /// # Ok::<(), airudder_client::encryption::EncryptionError>(())
    /// ```
    pub fn encrypt(&self, plain: &[u8]) -> String {
        // Zero bytes are always appended, a whole block of them after a full one: the "zero padding" of
        // libraries is another one.
        let mut blocks = plain.to_vec();
        blocks.resize(plain.len() + BLOCK - plain.len() % BLOCK, 0);
        self.with_cipher(|cipher| cipher.encrypt(&mut blocks));
        STANDARD.encode(blocks)
    }

    /// Decrypts a base64 text and takes all zero bytes off its end. There is no check but that of the form:
    /// see [`decrypt_verified`](Self::decrypt_verified).
    ///
    /// # Errors
    /// [`EncryptionError::NotBase64`] and [`EncryptionError::NotBlocks`].
    pub fn decrypt(&self, encrypted: &[u8]) -> Result<Vec<u8>, EncryptionError> {
        let mut plain = self.decrypt_blocks(encrypted)?;
        plain.truncate(text_length(&plain));
        Ok(plain)
    }

    fn decrypt_blocks(&self, encrypted: &[u8]) -> Result<Vec<u8>, EncryptionError> {
        let mut plain = TOLERANT.decode(joined(encrypted)).map_err(|_| EncryptionError::NotBase64)?;
        if plain.is_empty() || !plain.len().is_multiple_of(BLOCK) {
            return Err(EncryptionError::NotBlocks);
        }
        self.with_cipher(|cipher| cipher.decrypt(&mut plain));
        Ok(plain)
    }

    /// Decrypts a base64 text and compares the digest that came with it. Zero bytes at its end, as files have
    /// them, are kept where the digest says that they belong to it.
    ///
    /// # Errors
    /// As [`decrypt`](Self::decrypt); [`EncryptionError::WrongDigest`], or [`EncryptionError::WrongKey`] if
    /// what comes out is not even text. Without a digest a text is taken as it is.
    pub fn decrypt_verified(
        &self,
        encrypted: &[u8],
        signed: Option<&str>,
    ) -> Result<Vec<u8>, EncryptionError> {
        let mut plain = self.decrypt_blocks(encrypted)?;
        let (shortest, whole) = (text_length(&plain), plain.len());
        let signed = signed.map(str::trim).filter(|s| !s.is_empty());
        // The padding is a block at most: of more zero bytes than that, the others are the text's own.
        let longer = shortest.max(whole - BLOCK)..whole;
        let fits = |length: &usize| {
            signed.is_some_and(|signed| digest(&plain[..*length]).eq_ignore_ascii_case(signed))
        };
        let fitting = std::iter::once(shortest).chain(longer).find(fits);
        plain.truncate(fitting.unwrap_or(shortest));
        let readable = std::str::from_utf8(&plain).is_ok();
        match signed {
            Some(_) if fitting.is_some() => Ok(plain),
            None if readable => Ok(plain),
            Some(_) if readable => Err(EncryptionError::WrongDigest),
            _ => Err(EncryptionError::WrongKey),
        }
    }

    /// Decrypts the body of a callback. `signed` is its header `Signed`, which must be there.
    ///
    /// The vendor has a page on the encryption of callbacks (doc-6627323) whose content is not known. That
    /// they use the cipher and the headers of requests is **assumed**, so nothing calls this for you.
    ///
    /// # Errors
    /// As [`decrypt_verified`](Self::decrypt_verified); [`EncryptionError::NoDigest`] if there is no digest.
    pub fn decrypt_callback(&self, body: &[u8], signed: Option<&str>) -> Result<Vec<u8>, EncryptionError> {
        match signed.map(str::trim).filter(|s| !s.is_empty()) {
            Some(signed) => self.decrypt_verified(body, Some(signed)),
            None => Err(EncryptionError::NoDigest),
        }
    }

    fn with_cipher(&self, work: impl FnOnce(&Cipher)) {
        let key = self.0.expose_secret();
        // `new` lets only these lengths in; whatever else there could be is left as it is rather than a
        // panic.
        let cipher = match key.len() {
            16 => Aes128::new_from_slice(key).map(Cipher::Aes128),
            24 => Aes192::new_from_slice(key).map(Cipher::Aes192),
            _ => Aes256::new_from_slice(key).map(Cipher::Aes256),
        };
        if let Ok(cipher) = cipher {
            work(&cipher);
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(<redacted>)")
    }
}

impl TryFrom<&str> for Key {
    type Error = EncryptionError;

    fn try_from(key: &str) -> Result<Self, Self::Error> {
        Self::new(key)
    }
}

/// The digest of a plain text: SHA-256, as 64 lower-case hexadecimal digits.
pub fn digest(plain: &[u8]) -> String {
    use fmt::Write as _;
    Sha256::digest(plain).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

enum Cipher {
    Aes128(Aes128),
    Aes192(Aes192),
    Aes256(Aes256),
}

impl Cipher {
    fn encrypt(&self, bytes: &mut [u8]) {
        for block in bytes.chunks_exact_mut(BLOCK) {
            let block = GenericArray::from_mut_slice(block);
            match self {
                Self::Aes128(c) => c.encrypt_block(block),
                Self::Aes192(c) => c.encrypt_block(block),
                Self::Aes256(c) => c.encrypt_block(block),
            }
        }
    }

    fn decrypt(&self, bytes: &mut [u8]) {
        for block in bytes.chunks_exact_mut(BLOCK) {
            let block = GenericArray::from_mut_slice(block);
            match self {
                Self::Aes128(c) => c.decrypt_block(block),
                Self::Aes192(c) => c.decrypt_block(block),
                Self::Aes256(c) => c.decrypt_block(block),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plain text, base64, digest. The first is the vendor's (doc-1678219), the others were computed with
    /// OpenSSL.
    const VECTORS: [(&str, &str, &str); 5] = [
        (
            "TaskID=69f531a01a9df58aa6de2487be610abb",
            "qbj8cnqKnqR66qDS49ib9ymU1mpMCyp8Dm0gS1VvmnEqTxPGSBzruAU1sapP+cye",
            "6956d7af4c89b89f19f9ae0a8be4bcf12abe7c6ed893691733f3480ad3f3aabc",
        ),
        (
            "0123456789abcdef",
            "6eK3sOQOSuWBIj7Fj0MdEggkmNTgimEHedXC8888uR0=",
            "9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f",
        ),
        ("", "CCSY1OCKYQd51cLzzzy5HQ==", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (
            r#"{"Number":10}"#,
            "0UctL7H7qvqjiIZ/x6JCrA==",
            "b10c978dcb25577b42be517c04683d823238cbff271ec5f8a52baecd83bdcb43",
        ),
        (
            r#"{"Debtor":"借款人"}"#,
            "AETOFcGgS2d3ueP0Np1Iqt9fI+JyCeiEHfVVesS+CHs=",
            "70414134ba2decadd73402fba023e0cad2712901bb0c949179cadf280824eeb4",
        ),
    ];

    fn key() -> Key {
        Key::new("airudderredduria").unwrap()
    }

    #[test]
    fn vectors() {
        for (plain, encrypted, digested) in VECTORS {
            assert_eq!(key().encrypt(plain.as_bytes()), encrypted, "{plain}");
            assert_eq!(digest(plain.as_bytes()), digested, "{plain}");
            let back = key().decrypt_verified(encrypted.as_bytes(), Some(digested)).unwrap();
            assert_eq!(back, plain.as_bytes());
            assert_eq!(
                key().decrypt_callback(format!("{encrypted}\n").as_bytes(), Some(digested)).unwrap(),
                plain.as_bytes()
            );
        }
    }

    #[test]
    fn base64_may_come_in_lines_and_between_quotation_marks() {
        let plain = br#"{"code":200,"data":{"TaskID":"00000000000000000000000000000007"},"status":"OK"}"#;
        let encrypted = key().encrypt(plain);
        let lines = |end: &str| {
            let lines: Vec<&str> =
                encrypted.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
            lines.join(end)
        };
        let forms = [
            lines("\r\n"),
            lines("\n") + "\n",
            lines(" "),
            encrypted.trim_end_matches('=').to_owned(),
            serde_json::Value::from(lines("\n")).to_string().replace('/', "\\/"),
        ];
        for form in forms {
            let back = key().decrypt_verified(form.as_bytes(), Some(&digest(plain)));
            assert_eq!(back.as_deref(), Ok(&plain[..]), "{form}");
        }
    }

    #[test]
    fn zero_bytes_at_the_end_of_a_text_are_kept_where_the_digest_knows_of_them() {
        for zeros in [1, 3, 11, 12, 13, 16, 40] {
            let mut plain = b"RIFF\xFF".to_vec();
            plain.resize(5 + zeros, 0);
            let encrypted = key().encrypt(&plain);
            assert_eq!(
                key().decrypt_verified(encrypted.as_bytes(), Some(&digest(&plain))),
                Ok(plain),
                "{zeros}"
            );
        }
    }

    #[test]
    fn longer_keys_work_and_other_lengths_are_refused() {
        for length in [16, 24, 32] {
            let key = Key::new("k".repeat(length)).unwrap();
            assert_eq!(key.decrypt(key.encrypt(b"text").as_bytes()).unwrap(), b"text");
        }
        assert_eq!(Key::new("short").unwrap_err(), EncryptionError::KeyLength(5));
    }

    #[test]
    fn each_way_to_be_wrong_has_its_error() {
        let (_, encrypted, _) = VECTORS[0];
        let other = digest(b"another text");
        let decrypt = |bytes: &[u8], signed| key().decrypt_verified(bytes, signed).unwrap_err();
        assert_eq!(decrypt(b"{\"code\":401}", None), EncryptionError::NotBase64);
        assert_eq!(decrypt(b"", None), EncryptionError::NotBlocks);
        assert_eq!(decrypt(&encrypted.as_bytes()[..8], None), EncryptionError::NotBlocks);
        assert_eq!(decrypt(encrypted.as_bytes(), Some(&other)), EncryptionError::WrongDigest);
        let wrong = Key::new("0000000000000000").unwrap();
        assert_eq!(
            wrong.decrypt_verified(encrypted.as_bytes(), Some(&other)).unwrap_err(),
            EncryptionError::WrongKey
        );
        assert_eq!(
            wrong.decrypt_verified(encrypted.as_bytes(), None).unwrap_err(),
            EncryptionError::WrongKey
        );
        assert_eq!(
            key().decrypt_callback(encrypted.as_bytes(), None).unwrap_err(),
            EncryptionError::NoDigest
        );
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", key()), "Key(<redacted>)");
    }
}
