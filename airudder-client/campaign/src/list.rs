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
use crate::person::Person;

/// Rows that are read ahead.
const AHEAD: usize = 2_000;
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
        mut refused: impl FnMut(NotLoaded),
    ) -> Result<(Report, Loaded), Error> {
        let columns = rows.report().columns.clone();
        let (sender, mut receiver) = mpsc::channel(AHEAD);
        // Files are read by threads that may wait.
        let reading = tokio::task::spawn_blocking(move || read(rows, &sender));
        let mut loaded = Loaded::default();
        let mut refuse = |row: Refused, loaded: &mut Loaded| {
            loaded.refused += 1;
            refused(NotLoaded::Row(row));
        };
        let mut is_plan_checked = false;
        loop {
            let (mut people, mut cells) = (Vec::with_capacity(CHUNK), HashMap::with_capacity(CHUNK));
            while let Some(row) = receiver.recv().await {
                match row? {
                    Row::Accepted(mut row) => {
                        cells.insert(row.line, mem::take(&mut row.cells.0));
                        people.push(person(row)?);
                    }
                    Row::Refused(row) => refuse(row, &mut loaded),
                    Row::Merged(_) => {}
                }
                if people.len() == CHUNK {
                    break;
                }
            }
            if people.is_empty() {
                break;
            }
            let mut again = |line: u64, fault: Fault, loaded: &mut Loaded| {
                let cells = cells.remove(&line).unwrap_or_default();
                refuse(Refused { line, faults: vec![fault], cells }, loaded);
            };
            let column =
                |field: &str| columns.iter().find(|(name, _)| name == field).map(|(_, column)| column);
            // The list's rows are checked already: the first tell whether the plan itself would be refused.
            if !mem::replace(&mut is_plan_checked, true) {
                for row in self.check(&mut people)? {
                    let fault = fault(column(&row.column), RefusalCode::Rule, row.reason);
                    again(row.row, Fault { vendor_code: row.code, ..fault }, &mut loaded);
                }
            }
            let added = self.add(&people).await?;
            loaded.accepted += added.accepted;
            loaded.duplicates += added.duplicates;
            for position in added.references_taken {
                let code = RefusalCode::ReferenceTaken;
                let line = people.get(position).map_or(0, |person| person.row);
                again(line, fault(column(REFERENCE), code, code.reason()), &mut loaded);
            }
        }
        match reading.await {
            Ok(report) => Ok((report, loaded)),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Error::Setting("the runtime is shutting down".to_owned())),
        }
    }
}

fn fault(column: Option<&Column>, code: RefusalCode, reason: impl Into<String>) -> Fault {
    match column {
        Some(column) => Fault::of_column(column, code, reason),
        None => Fault::of_row(code, reason),
    }
}

fn read<C: Contact>(mut rows: Loading<C>, sender: &mpsc::Sender<Result<Row<C>, LoadError>>) -> Report {
    for row in rows.by_ref() {
        if sender.blocking_send(row).is_err() {
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
