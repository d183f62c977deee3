//! Recordings: real WAV files and ZIP archives, made on the fly from the length of a call.

use axum::body::Bytes;

use crate::state::recording::Recording;

/// Samples per second.
const RATE: usize = 8_000;
/// No recording is longer, whatever the call.
const MAX_LENGTH_MS: i64 = 10 * 60 * 1_000;
/// An archive takes recordings until it has this many bytes: beyond 4 GB another format would be needed.
const MAX_ARCHIVE: u64 = 3_900_000_000;

/// How many samples the sound has: 8 kHz, mono, a beep each second, as long as the call.
fn samples(recording: &Recording) -> usize {
    let ms = usize::try_from(recording.length.clamp(0, MAX_LENGTH_MS)).unwrap_or(0);
    ms * (RATE / 1_000)
}

/// How many bytes the WAV file has.
fn wav_size(recording: &Recording) -> u64 {
    (44 + 2 * samples(recording)) as u64
}

/// The WAV file.
pub(crate) fn wav(recording: &Recording) -> Bytes {
    let samples = samples(recording);
    let data = u32::try_from(2 * samples).unwrap_or(0);
    let mut file = Vec::with_capacity(44 + 2 * samples);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + data).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes()); // PCM
    file.extend_from_slice(&1_u16.to_le_bytes()); // mono
    file.extend_from_slice(&(RATE as u32).to_le_bytes());
    file.extend_from_slice(&(2 * RATE as u32).to_le_bytes()); // bytes per second
    file.extend_from_slice(&2_u16.to_le_bytes()); // bytes per sample
    file.extend_from_slice(&16_u16.to_le_bytes()); // bits per sample
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data.to_le_bytes());
    let second = one_second();
    let mut left = 2 * samples;
    while left > 0 {
        let part = left.min(second.len());
        file.extend_from_slice(second.get(..part).unwrap_or_default());
        left -= part;
    }
    Bytes::from(file)
}

/// A beep of a quarter of a second (440 Hz), then silence.
fn one_second() -> Vec<u8> {
    let beep = RATE / 4;
    let mut second = Vec::with_capacity(2 * RATE);
    for n in 0..RATE {
        let phase = n as f32 * 440.0 * std::f32::consts::TAU / RATE as f32;
        let sample = if n < beep { (phase.sin() * 8_000.0) as i16 } else { 0 };
        second.extend_from_slice(&sample.to_le_bytes());
    }
    second
}

/// A ZIP archive of recordings, uncompressed, made file by file while it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Archive {
    recordings: Vec<Recording>,
}

impl Archive {
    /// Takes as many of the recordings as go into one archive.
    pub(crate) fn new(recordings: impl IntoIterator<Item = Recording>) -> Self {
        let mut bytes = 0;
        let fits = |recording: &Recording| {
            bytes += entry_size(recording);
            bytes < MAX_ARCHIVE
        };
        Self { recordings: recordings.into_iter().take(usize::from(u16::MAX) - 1).take_while(fits).collect() }
    }

    /// How many bytes the archive has.
    pub(crate) fn length(&self) -> u64 {
        22 + self.recordings.iter().map(entry_size).sum::<u64>()
    }

