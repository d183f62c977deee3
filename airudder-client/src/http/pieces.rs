//! The pieces of an answer's body, decoded where the server has compressed them.

use std::io::{self, Write as _};

use bytes::{Buf as _, Bytes};
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use super::failure::Failure;
use crate::error::Phase;

/// What is decoded at a time: compressed bytes may stand for a thousand times as many.
const STEP: usize = 4 * 1024;

/// A body on its way.
pub(super) struct Pieces {
    response: Response,
    coding: Coding,
    /// Bytes that came and are not decoded yet.
    pending: Bytes,
    /// Whether the end has come.
    ended: bool,
}

enum Coding {
    /// None, or undone already.
    Plain,
    /// One that is named, and not begun.
    Named(Name),
    // Boxed, for most answers have none of them.
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Zlib(Box<ZlibDecoder<Vec<u8>>>),
    Deflate(Box<DeflateDecoder<Vec<u8>>>),
}

#[derive(Clone, Copy)]
enum Name {
    Gzip,
    Deflate,
    /// Gzip, if it looks like it: some servers compress and do not say so.
    Unsaid,
}

impl Pieces {
    /// `headers`: those of the response. `is_file`: what looks compressed without anybody saying so may be
    /// meant as it is.
    pub(super) fn new(response: Response, headers: &HeaderMap, is_file: bool) -> Result<Self, Failure> {
        let coding = match named(headers)? {
            Some(name) => Coding::Named(name),
            None if is_file => Coding::Plain,
            None => Coding::Named(Name::Unsaid),
        };
        Ok(Self { response, coding, pending: Bytes::new(), ended: false })
    }

    /// The length of the body, if it is said and the body comes as it is.
    pub(super) fn announced(&self) -> Option<u64> {
        let length = self.response.content_length();
        length.filter(|_| matches!(self.coding, Coding::Plain | Coding::Named(Name::Unsaid)))
    }

    /// The next piece; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            // Two bytes tell whether it is what it says.
            let needed = if matches!(self.coding, Coding::Named(_)) { 2 } else { 1 };
            while self.pending.len() < needed && !self.ended {
                match self.response.chunk().await.map_err(|e| Failure::new(e, Phase::Body, true))? {
                    Some(chunk) if self.pending.is_empty() => self.pending = chunk,
                    Some(chunk) => self.pending = [&self.pending[..], &chunk[..]].concat().into(),
                    None => self.ended = true,
                }
            }
            if let Coding::Named(name) = self.coding {
                self.coding = begun(name, &self.pending);
            }
            if matches!(self.coding, Coding::Plain) {
                return Ok(Some(std::mem::take(&mut self.pending)).filter(|piece| !piece.is_empty()));
            }
            let step = self.pending.split_to(self.pending.len().min(STEP));
            let decoded = self.coding.decode(&step, self.ended).map_err(|_| Failure::Undecodable(None))?;
            if !decoded.is_empty() {
                return Ok(Some(decoded.into()));
            }
            if self.ended && !self.pending.has_remaining() {
                return Ok(None);
            }
        }
    }
}

/// The coding that the headers name.
fn named(headers: &HeaderMap) -> Result<Option<Name>, Failure> {
    let Some(value) = headers.get(CONTENT_ENCODING) else { return Ok(None) };
    let text = String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase();
    match text.as_str() {
        "" | "identity" | "none" | "utf-8" => Ok(None),
        "gzip" | "x-gzip" => Ok(Some(Name::Gzip)),
        "deflate" => Ok(Some(Name::Deflate)),
        _ => Err(Failure::Undecodable(Some(text.chars().take(40).collect()))),
    }
}

/// The decoder for what begins like this. What is named and does not begin like it has been decoded on the
/// way.
fn begun(name: Name, begins: &[u8]) -> Coding {
    match (name, begins) {
        (Name::Gzip | Name::Unsaid, [0x1f, 0x8b, ..]) => {
            Coding::Gzip(Box::new(MultiGzDecoder::new(Vec::new())))
        }
        (Name::Gzip | Name::Unsaid, _) => Coding::Plain,
        (Name::Deflate, [first, second, ..])
            if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31) =>
        {
            Coding::Zlib(Box::new(ZlibDecoder::new(Vec::new())))
        }
        (Name::Deflate, [b'{' | b'[' | b'<' | b'R', ..] | []) => Coding::Plain,
        (Name::Deflate, _) => Coding::Deflate(Box::new(DeflateDecoder::new(Vec::new()))),
    }
}

impl Coding {
    /// Decodes one step. At the end it must be whole.
    fn decode(&mut self, step: &[u8], ended: bool) -> io::Result<Vec<u8>> {
        /// All decoders alike, whose types have no trait in common for this.
        macro_rules! through {
            ($decoder:expr) => {{
                $decoder.write_all(step)?;
                match ended {
                    true => $decoder.try_finish()?,
                    false => $decoder.flush()?,
                }
                Ok(std::mem::take($decoder.get_mut()))
            }};
        }
        match self {
            Self::Plain | Self::Named(_) => Ok(step.to_vec()),
            Self::Gzip(decoder) => through!(decoder),
            Self::Zlib(decoder) => through!(decoder),
            Self::Deflate(decoder) => through!(decoder),
        }
    }
}
