//! The file of refused rows.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use csv::{ByteRecord, Terminator, Writer, WriterBuilder};

use super::contact::Contact;
use super::header::REASONS;
use super::loading::Loading;
use super::row::Refused;
use super::text::guard;

/// Writes rows that were refused, to be mended and loaded again with the same mapping.
///
/// The columns are those of the file, behind four that say why; these are passed over when the file is
/// loaded. It has the file's delimiter, and is UTF-8 with a byte order mark, as spreadsheets want it. A cell
/// that a spreadsheet would change (take for a formula, cut its leading zeros, round its digits) has an
/// apostrophe in front, which is taken off again when the file is loaded. Rows whose quotation marks are
/// broken stand in one cell, as the line is in the file.
///
/// A row that was refused because an earlier one has its number is the first of that number in the new file.
/// Load it into the same campaign, which calls no number twice.
///
/// ```
/// use airudder_campaign::load::{Loader, RefusedRows, Row};
/// use airudder_client::telemarketing::CustomerContact;
///
/// let list = "Name;Phone\nJane;0812 3456 789\nJohn;12\n";
/// let loader = || Loader::<CustomerContact>::guess().region("ID");
/// let mut rows = loader().read(list.as_bytes())?;
/// let mut refused = RefusedRows::new(Vec::new(), &rows)?;
/// for row in rows.by_ref() {
///     if let Row::Refused(row) = row? {
///         refused.write(&row)?;
///     }
/// }
/// let file = String::from_utf8(refused.finish()?)?;
/// assert!(file.ends_with(
///     "3;Phone (B);phone_too_short;\
///      Phone (B) has too few digits for a phone number of its country [phone_too_short, 10416];John;12\r\n"
/// ));
///
/// let mended = file.replace(";12\r", ";0813 3456 789\r");
/// assert_eq!(loader().read(mended.as_bytes())?.finish()?.accepted, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct RefusedRows<W: Write> {
    writer: Writer<W>,
    rows: u64,
}

impl<W: Write> RefusedRows<W> {
    /// Writes the names of the columns.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn new<C: Contact>(mut writer: W, rows: &Loading<C>) -> io::Result<Self> {
        writer.write_all("\u{feff}".as_bytes())?;
        let mut writer = WriterBuilder::new()
            .delimiter(rows.report().delimiter.byte())
            .terminator(Terminator::CRLF)
            .flexible(true)
            .from_writer(writer);
        let own = rows.names().map(guard);
        let record: Vec<String> = REASONS.into_iter().map(str::to_owned).chain(own).collect();
        writer.write_record(record)?;
        Ok(Self { writer, rows: 0 })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&mut self, row: &Refused) -> io::Result<()> {
        let fault = row.fault();
        let column = fault.and_then(|fault| fault.column.as_ref()).map(ToString::to_string);
        let faults: Vec<String> = row.faults.iter().map(ToString::to_string).collect();
        let mut record = ByteRecord::new();
        record.push_field(row.line.to_string().as_bytes());
        record.push_field(guard(&column.unwrap_or_default()).as_bytes());
        record.push_field(fault.map_or("", |fault| fault.code.as_str()).as_bytes());
        record.push_field(guard(&faults.join("; ")).as_bytes());
        for cell in &row.cells {
            record.push_field(guard(cell).as_bytes());
        }
        self.writer.write_byte_record(&record)?;
        self.rows += 1;
        Ok(())
    }

    /// How many rows have been written.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes what is still held back, and gives the writer back.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

impl RefusedRows<BufWriter<File>> {
    /// Creates the file, or empties it. Only its owner can read it, for it is full of people.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create<C: Contact>(path: impl AsRef<Path>, rows: &Loading<C>) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Self::new(BufWriter::new(options.open(path)?), rows)
    }
}

/// Shows how many rows have been written.
impl<W: Write> fmt::Debug for RefusedRows<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefusedRows").field("rows", &self.rows).finish_non_exhaustive()
    }
}
