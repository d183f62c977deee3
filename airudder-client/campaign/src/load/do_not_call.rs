//! People who must not be called.

use std::collections::HashSet;
use std::fmt;
use std::io::Read;
use std::path::Path;

use airudder_client::types::Phone;
use encoding_rs::UTF_8;

use super::delimiter;
use super::error::LoadError;
use super::guess;
use super::phone::{self, PhoneReader, Ranges};
use super::records::{Record, Records};
use super::row::RefusalCode;
use super::source::Source;
use super::text;

/// The numbers of people who must not be called.
///
/// A file of them has a number per row: in the column that is named as one of phone numbers, else in the
/// first. A first row without a number is the header. Numbers are read as those of the list are, and any that
/// has the right length counts, assigned or not. An entry that is no number is an error when the list of
/// people is opened, for somebody who must not be called would be;
/// [`ignore_unreadable`](Self::ignore_unreadable) says otherwise.
///
/// ```
/// use airudder_campaign::load::{DoNotCall, PhoneReader};
///
/// let list = "phone;since\n0812-3456-789;2026-01-01\n+62 813 3456 789;2026-01-02\n";
/// let do_not_call = DoNotCall::read(list.as_bytes(), PhoneReader::new("ID")?)?;
/// assert_eq!(do_not_call.len(), 2);
/// assert!(do_not_call.contains(&"+628123456789".into()));
/// # Ok::<(), airudder_campaign::load::LoadError>(())
/// ```
#[derive(Clone, Default)]
pub struct DoNotCall {
    numbers: HashSet<u64>,
    unreadable: u64,
    /// The first entries that are no numbers.
    first: Vec<(u64, RefusalCode)>,
    ignore: bool,
}

/// How many entries that are no numbers are named.
const NAMED: usize = 100;

impl DoNotCall {
    /// Nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`LoadError::Io`] and [`LoadError::NotText`].
    pub fn open(path: impl AsRef<Path>, phones: PhoneReader) -> Result<Self, LoadError> {
        Self::of(Source::open(path.as_ref(), UTF_8)?, phones)
    }

    /// Reads a stream.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn read(stream: impl Read, phones: PhoneReader) -> Result<Self, LoadError> {
        Self::of(Source::copy(stream, UTF_8)?, phones)
    }

    fn of(mut source: Source, phones: PhoneReader) -> Result<Self, LoadError> {
        let mut phones = phones.ranges(Ranges::Any);
        let mut list = Self::new();
        let (text, _) = source.text()?;
        let mut records = Records::new(text);
        let (sample, is_all) = records.peek().map_err(LoadError::Io)?;
        let names = HashSet::from(["phone".to_owned(), "mobile".to_owned(), "nohp".to_owned()]);
        let named = delimiter::named(sample);
        let delimiter = named.unwrap_or_else(|| delimiter::detect(sample, is_all, &names));
        records.set_delimiter(delimiter.byte());
        if named.is_some() {
            records.skip_line().map_err(LoadError::Io)?;
        }
        let (mut record, mut column, mut is_first) = (Record::default(), 0, true);
        while records.read(&mut record).map_err(LoadError::Io)? {
            let is_name = |cell: &str| cell.bytes().filter(u8::is_ascii_digit).count() < 5;
            if std::mem::take(&mut is_first) && record.cells().all(is_name) {
                column = record.cells().position(guess::is_phone).unwrap_or(0);
                continue;
            }
            list.add(record.line, phones.read(record.cell(column)));
        }
        Ok(list)
    }

    fn add(&mut self, line: u64, phone: Result<Phone, RefusalCode>) {
        match phone {
            Ok(phone) => self.insert(&phone),
            Err(code) => {
                self.unreadable += 1;
                if self.first.len() < NAMED {
                    self.first.push((line, code));
                }
            }
        }
    }

    /// Adds a number, in international form.
    pub fn insert(&mut self, phone: &Phone) {
        self.numbers.insert(phone::number(phone));
    }

    /// Whether the number is among them.
    pub fn contains(&self, phone: &Phone) -> bool {
        self.numbers.contains(&phone::number(phone))
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Line and reason of the entries that are no numbers: the first hundred.
    pub fn unreadable(&self) -> &[(u64, RefusalCode)] {
        &self.first
    }

    /// Goes on without the entries that are no numbers.
    #[must_use]
    pub fn ignore_unreadable(mut self) -> Self {
        self.ignore = true;
        self
    }

    /// Refuses to go on with entries that are no numbers.
    pub(super) fn confirm(&self) -> Result<(), LoadError> {
        match self.first.first() {
            Some((line, reason)) if !self.ignore => {
                Err(LoadError::DoNotCall { count: self.unreadable, line: *line, reason: *reason })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Shows how many there are.
impl fmt::Debug for DoNotCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DoNotCall")
            .field("numbers", &self.numbers.len())
            .field("unreadable", &self.unreadable)
            .finish_non_exhaustive()
    }
}

/// Numbers in international form; others count as unreadable, under the line 0.
impl<P: Into<Phone>> FromIterator<P> for DoNotCall {
    fn from_iter<I: IntoIterator<Item = P>>(phones: I) -> Self {
        let mut list = Self::new();
        for phone in phones {
            let phone: Phone = phone.into();
            let read = if text::trim(phone.as_str()) == phone.as_str() && phone.is_valid() {
                Ok(phone)
            } else {
                Err(RefusalCode::NotAPhone)
            };
            list.add(0, read);
        }
        list
    }
}
