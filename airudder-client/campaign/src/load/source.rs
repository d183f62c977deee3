//! The file: opened, copied aside where it comes as a stream, turned into UTF-8.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::Encoding;
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use super::error::LoadError;

/// A file that can be read from its beginning more than once.
pub(super) struct Source {
    file: File,
    len: u64,
    encoding: &'static Encoding,
}

/// The text of a file, as UTF-8.
pub(super) type Text = DecodeReaderBytes<Counted, Vec<u8>>;

impl Source {
    /// A file. What is none (a pipe) is copied aside.
    pub(super) fn open(path: &Path, encoding: &'static Encoding) -> Result<Self, LoadError> {
        let file = File::open(path).map_err(LoadError::Io)?;
        let metadata = file.metadata().map_err(LoadError::Io)?;
        if metadata.is_dir() {
            return Err(LoadError::Io(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        if metadata.is_file() { Self::of(file, encoding) } else { Self::copy(file, encoding) }
    }

    /// A stream, copied into a file that has no name, that nobody else can open, and that ends with its
    /// handle.
    pub(super) fn copy(mut stream: impl Read, encoding: &'static Encoding) -> Result<Self, LoadError> {
        let mut file = tempfile::tempfile().map_err(LoadError::Io)?;
        io::copy(&mut stream, &mut file).map_err(LoadError::Io)?;
        Self::of(file, encoding)
    }

    fn of(mut file: File, encoding: &'static Encoding) -> Result<Self, LoadError> {
        let len = file.seek(SeekFrom::End(0)).map_err(LoadError::Io)?;
        let mut source = Self { file, len, encoding };
        let mut head = Vec::new();
        source.rewind()?.take(8).read_to_end(&mut head).map_err(LoadError::Io)?;
        match other_format(&head) {
            Some(format) => Err(LoadError::NotText(format)),
            None => Ok(source),
        }
    }

    fn rewind(&mut self) -> Result<&File, LoadError> {
        self.file.seek(SeekFrom::Start(0)).map_err(LoadError::Io)?;
        Ok(&self.file)
    }

    /// The size in bytes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The text from the beginning, and how many bytes have been read. Reading twice at a time is not
    /// possible.
    pub(super) fn text(&mut self) -> Result<(Text, Arc<AtomicU64>), LoadError> {
        self.rewind()?;
        let file = self.file.try_clone().map_err(LoadError::Io)?;
        let bytes = Arc::new(AtomicU64::new(0));
        let counted = Counted { file, bytes: Arc::clone(&bytes) };
        let text = DecodeReaderBytesBuilder::new()
            .encoding(Some(self.encoding))
            .bom_override(true)
            .strip_bom(true)
            .build_with_buffer(counted, vec![0; 64 * 1024])
            .map_err(LoadError::Io)?;
        Ok((text, bytes))
    }
}

/// Counts what is read of a file.
pub(super) struct Counted {
    file: File,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// What a file is that is no text.
fn other_format(head: &[u8]) -> Option<&'static str> {
    let formats: [(&[u8], &str); 6] = [
        (b"PK\x03\x04", "a spreadsheet or ZIP archive (save the sheet as CSV)"),
        (b"\xd0\xcf\x11\xe0", "an old spreadsheet (save the sheet as CSV)"),
        (b"\x1f\x8b", "compressed with gzip"),
        (b"%PDF", "a PDF document"),
        (b"\xff\xfe\x00\x00", "text in UTF-32, which is not read"),
        (b"\x00\x00\xfe\xff", "text in UTF-32, which is not read"),
    ];
    formats.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, format)| *format)
}
