//! The vendor's encryption: whatever comes is decrypted or refused, and what was encrypted comes back.
//!
//! The first byte says how long the key is.

use airudder_client::encryption::{EncryptionError, Key, digest};

/// Decrypts the input, and encrypts it.
pub fn run(data: &[u8]) {
    let Some((first, text)) = data.split_first() else { return };
    let length = [16, 24, 32, 0, 15, 33][usize::from(*first) % 6];
    let key = match (Key::new(vec![*first; length]), length) {
        (Ok(key), 16 | 24 | 32) => key,
        (Err(error), 0 | 15 | 33) => return assert_eq!(error, EncryptionError::KeyLength(length)),
        (outcome, length) => panic!("{length} bytes: {outcome:?}"),
    };
    decrypt(&key, text);
    encrypt(&key, text);
}

fn decrypt(key: &Key, text: &[u8]) {
    let plain = key.decrypt(text);
    let verified = key.decrypt_verified(text, None);
    if let Ok(plain) = &plain {
        assert!(plain.last() != Some(&0), "zero bytes at the end are padding");
        match std::str::from_utf8(plain) {
            Ok(_) => assert_eq!(verified.as_ref(), Ok(plain)),
            Err(_) => assert_eq!(verified, Err(EncryptionError::WrongKey)),
        }
        assert_eq!(key.decrypt_callback(text, Some(&digest(plain))).as_ref(), Ok(plain));
        assert!(key.decrypt_callback(text, Some(&digest(b"another"))).is_err());
    } else {
        assert_eq!(verified, plain);
    }
    assert_eq!(key.decrypt_callback(text, Some(" ")), Err(EncryptionError::NoDigest));
}

fn encrypt(key: &Key, text: &[u8]) {
    let (encrypted, signed) = (key.encrypt(text), digest(text));
    assert_eq!(key.decrypt_verified(encrypted.as_bytes(), Some(&signed)).as_deref(), Ok(text));
    let in_lines: Vec<u8> =
        encrypted.as_bytes().chunks(76).flat_map(|line| [line, b"\r\n"].concat()).collect();
    assert_eq!(key.decrypt_callback(&in_lines, Some(&signed)).as_deref(), Ok(text));
    let shown = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    assert_eq!(key.decrypt(encrypted.as_bytes()).as_deref(), Ok(&text[..shown]));
}