    /// The archive, one file at a time.
    pub(crate) fn chunks(self) -> impl Iterator<Item = Bytes> {
        let mut directory = Vec::new();
        let mut offset = 0_u32;
        let mut count = 0_u16;
        let mut recordings = self.recordings.into_iter();
        let mut over = false;
        std::iter::from_fn(move || {
            if let Some(recording) = recordings.next() {
                let wav = wav(&recording);
                let name = file_name(&recording);
                let head = entry_head(&wav, &name);
                let mut local = b"PK\x03\x04".to_vec();
                local.extend_from_slice(&head);
                local.extend_from_slice(name.as_bytes());
                local.extend_from_slice(&wav);
                directory.extend_from_slice(b"PK\x01\x02\x14\x00");
                directory.extend_from_slice(&head);
                directory.extend_from_slice(&[0; 10]); // comment, disk, attributes
                directory.extend_from_slice(&offset.to_le_bytes());
                directory.extend_from_slice(name.as_bytes());
                offset = offset.saturating_add(u32::try_from(local.len()).unwrap_or(u32::MAX));
                count = count.saturating_add(1);
                return Some(Bytes::from(local));
            }
            if over {
                return None;
            }
            over = true;
            let mut end = std::mem::take(&mut directory);
            let size = u32::try_from(end.len()).unwrap_or(u32::MAX);
            end.extend_from_slice(b"PK\x05\x06\0\0\0\0");
            end.extend_from_slice(&count.to_le_bytes());
            end.extend_from_slice(&count.to_le_bytes());
            end.extend_from_slice(&size.to_le_bytes());
            end.extend_from_slice(&offset.to_le_bytes());
            end.extend_from_slice(&[0, 0]);
            Some(Bytes::from(end))
        })
    }
}

fn file_name(recording: &Recording) -> String {
    format!("{}.wav", recording.name)
}

/// Bytes that one file takes: its two headers with its name, and its content.
fn entry_size(recording: &Recording) -> u64 {
    30 + 46 + 2 * file_name(recording).len() as u64 + wav_size(recording)
}

/// The part that the local header and the central directory share.
fn entry_head(content: &[u8], name: &str) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap_or(u32::MAX);
    let mut head = Vec::with_capacity(26);
    head.extend_from_slice(&20_u16.to_le_bytes()); // version needed
    head.extend_from_slice(&[0; 4]); // flags; method: stored
    head.extend_from_slice(&[0, 0, 0x21, 0]); // 1980-01-01, the earliest date there is
    head.extend_from_slice(&crc32(content).to_le_bytes());
    head.extend_from_slice(&size.to_le_bytes());
    head.extend_from_slice(&size.to_le_bytes());
    head.extend_from_slice(&u16::try_from(name.len()).unwrap_or(0).to_le_bytes());
    head.extend_from_slice(&[0, 0]); // no extra field
    head
}

/// The checksum of ZIP.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut n = 0;
        while n < 256 {
            let mut value = n as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 { 0xEDB8_8320 ^ (value >> 1) } else { value >> 1 };
                bit += 1;
            }
            table[n] = value;
            n += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |crc, byte| TABLE[((crc ^ u32::from(*byte)) & 0xFF) as usize] ^ (crc >> 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_a_wav_file_as_long_as_the_call() {
        let file = wav(&Recording { name: "a".to_owned(), length: 2_500 });
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(&file[8..16], b"WAVEfmt ");
        assert_eq!(u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize, file.len() - 8);
        assert_eq!(file.len(), 44 + 2 * 20_000);
        assert!(file[44..].iter().any(|byte| *byte != 0));
        assert_eq!(wav(&Recording { name: String::new(), length: -1 }).len(), 44);
        assert_eq!(wav(&Recording { name: String::new(), length: i64::MAX }).len(), 44 + 2 * 8_000 * 600);
    }

    #[test]
    fn the_checksum_is_that_of_zip() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn an_archive_has_the_length_that_it_says() {
        for names in [vec![], vec!["one"], vec!["one", "two", "three"]] {
            let recordings = names.iter().map(|name| Recording { name: (*name).to_owned(), length: 1_000 });
            let archive = Archive::new(recordings);
            let length = archive.length();
            let bytes: Vec<u8> = archive.chunks().flatten().collect();
            assert_eq!(bytes.len() as u64, length);
            let end = &bytes[bytes.len() - 22..];
            assert_eq!(&end[..4], b"PK\x05\x06");
            assert_eq!(usize::from(u16::from_le_bytes([end[10], end[11]])), names.len());
            // The directory lies where the end says, and the first file at the beginning.
            let at = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
            if names.is_empty() {
                assert_eq!(at, 0);
            } else {
                assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
                assert_eq!(&bytes[30..37], b"one.wav");
                assert_eq!(&bytes[37..41], b"RIFF");
            }
        }
    }
}
