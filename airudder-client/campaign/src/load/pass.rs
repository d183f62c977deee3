//! One reading of a file, from its beginning.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::delimiter::Delimiter;
use super::error::LoadError;
use super::header::Header;
use super::phone::PhoneReader;
use super::progress::{Pass, Progress, Watch};
use super::records::{Record, Records};
use super::row::RefusalCode;
use super::source::{Source, Text};

/// A file in one pass.
pub(super) struct Opened {
    records: Records<Text>,
    bytes: Arc<AtomicU64>,
    at: Progress,
    delimiter: Delimiter,
    skips: bool,
}

/// How many rows pass between two tellings.
const TOLD: u64 = 1000;

impl Opened {
    pub(super) fn new(source: &mut Source, pass: Pass) -> Result<Self, LoadError> {
        let (text, bytes) = source.text()?;
        let at = Progress { pass, bytes: 0, total: source.len(), rows: 0 };
        Ok(Self { records: Records::new(text), bytes, at, delimiter: Delimiter::Comma, skips: false })
    }

    /// `skips`: the first line names the delimiter.
    pub(super) fn set_delimiter(&mut self, delimiter: Delimiter, skips: bool) -> Result<(), LoadError> {
        (self.delimiter, self.skips) = (delimiter, skips);
        self.records.peek().map_err(LoadError::Io)?;
        self.records.set_delimiter(delimiter.byte());
        if skips { self.records.skip_line().map_err(LoadError::Io) } else { Ok(()) }
    }

    pub(super) fn header(&mut self, phones: &mut PhoneReader) -> Result<Header, LoadError> {
        let mut record = Record::default();
        if !self.records.read(&mut record).map_err(LoadError::Io)? {
            return Err(LoadError::Empty);
        }
        if let Some(broken) = record.broken {
            return Err(LoadError::BadHeader {
                line: record.line,
                reason: RefusalCode::from(broken).reason(),
            });
        }
        let is_phone = |cell| {
            matches!(phones.read(cell), Ok(_) | Err(RefusalCode::NoCountry | RefusalCode::PhoneNotInUse))
        };
        if record.cells().any(is_phone) {
            return Err(LoadError::NoHeader { line: record.line });
        }
        Ok(Header::new(record.cells()))
    }

    /// Reads the next row that has anything in it.
    pub(super) fn read(
        &mut self,
        record: &mut Record,
        watch: &mut Option<Box<dyn Watch>>,
    ) -> io::Result<bool> {
        let more = self.records.read(record)?;
        self.at.rows += u64::from(more);
        if !more || self.at.rows.is_multiple_of(TOLD) {
            self.at.bytes = self.bytes.load(Ordering::Relaxed).min(self.at.total);
            if let Some(watch) = watch {
                watch.at(self.at);
            }
        }
        Ok(more)
    }

    /// The beginning of the file, and whether it is all of it.
    pub(super) fn peek(&mut self) -> Result<(&[u8], bool), LoadError> {
        self.records.peek().map_err(LoadError::Io)
    }

    /// Whether the first line names the delimiter.
    pub(super) fn skips(&self) -> bool {
        self.skips
    }

    pub(super) fn blank(&self) -> u64 {
        self.records.blank()
    }

    pub(super) fn delimiter(&self) -> Delimiter {
        self.delimiter
    }
}
