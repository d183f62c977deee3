//! Rows of cells, with the lines where they begin.
//!
//! `csv-core` takes any text for CSV: behind a quotation mark that nobody closes, a million rows are one
//! cell, and two rows with one mark each are one row. So each row is first cut out by strict rules, within a
//! limit, and only what keeps them is given to `csv-core`. Of what does not, one line is given up, and the
//! reading goes on with the next.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::row::RefusalCode;
use super::text;

/// How long a row can be, in bytes of UTF-8. A spreadsheet's cell has at most 32,767 characters.
const MAX_ROW: usize = 256 * 1024;
const CHUNK: usize = 64 * 1024;

/// Reads rows.
pub(super) struct Records<R> {
    input: R,
    buffer: Vec<u8>,
    /// Where in the buffer the next row begins.
    start: usize,
    ended: bool,
    /// The line at which the next row begins.
    line: u64,
    delimiter: u8,
    csv: Reader,
    blank: u64,
}

/// A row: its cells, or what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) line: u64,
    text: String,
    ends: Vec<usize>,
    pub(super) broken: Option<Broken>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Broken {
    Quotes,
    TooLong,
}

impl From<Broken> for RefusalCode {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Quotes => Self::BrokenQuotes,
            Broken::TooLong => Self::RowTooLong,
        }
    }
}

impl Record {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The cell; empty beyond the last one.
    pub(super) fn cell(&self, index: usize) -> &str {
        let Some(end) = self.ends.get(index) else { return "" };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        self.text.get(start..*end).unwrap_or_default()
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.cell(index))
    }

    fn is_blank(&self) -> bool {
        self.broken.is_none() && self.cells().all(|cell| text::trim(cell).is_empty())
    }
}

/// Where a row ends in the text before it.
#[derive(Debug, PartialEq)]
enum Frame {
    /// After so many bytes, and so many of the line's end.
    Row(usize, usize),
    /// More text must come before it can be said.
    More,
    Broken,
}

