//! A list of people, read from a file into a campaign.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use tokio::sync::mpsc;

use crate::campaign::{Campaign, Loaded};
use crate::error::Error;
use crate::load::{Accepted, Contact, LoadError, Loading, Refused, Report, Row};
use crate::person::{Person, RefusedRow};

/// Rows that are read ahead.
const AHEAD: usize = 2_000;

/// What a row is refused for: by the list's rules, or by those of the campaign.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum NotLoaded {
    /// The list's row cannot be called.
    Row(Refused),
    /// It could be, but not in this campaign: its reference is somebody else's.
    Person(RefusedRow),
}

impl NotLoaded {
    /// The line of the file.
    pub fn line(&self) -> u64 {
        match self {
            Self::Row(row) => row.line,
            Self::Person(row) => row.row,
        }
    }
}

/// The line, and what is wrong. It holds no value of the row.
impl std::fmt::Display for NotLoaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Row(row) => row.fmt(f),
            Self::Person(row) => row.fmt(f),
        }
    }
}

impl Campaign {
    /// Adds the people of a list ([`Loader`](crate::load::Loader)), row by row and in constant memory.
    /// `refused` is told of each row that is not called; see [`RefusedRows`](crate::load::RefusedRows) for a
    /// file of them. The same list can be loaded again: whose number is in the campaign already is one call.
    ///
    /// # Errors
    ///
    /// [`Error::List`] if the file cannot be read on; [`Error::Ledger`].
    pub async fn load<C: Contact + Serialize>(
        &self,
        rows: Loading<C>,
        mut refused: impl FnMut(NotLoaded),
    ) -> Result<(Report, Loaded), Error> {
        let (sender, mut receiver) = mpsc::channel(AHEAD);
        // Files are read by threads that may wait.
        let reading = tokio::task::spawn_blocking(move || read(rows, &sender));
        let mut not_loaded = Vec::new();
        let mut intake = self.intake(|row| not_loaded.push(NotLoaded::Person(row)));
        intake.are_checked = true;
        while let Some(row) = receiver.recv().await {
            match row? {
                Row::Accepted(row) => intake.push(person(row)?).await?,
                Row::Refused(row) => refused(NotLoaded::Row(row)),
                Row::Merged(_) => {}
            }
        }
        let loaded = intake.finish().await?;
        not_loaded.into_iter().for_each(refused);
        match reading.await {
            Ok(report) => Ok((report, loaded)),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Error::Setting("the runtime is shutting down".to_owned())),
        }
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
            ("Comments", Value::String(reference)) => person.reference = Some(reference.clone()),
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
