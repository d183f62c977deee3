//! What has become of a list.

use std::collections::BTreeMap;
use std::fmt;

use super::delimiter::Delimiter;
use super::format::Format;
use super::header::Column;
use super::row::RefusalCode;

/// What has become of the rows read so far.
///
/// Printed it is a few lines for a person. It holds no value of any row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Rows with anything in them, without the header: the sum of the next three.
    pub rows: u64,
    /// Rows that can be called.
    pub accepted: u64,
    /// Rows that are not called, and why.
    pub refused: u64,
    /// Rows that say the same as an earlier one.
    pub merged: u64,
    /// Rows without anything in them.
    pub blank: u64,
    /// How many rows are refused with each code. A row with several faults counts with each.
    pub codes: BTreeMap<RefusalCode, u64>,
    /// What stands between cells.
    pub delimiter: Delimiter,
    /// Which field or variable is read from which column.
    pub columns: Vec<(String, Column)>,
    /// The formats of dates and amounts, named or decided, by field. A column in which no value needs one has
    /// none.
    pub formats: Vec<(String, Format)>,
    /// Columns that are not used.
    pub unused: Vec<Column>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, accepted, refused, merged, blank, .. } = self;
        writeln!(f, "{rows} rows: {accepted} accepted, {refused} refused, {merged} merged ({blank} blank)")?;
        for (code, count) in &self.codes {
            writeln!(f, "  {code:<20} {count:>9}")?;
        }
        for (field, column) in &self.columns {
            write!(f, "  {field:<20} from {column}")?;
            match self.formats.iter().find(|(of, _)| of == field) {
                Some((_, format)) => writeln!(f, ", as {format}")?,
                None => writeln!(f)?,
            }
        }
        for column in &self.unused {
            writeln!(f, "  not used: {column}")?;
        }
        Ok(())
    }
}
