//! Reading the body of an answer: as a whole, or as a file, piece by piece.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::{Instant, timeout_at};

use super::failure::Failure;
use super::headers::is_json;
use super::pieces::Pieces;
use super::{Limits, MAX_TIMEOUT, needs_runtime};
use crate::error::Phase;

/// Whether an answer in place of a file is none: JSON or a page, whatever it calls itself, or plain text
/// where nobody says that it is something else. `begins`: how it begins.
pub(crate) fn is_refusal(label: Option<&str>, begins: &[u8]) -> bool {
    let begins = begins.strip_prefix("\u{feff}".as_bytes()).unwrap_or(begins).trim_ascii_start();
    match begins {
        [] | [b'{' | b'[' | b'<', ..] => true,
        _ if is_media(begins) => false,
        // Text is meant as a file only where its label says what it is.
        _ => is_text(begins) && label.is_none_or(says_nothing),
    }
}

/// Whether a media type is one that servers use which were not told what it is, or one of refusals.
fn says_nothing(label: &str) -> bool {
    let unsaid = matches!(
        label,
        "text/plain"
            | "text/html"
            | "text/xml"
            | "application/xml"
            | "application/octet-stream"
            | "binary/octet-stream"
    );
    unsaid || is_json(label)
}

/// Whether bytes begin as audio or an archive does.
fn is_media(begins: &[u8]) -> bool {
    const MARKS: [&[u8]; 14] = [
        b"RIFF",
        b"RIFX",
        b"ID3",
        b"OggS",
        b"fLaC",
        b"FORM",
        b".snd",
        b"#!AMR",
        b"#!SILK",
        b"PK\x03\x04",
        b"\x1f\x8b",
        b"7z\xbc\xaf",
        b"Rar!",
        b"\x1aE\xdf\xa3",
    ];
    // A frame of MP3 or AAC, or a box of MP4.
    let frame = matches!(begins, [0xff, second, ..] if second & 0xe0 == 0xe0);
    frame || begins.get(4..8) == Some(b"ftyp") || MARKS.iter().any(|mark| begins.starts_with(mark))
}

/// Whether bytes are text, which may be cut off within a character.
fn is_text(bytes: &[u8]) -> bool {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace())
}

/// The beginning of an answer: enough of it to tell what it is, spaces aside.
pub(super) async fn beginning(pieces: &mut Pieces) -> Result<Bytes, Failure> {
    /// More spaces than any JSON has before it.
    const MAX_LEN: usize = 64 * 1024;
    /// The longest of the marks that media begin with.
    const ENOUGH: usize = 12;
    let mut first = BytesMut::new();
    while let Some(chunk) = pieces.next().await? {
        if first.is_empty() && chunk.trim_ascii_start().len() >= ENOUGH {
            return Ok(chunk);
        }
        first.extend_from_slice(&chunk);
        if first.trim_ascii_start().len() >= ENOUGH || first.len() > MAX_LEN {
            break;
        }
    }
    Ok(first.freeze())
}

pub(super) async fn read_whole(
    pieces: &mut Pieces,
    first: Bytes,
    max_bytes: usize,
) -> Result<Bytes, Failure> {
    let announced = pieces.announced().unwrap_or(0);
    if announced > max_bytes as u64 {
        return Err(Failure::TooBig);
    }
    let mut whole = Vec::new();
    let mut next = Some(first).filter(|first| !first.is_empty());
    loop {
        let chunk = match next.take() {
            Some(chunk) => chunk,
            None => match pieces.next().await? {
                Some(chunk) => chunk,
                None => {
                    // It stays as long as its answer does.
                    whole.shrink_to_fit();
                    return Ok(whole.into());
                }
            },
        };
        if whole.len() + chunk.len() > max_bytes {
            return Err(Failure::TooBig);
        }
        if whole.is_empty()
            && chunk.len() as u64 >= announced
            && pieces.announced() == Some(announced)
            && announced > 0
        {
            // It came in one piece, as most do: no copy.
            return Ok(chunk);
        }
        make_room(&mut whole, chunk.len(), announced);
        whole.extend_from_slice(&chunk);
    }
}

/// Makes room for more bytes: at least twice as much as there was, and not beyond what is announced.
fn make_room(whole: &mut Vec<u8>, more: usize, announced: u64) {
    /// Not all that is announced at once: the announcement is the server's and may be a lie.
    const AT_ONCE: usize = 1 << 20;
    let needed = whole.len() + more;
    if needed > whole.capacity() {
        let announced = usize::try_from(announced).unwrap_or(usize::MAX);
        let ample = needed.max(whole.capacity() * 2).max(announced.min(AT_ONCE));
        let room = if announced >= needed { ample.min(announced) } else { ample };
        whole.reserve_exact(room - whole.len());
    }
}

