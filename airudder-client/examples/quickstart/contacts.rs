//! The list of people: read from CSV, with the rows that cannot be called taken out.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

use airudder_client::collection::CollectionContact;
use airudder_client::error::Violation;
use airudder_client::types::Phone;
use airudder_client::{Decimal, ErrorCode, jiff};
use csv::StringRecord;
use sha2::{Digest as _, Sha256};

/// The list.
pub(crate) struct Contacts {
    /// Line of the file and contact.
    rows: Vec<(u64, CollectionContact)>,
    unreadable: Vec<Refused>,
}

/// A row that is not sent, with one reason.
pub(crate) struct Refused {
    line: u64,
    code: Option<ErrorCode>,
    reason: String,
}

impl Refused {
    /// The line of the file.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "line {:>4}: {code}: {}", self.line, self.reason),
            None => write!(f, "line {:>4}: {}", self.line, self.reason),
        }
    }
}

impl Contacts {
    pub(crate) fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        let mut contacts = Self { rows: Vec::new(), unreadable: Vec::new() };
        let mut reader = csv::Reader::from_path(path).map_err(|error| format!("{path}: {error}"))?;
        for (index, record) in reader.records().enumerate() {
            let line = index as u64 + 2; // the first line is the header
            match contact(&record?) {
                Ok(contact) => contacts.rows.push((line, contact)),
                Err((code, reason)) => contacts.unreadable.push(Refused { line, code: Some(code), reason }),
            }
        }
        Ok(contacts)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Who is called, in twelve letters and digits: the same for the same people in any order.
    pub(crate) fn fingerprint(&self) -> String {
        let people: BTreeSet<&str> = self.rows.iter().map(|(_, contact)| contact.mobile.as_str()).collect();
        let mut hash = Sha256::new();
        people.iter().for_each(|mobile| hash.update(format!("{mobile}\n")));
        hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn rows(&self) -> Vec<CollectionContact> {
        self.rows.iter().map(|(_, contact)| contact.clone()).collect()
    }

    /// The rows whose dates and amounts cannot even be read.
    pub(crate) fn take_unreadable(&mut self) -> Vec<Refused> {
        std::mem::take(&mut self.unreadable)
    }

    /// Takes out the rows that break a rule, however many.
    pub(crate) fn take_refused(&mut self, violations: &[Violation]) -> Vec<Refused> {
        let mut refused = Vec::new();
        let mut gone = std::collections::BTreeSet::new();
        for violation in violations {
            let row = violation.row();
            if let Some((index, (line, _))) = row.and_then(|index| Some((index, self.rows.get(index)?))) {
                refused.push(Refused { line: *line, code: violation.code, reason: violation.to_string() });
                gone.insert(index);
            }
        }
        let mut index = 0;
        self.rows.retain(|_| {
            index += 1;
            !gone.contains(&(index - 1))
        });
        refused
    }

    /// The number of the row with this reference of ours.
    pub(crate) fn mobile_of(&self, reference: &str) -> Option<Phone> {
        self.rows
            .iter()
            .find(|(_, contact)| contact.comments.as_deref() == Some(reference))
            .map(|(_, contact)| contact.mobile.clone())
    }
}

/// A row of the file as a typed contact. Text that is no date or number never gets that far.
fn contact(record: &StringRecord) -> Result<CollectionContact, (ErrorCode, String)> {
    let text = |column: usize| record.get(column).unwrap_or_default().trim();
    let date = |column, code| {
        text(column)
            .parse::<jiff::civil::Date>()
            .map_err(|_| (code, "this is not a date (YYYY-MM-DD)".to_owned()))
    };
    let amount = |column, code| {
        text(column).parse::<Decimal>().map_err(|_| (code, "this is not an amount".to_owned()))
    };
    Ok(CollectionContact::builder()
        .debtor(text(0))
        .mobile(text(1))
        .loan_date(date(2, ErrorCode::LoanDateIncorrect)?)
        .due_date(date(3, ErrorCode::DueDateIncorrect)?)
        .loan_amount(amount(4, ErrorCode::LoanAmountNotNumber)?)
        .arrears(amount(5, ErrorCode::ArrearsNotNumber)?)
        .unit(text(6))
        .platform(text(7))
        .comments(text(8))
        .gender(text(9))
        .build())
}