impl<R: Read> Records<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            start: 0,
            ended: false,
            line: 1,
            delimiter: b',',
            csv: Reader::new(),
            blank: 0,
        }
    }

    pub(super) fn set_delimiter(&mut self, delimiter: u8) {
        self.delimiter = delimiter;
        self.csv = ReaderBuilder::new().delimiter(delimiter).build();
    }

    /// Rows without anything in them, so far.
    pub(super) fn blank(&self) -> u64 {
        self.blank
    }

    /// The beginning of what has not been read yet, and whether it is all.
    pub(super) fn peek(&mut self) -> io::Result<(&[u8], bool)> {
        while !self.ended && self.buffer.len() - self.start < CHUNK {
            self.fill()?;
        }
        // A second byte order mark: some programs add one to what has one.
        while self.line == 1 && self.buffer[self.start..].starts_with("\u{feff}".as_bytes()) {
            self.start += '\u{feff}'.len_utf8();
        }
        Ok((&self.buffer[self.start..], self.ended))
    }

    /// Passes over a line.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        let mut line = Record::default();
        self.give_up(&mut line)
    }

    /// Reads the next row that has anything in it; `false`: there is none.
    pub(super) fn read(&mut self, record: &mut Record) -> io::Result<bool> {
        loop {
            if !self.read_any(record)? {
                return Ok(false);
            }
            if !record.is_blank() {
                return Ok(true);
            }
            self.blank += 1;
        }
    }

    fn read_any(&mut self, record: &mut Record) -> io::Result<bool> {
        loop {
            let rest = &self.buffer[self.start..];
            if rest.is_empty() && self.ended {
                return Ok(false);
            }
            record.line = self.line;
            match frame(rest, self.delimiter, self.ended) {
                Frame::Row(len, _) if len > MAX_ROW => self.give_up(record)?,
                Frame::Row(len, end) => {
                    self.split(len, record);
                    self.line += lines(&self.buffer[self.start..self.start + len]) + 1;
                    self.start += len + end;
                }
                Frame::Broken => self.give_up(record)?,
                Frame::More if rest.len() <= MAX_ROW && !self.ended => {
                    self.fill()?;
                    continue;
                }
                Frame::More => self.give_up(record)?,
            }
            return Ok(true);
        }
    }

    /// Takes one line as the row that is wrong.
    fn give_up(&mut self, record: &mut Record) -> io::Result<()> {
        record.line = self.line;
        record.text.clear();
        record.ends.clear();
        record.broken = Some(Broken::Quotes);
        loop {
            let rest = &self.buffer[self.start..];
            let end = rest.iter().position(|b| matches!(b, b'\n' | b'\r'));
            let len = end.unwrap_or(rest.len());
            // Whether a line feed follows decides where the next line begins.
            if end.is_some_and(|end| end + 1 == rest.len() && rest[end] == b'\r') && !self.ended {
                self.fill()?;
                continue;
            }
            if record.text.len() + len > MAX_ROW {
                record.broken = Some(Broken::TooLong);
                record.text.clear();
            } else if record.broken == Some(Broken::Quotes) {
                record.text.push_str(&String::from_utf8_lossy(&rest[..len]));
            }
            if let Some(end) = end {
                self.start += end + newline(&rest[end..]);
                self.line += 1;
                break;
            }
            self.start = self.buffer.len();
            if self.ended {
                break;
            }
            self.fill()?;
        }
        record.ends.push(record.text.len());
        Ok(())
    }

    fn split(&mut self, len: usize, record: &mut Record) {
        let row = &self.buffer[self.start..self.start + len];
        let cells = row.iter().filter(|b| **b == self.delimiter).count() + 1;
        let mut output = vec![0; len + 1];
        record.ends.clear();
        record.ends.resize(cells + 1, 0);
        record.broken = None;
        self.csv.reset();
        let (mut input, mut written, mut ends) = (row, 0, 0);
        loop {
            let (result, read, wrote, ended) =
                self.csv.read_record(input, &mut output[written..], &mut record.ends[ends..]);
            input = &input[read..];
            written += wrote;
            ends += ended;
            match result {
                // An empty input says that there is no more.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull
                | ReadRecordResult::OutputEndsFull
                | ReadRecordResult::Record
                | ReadRecordResult::End => break,
            }
        }
        output.truncate(written);
        record.ends.truncate(ends);
        record.text = String::from_utf8(output).unwrap_or_else(|error| {
            // Cells end at ASCII, so this is text but for a fault of the decoder.
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        });
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let old = self.buffer.len();
        self.buffer.resize(old + CHUNK, 0);
        let read = self.input.read(&mut self.buffer[old..]);
        self.buffer.truncate(old + *read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => self.ended = true,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// How long the end of a line is, at which the text begins.
fn newline(text: &[u8]) -> usize {
    if text.starts_with(b"\r\n") { 2 } else { 1 }
}

/// How many ends of lines are in a row: those inside of quotes.
fn lines(row: &[u8]) -> u64 {
    let ends = (0..row.len()).filter(|at| match row[*at] {
        b'\n' => true,
        b'\r' => row.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    ends.count() as u64
}

/// Finds where the row ends with which a text begins.
fn frame(text: &[u8], delimiter: u8, is_all: bool) -> Frame {
    let mut at = 0;
    loop {
        // At the beginning of a cell.
        if text.get(at) == Some(&b'"') {
            match quoted(text, at + 1) {
                Some(behind) => at = behind,
                None if is_all => return Frame::Broken,
                None => return Frame::More,
            }
            let blank = |b: &u8| matches!(b, b' ' | b'\t') && *b != delimiter;
            at += text[at..].iter().take_while(|b| blank(b)).count();
            match text.get(at) {
                Some(b'\n' | b'\r') => {}
                Some(b) if *b == delimiter => {}
                Some(_) => return Frame::Broken,
                None => {}
            }
        } else {
            let is_end = |b: &u8| *b == delimiter || matches!(b, b'\n' | b'\r');
            at += text[at..].iter().position(is_end).unwrap_or(text.len() - at);
        }
        match text.get(at) {
            Some(b'\n') => return Frame::Row(at, 1),
            Some(b'\r') if at + 1 == text.len() && !is_all => return Frame::More,
            Some(b'\r') => return Frame::Row(at, newline(&text[at..])),
            Some(_) => at += 1,
            None if is_all => return Frame::Row(at, 0),
            None => return Frame::More,
        }
    }
}

/// The place behind the closing quotation mark; `None`: there is none, or it cannot be told yet.
fn quoted(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += text.get(at..)?.iter().position(|b| *b == b'"')? + 1;
        if text.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use csv::{Terminator, WriterBuilder};
    use proptest::prelude::*;

    use super::*;

    /// Gives a few bytes at a time.
    struct Drops<'t>(&'t [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            let (drop, rest) = self.0.split_at(count);
            buffer[..count].copy_from_slice(drop);
            self.0 = rest;
            Ok(count)
        }
    }

    fn all(text: &[u8], drop: usize) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(Drops(text, drop));
        let (mut record, mut rows) = (Record::default(), Vec::new());
        while records.read(&mut record).unwrap() {
            rows.push((record.line, record.cells().map(str::to_owned).collect()));
        }
        rows
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 256,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn what_the_csv_crate_writes_is_read_back(
            rows in prop::collection::vec(prop::collection::vec("[a,\"\n\r é]{0,5}", 1..4), 0..8),
            drop in 1_usize..9,
            ends_in_crlf in prop::bool::ANY,
        ) {
            let end = if ends_in_crlf { Terminator::CRLF } else { Terminator::Any(b'\n') };
            let mut writer = WriterBuilder::new().flexible(true).terminator(end).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let read: Vec<Vec<String>> = all(&text, drop).into_iter().map(|(_, cells)| cells).collect();
            let is_blank = |row: &&Vec<String>| row.iter().all(|cell| text::trim(cell).is_empty());
            let wanted: Vec<Vec<String>> = rows.iter().filter(|row| !is_blank(row)).cloned().collect();
            prop_assert_eq!(read, wanted);
        }

        #[test]
        fn how_the_bytes_come_makes_no_difference(text in "[a,\"\n\r]{0,40}", drop in 1_usize..5) {
            prop_assert_eq!(all(text.as_bytes(), drop), all(text.as_bytes(), 100));
        }
    }
}