/// A file on its way.
pub(crate) struct FileBody {
    source: Source,
    first: Option<Bytes>,
    idle: Duration,
    /// How many bytes may still come.
    left: u64,
}

enum Source {
    Network(Box<Pieces>),
    Memory,
}

impl FileBody {
    /// A file that is read as it is asked for. `first`: what of it has come already.
    pub(super) fn streamed(pieces: Pieces, first: Bytes, limits: Limits) -> Self {
        let first = Some(first).filter(|first| !first.is_empty());
        Self {
            source: Source::Network(Box::new(pieces)),
            first,
            idle: limits.timeout,
            left: limits.max_file_bytes,
        }
    }

    /// A file that is in memory already.
    pub(crate) fn buffered(content: Bytes) -> Self {
        Self { source: Source::Memory, first: Some(content), idle: Duration::MAX, left: u64::MAX }
    }

    /// The length of a file that is in memory already.
    pub(crate) fn buffered_length(&self) -> Option<u64> {
        match self.source {
            Source::Memory => self.first.as_ref().map(|content| content.len() as u64),
            Source::Network(_) => None,
        }
    }

    /// The time that may pass between two pieces.
    pub(crate) fn idle(&self) -> Duration {
        self.idle
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        let piece = match (self.first.take(), &mut self.source) {
            (Some(first), _) => Some(first),
            (None, Source::Memory) => None,
            (None, Source::Network(pieces)) => {
                needs_runtime()?;
                let deadline = Instant::now() + self.idle.min(MAX_TIMEOUT);
                match timeout_at(deadline, pieces.next()).await {
                    Ok(piece) => piece?,
                    Err(_) => return Err(Failure::Timeout(Phase::Body)),
                }
            }
        };
        let length = piece.as_ref().map_or(0, |piece| piece.len() as u64);
        self.left = self.left.checked_sub(length).ok_or(Failure::FileTooBig)?;
        Ok(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_json_or_a_page_is_a_refusal_whatever_its_label() {
        for label in ["audio/wav", "application/zip", "text/plain", "application/json"] {
            for begins in ["{\"code\":1", " \n[1]", "<html>", "\u{feff} {", "<?xml", ""] {
                assert!(is_refusal(Some(label), begins.as_bytes()), "{label} {begins}");
            }
        }
    }

    #[test]
    fn media_is_media_whatever_its_label() {
        let begins: [&[u8]; 6] = [
            b"RIFF\x24\0\0\0WAVE",
            b"ID3\x04",
            b"\xff\xfb\x90",
            b"\0\0\0\x20ftypM4A ",
            b"PK\x03\x04",
            b"OggS",
        ];
        for label in [None, Some("text/html"), Some("application/json"), Some("application/octet-stream")] {
            for begins in begins {
                assert!(!is_refusal(label, begins), "{label:?} {begins:?}");
            }
        }
    }

    #[test]
    fn plain_text_is_a_file_only_where_it_says_so() {
        for label in [None, Some("text/plain"), Some("application/octet-stream"), Some("application/json")] {
            assert!(is_refusal(label, b"no such recording"), "{label:?}");
            assert!(!is_refusal(label, b"\x01\x02\x03"), "{label:?}");
        }
        assert!(!is_refusal(Some("audio/wav"), b"abc"));
        assert!(!is_refusal(Some("text/csv"), b"a,b"));
    }

    #[test]
    fn room_is_made_for_what_comes_and_not_for_what_is_said() {
        let room = |announced: u64, pieces: usize| {
            let (mut whole, mut moves) = (Vec::new(), 0);
            for _ in 0..pieces {
                let before = whole.capacity();
                make_room(&mut whole, 1_000, announced);
                moves += usize::from(whole.capacity() != before);
                whole.extend_from_slice(&[0; 1_000]);
            }
            (whole.capacity(), moves)
        };
        // Said and true: not a byte too many, in a few steps.
        assert_eq!(room(3_000, 3), (3_000, 1));
        assert_eq!(room(5_000_000, 5_000), (5_000_000, 4));
        // A lie, in either direction, or nothing said.
        assert_eq!(room(u64::MAX, 1), (1 << 20, 1));
        assert!(room(10_000_000_000, 2_000).0 <= 1 << 21);
        for announced in [0, 1_500] {
            let (room, moves) = room(announced, 5_000);
            assert!(room < 10_000_000 && moves < 20, "{announced}: {room} {moves}");
        }
    }
}
