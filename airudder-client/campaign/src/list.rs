//! A list of people, read from a file into a campaign.

use std::collections::{BTreeMap, HashMap};
use std::mem;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use crate::campaign::{Campaign, Loaded};
use crate::error::Error;
use crate::load::{Accepted, Column, Contact, Fault, LoadError, Loading, RefusalCode, Refused, Report, Row};
use crate::person::{Person, RefusedRow};

/// Rows that are handed over at once by whoever reads, who would wake the other side for each one.
const READ: usize = 250;
/// How often that many are read ahead.
const AHEAD: usize = 8;
/// Rows that are added at once: each time costs a write to the disk, and keeps other writers waiting.
const CHUNK: usize = 4_000;
/// The field of the person's reference, by its name on the wire.
const REFERENCE: &str = "Comments";

/// A row that is not called, and why.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum NotLoaded {
    /// It cannot be called, by the list's rules or by those of the campaign (its reference is somebody
    /// else's).
    Row(Refused),
}

impl NotLoaded {
    /// The line of the file.
    pub fn line(&self) -> u64 {
        let Self::Row(row) = self;
        row.line
    }
}

/// The line, and what is wrong. It holds no value of the row.
impl std::fmt::Display for NotLoaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::Row(row) = self;
        row.fmt(f)
    }
}

impl Campaign {
    /// Adds the people of a list ([`Loader`](crate::load::Loader)), row by row and in constant memory.
    /// `refused` is told of each row that is not called; see [`RefusedRows`](crate::load::RefusedRows) for a
    /// file of them. The same list can be loaded again, also after a crash: whose number is in the campaign
    /// already is one call.
    ///
    /// # Errors
    ///
    /// [`Error::List`] if the file cannot be read on; [`Error::Ledger`]. What was added before is there.
    pub async fn load<C: Contact + Serialize>(
        &self,
        rows: Loading<C>,
        refused: impl FnMut(NotLoaded),
    ) -> Result<(Report, Loaded), Error> {
        let columns = rows.report().columns.clone();
        let (sender, mut receiver) = mpsc::channel(AHEAD);
        // Files are read by threads that may wait.
        let reading = tokio::task::spawn_blocking(move || read(rows, &sender));
        let mut tally = Tally { loaded: Loaded::default(), late: BTreeMap::new(), refused, columns };
        let mut is_first = true;
        let mut chunk = Chunk::default();
        while let Some(rows) = receiver.recv().await {
            for row in rows {
                match row? {
                    Row::Accepted(row) => chunk.push(row)?,
                    Row::Refused(row) => tally.refuse(row),
                    Row::Merged(_) => {}
                }
            }
            if chunk.people.len() >= CHUNK {
                self.add_chunk(mem::take(&mut chunk), &mut tally, mem::take(&mut is_first)).await?;
            }
        }
        if !chunk.people.is_empty() {
            self.add_chunk(chunk, &mut tally, is_first).await?;
        }
        match reading.await {
            Ok(mut report) => {
                tally.correct(&mut report);
                Ok((report, tally.loaded))
            }
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Error::Setting("the runtime is shutting down".to_owned())),
        }
    }

    async fn add_chunk(
        &self,
        mut chunk: Chunk,
        tally: &mut Tally<impl FnMut(NotLoaded)>,
        is_first: bool,
    ) -> Result<(), Error> {
        // The list's rows are checked already: the first tell whether the plan itself would be refused.
        if is_first {
            for RefusedRow { row, column, code, reason } in self.check(&mut chunk.people)? {
                let fault = Fault { vendor_code: code, ..tally.fault(&column, RefusalCode::Rule, reason) };
                tally.refuse_late(chunk.row(row, fault));
            }
        }
        let added = self.add(&chunk.people).await?;
        tally.loaded.accepted += added.accepted;
        tally.loaded.duplicates += added.duplicates;
        let taken = RefusalCode::ReferenceTaken;
        for position in added.references_taken {
            let line = chunk.people.get(position).map_or(0, |person| person.row);
            let fault = tally.fault(REFERENCE, taken, taken.reason());
            tally.refuse_late(chunk.row(line, fault));
        }
        Ok(())
    }
}

/// People who are added at once, and their rows by line, should one be refused after all.
#[derive(Default)]
struct Chunk {
    people: Vec<Person>,
    rows: HashMap<u64, Vec<String>>,
}

impl Chunk {
    fn push<C: Serialize>(&mut self, mut row: Accepted<C>) -> Result<(), Error> {
        self.rows.insert(row.line, mem::take(&mut row.cells.0));
        self.people.push(person(row)?);
        Ok(())
    }

    fn row(&mut self, line: u64, fault: Fault) -> Refused {
        Refused { line, faults: vec![fault], cells: self.rows.remove(&line).unwrap_or_default() }
    }
}

/// What has become of the rows.
struct Tally<F> {
    loaded: Loaded,
    /// Rows that were good for the list, and not for the campaign.
    late: BTreeMap<RefusalCode, u64>,
    refused: F,
    /// Where the list has which field.
    columns: Vec<(String, Column)>,
}

impl<F: FnMut(NotLoaded)> Tally<F> {
    fn refuse(&mut self, row: Refused) {
        self.loaded.refused += 1;
        (self.refused)(NotLoaded::Row(row));
    }

    fn refuse_late(&mut self, row: Refused) {
        for fault in &row.faults {
            *self.late.entry(fault.code).or_default() += 1;
        }
        self.refuse(row);
    }

    fn fault(&self, field: &str, code: RefusalCode, reason: impl Into<String>) -> Fault {
        match self.columns.iter().find(|(name, _)| name == field) {
            Some((_, column)) => Fault::of_column(column, code, reason),
            None => Fault::of_row(code, reason),
        }
    }

    /// The list knew nothing of what the campaign has refused: one code for each row.
    fn correct(&self, report: &mut Report) {
        for (code, rows) in &self.late {
            report.accepted = report.accepted.saturating_sub(*rows);
            report.refused += rows;
            *report.codes.entry(*code).or_default() += rows;
        }
    }
}

fn read<C: Contact>(mut rows: Loading<C>, sender: &mpsc::Sender<Vec<Result<Row<C>, LoadError>>>) -> Report {
    let mut all = rows.by_ref().fuse();
    loop {
        let read: Vec<_> = all.by_ref().take(READ).collect();
        if read.is_empty() || sender.blocking_send(read).is_err() {
            break;
        }
    }
    rows.report().clone()
}

/// An accepted row as a person: what the vendor is told, by the names on the wire.
fn person<C: Serialize>(row: Accepted<C>) -> Result<Person, Error> {
    let unwritable =
        |error: serde_json::Error| Error::Setting(format!("a contact cannot be written: {error}"));
    let json = serde_json::to_string(&row.contact).map_err(unwritable)?;
    let raw: BTreeMap<String, &RawValue> = serde_json::from_str(&json).map_err(unwritable)?;
    let mut person = Person::new(&row.phone);
    person.row = row.line;
    let mut fields = Map::new();
    for (name, value) in raw {
        let text = value.get();
        let value: Value = serde_json::from_str(text).map_err(unwritable)?;
        match (name.as_str(), &value) {
            (_, Value::Null) | ("Mobile", _) => {}
            (REFERENCE, Value::String(reference)) => person.reference = Some(reference.clone()),
            // A number in JSON may lose digits; the vendor's amounts are read from text as well.
            (_, Value::Number(_)) => {
                fields.insert(name, Value::from(text));
            }
            _ => {
                fields.insert(name, value);
            }
        }
    }
    person.fields = fields;
    Ok(person)
}
