//! Keys that make a repeated call the same call.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// A new key: a UUID of version 4, 36 characters, from the randomness of the operating system.
pub(super) fn new_key() -> String {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        bytes = fallback();
    }
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut key = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            key.push('-');
        }
        key.push_str(&format!("{byte:02x}"));
    }
    key
}

/// Where the system gives no randomness: what no other key of this machine has. The hashers have random seeds
/// of their own.
fn fallback() -> [u8; 16] {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let made = MADE.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
    let half = || {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u128(now);
        hasher.write_u32(process::id());
        hasher.write_u64(made);
        hasher.finish()
    };
    (u128::from(half()) << 64 | u128::from(half())).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_uuids_and_never_the_same() {
        let keys: std::collections::HashSet<String> = (0..1000).map(|_| new_key()).collect();
        assert_eq!(keys.len(), 1000);
        for key in &keys {
            assert_eq!((key.len(), &key[14..15]), (36, "4"), "{key}");
            assert!(key.chars().all(|c| c == '-' || c.is_ascii_hexdigit()));
        }
        assert_ne!(fallback(), fallback());
    }
}
