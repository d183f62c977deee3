//! The body of a request: bounded in size and time, decompressed, decrypted.

use std::io::Read as _;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt as _;

use super::rejection::Reason;
use crate::encryption::{EncryptionError, IS_ENCRYPTED, Key, SIGNED};

/// Reads a body as it comes, no more than `max` bytes of it.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    max: usize,
    timeout: Duration,
) -> Result<Bytes, Reason> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: u64| length > max as u64) {
        return Err(Reason::TooLarge);
    }
    let whole = async {
        let mut pieces = body.into_data_stream();
        let mut read = BytesMut::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| Reason::Broken)?;
            if read.len() + piece.len() > max {
                return Err(Reason::TooLarge);
            }
            read.extend_from_slice(&piece);
        }
        Ok(read.freeze())
    };
    tokio::time::timeout(timeout, whole).await.unwrap_or(Err(Reason::TooSlow))
}

/// Decompresses a body. What looks like gzip is, whether anybody says so or not, and what does not look like
/// it has been decompressed on the way.
pub(super) fn decompress(headers: &HeaderMap, body: Bytes, max: usize) -> Result<Bytes, Reason> {
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    for coding in codings.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')) {
        let known = ["", "identity", "gzip", "x-gzip"];
        if !known.iter().any(|name| coding.trim_ascii().eq_ignore_ascii_case(name.as_bytes())) {
            return Err(Reason::Encoding);
        }
    }
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Ok(body);
    }
    let mut plain = Vec::new();
    // One byte more than allowed tells that there are more.
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(&body[..]).take(limit).read_to_end(&mut plain).map_err(|_| Reason::Broken)?;
    if plain.len() > max { Err(Reason::TooLarge) } else { Ok(plain.into()) }
}

/// Decrypts a body that says that it is encrypted.
pub(super) fn decrypt(headers: &HeaderMap, body: Bytes, key: Option<&Key>) -> Result<Bytes, Reason> {
    let says_so = headers.get(IS_ENCRYPTED).is_some_and(|value| value.as_bytes().trim_ascii() == b"1");
    if !says_so {
        return Ok(body);
    }
    let signed = headers.get(SIGNED).and_then(|value| value.to_str().ok());
    match key.ok_or(Reason::Key)?.decrypt_callback(&body, signed) {
        Ok(plain) => Ok(plain.into()),
        Err(EncryptionError::WrongKey | EncryptionError::KeyLength(_)) => Err(Reason::Key),
        Err(
            EncryptionError::NotBase64
            | EncryptionError::NotBlocks
            | EncryptionError::WrongDigest
            | EncryptionError::NoDigest,
        ) => Err(Reason::Undecryptable),
    }
}
