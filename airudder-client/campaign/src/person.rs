//! People to call, and rows that are refused.

use std::fmt;

use airudder_client::ErrorCode;
use airudder_client::types::Phone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One person to call.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The line of the list that it comes from; 0 where there is none.
    pub row: u64,
    /// Your own reference, which comes back with the outcome. One is made where there is none.
    pub reference: Option<String>,
    /// The number to call, in international form (`+6281200000000`).
    pub phone: Phone,
    /// All else that the vendor is told, by the names on the wire (`Debtor`, `LoanDate`).
    pub fields: Map<String, Value>,
}

impl Person {
    /// A person of this number.
    pub fn new(phone: impl Into<Phone>) -> Self {
        Self { row: 0, reference: None, phone: phone.into(), fields: Map::new() }
    }

    /// Your own reference, which comes back with the outcome; unlike that of anybody else in the campaign.
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Something that the vendor is told, by its name on the wire (`Debtor`).
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }
}

/// Shows the row only: all else is personal.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("row", &self.row).finish_non_exhaustive()
    }
}

/// A row that nobody is called for, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedRow {
    /// The line of the list.
    pub row: u64,
    /// The column or the field that is wrong; empty: the row itself.
    pub column: String,
    /// The code with which the vendor would refuse it, where one is known.
    pub code: Option<ErrorCode>,
    /// What is wrong. It never holds the value.
    pub reason: String,
}

/// The line, and what is wrong.
impl fmt::Display for RefusedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {} {}", self.row, self.column, self.reason)?;
        match self.code {
            Some(code) => write!(f, " [{}]", code.value()),
            None => Ok(()),
        }
    }
}
