//! Why a list cannot be read at all.

use std::fmt;
use std::io;

use super::format::Format;
use super::header::Column;
use super::row::RefusalCode;

/// Why a list cannot be read. What is wrong with one row is none of these: the row is
/// [`Refused`](super::Refused), and the others go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be opened or read.
    #[error("the list cannot be read: {0}")]
    Io(#[source] io::Error),
    /// The file is no text.
    #[error("the list is not text but {0}")]
    NotText(&'static str),
    /// Nobody knows an encoding of this name.
    #[error("there is no encoding named {0:?}; there are utf-8, utf-16le, windows-1252, gbk and so on")]
    UnknownEncoding(String),
    /// There is no region of this name.
    #[error("there is no region named {0:?}: it takes the two letters of ISO 3166, such as ID or MX")]
    UnknownRegion(String),
    /// The file has no row at all.
    #[error("the list is empty: its first row should name the columns")]
    Empty,
    /// The first row holds a phone number.
    #[error("the first row (line {line}) holds a phone number: it should name the columns")]
    NoHeader {
        /// Its line.
        line: u64,
    },
    /// The first row cannot be read.
    #[error("the first row (line {line}), which should name the columns, {reason}")]
    BadHeader {
        /// Its line.
        line: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The mapping does not fit the file or the contact.
    #[error("the mapping does not fit: {}", join(.0))]
    Mapping(Vec<MappingFault>),
    /// Columns whose values can be read in more than one way, all of them.
    #[error("{}", join(.0))]
    Undecided(Vec<UndecidedColumn>),
    /// Entries of a do-not-call list are no phone numbers, so that it is not known who must not be called.
    #[error(
        "{count} entries of the do-not-call list are no phone numbers, the first in line {line}: {reason}"
    )]
    DoNotCall {
        /// How many there are.
        count: u64,
        /// The line of the first.
        line: u64,
        /// What is wrong with the first.
        reason: RefusalCode,
    },
    /// A mapping is not written as one.
    #[error("this is no mapping: {0}")]
    MappingText(String),
    /// The endpoint of the contact takes no list of people with phone numbers.
    #[error("{0} takes no list of people with phone numbers")]
    NoContacts(&'static str),
}

fn join<T: fmt::Display>(parts: &[T]) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// One way in which a mapping does not fit. Fields have their wire names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MappingFault {
    /// The contact has no such field, or none that a cell can hold.
    UnknownField {
        /// The name in the mapping.
        field: String,
        /// The field that is most like it.
        nearest: Option<String>,
    },
    /// The file has no such column.
    MissingColumn {
        /// The field or variable.
        field: String,
        /// The column's name in the mapping.
        header: String,
        /// The column that is most like it.
        nearest: Option<String>,
        /// All columns of the file.
        columns: Vec<String>,
    },
    /// The file has several such columns.
    DoubledColumn {
        /// The field or variable.
        field: String,
        /// The columns.
        columns: Vec<Column>,
    },
    /// A required field has neither column nor constant.
    Required {
        /// The field.
        field: String,
        /// Several columns that may be it, where the mapping was guessed.
        candidates: Vec<Column>,
        /// All columns of the file.
        columns: Vec<String>,
    },
    /// The contact takes no variables, or the variable has the name of a field.
    Variable {
        /// Its name.
        name: String,
    },
    /// A constant is none of its field.
    Constant {
        /// The field.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A format for what is no column of dates or amounts, or one of the other kind.
    Format {
        /// The field.
        field: String,
        /// The format.
        format: Format,
    },
}

impl fmt::Display for MappingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownField { field, nearest } => {
                write!(f, "there is no field {field}{}", did_you_mean(nearest.as_deref()))
            }
            Self::MissingColumn { field, header, nearest, columns } => write!(
                f,
                "the file has no column {header:?} for {field}{} (it has {})",
                did_you_mean(nearest.as_deref()),
                columns.join(", ")
            ),
            Self::DoubledColumn { field, columns } => {
                write!(f, "the file has several columns for {field}: {}", join(columns))
            }
            Self::Required { field, candidates, columns } if candidates.is_empty() => {
                write!(f, "{field} is required and has no column (the file has {})", columns.join(", "))
            }
            Self::Required { field, candidates, .. } => {
                write!(f, "{field} is required, and several columns may be it: {}", join(candidates))
            }
            Self::Variable { name } => write!(f, "{name} cannot be a variable of this contact"),
            Self::Constant { field, reason } => write!(f, "the constant of {field} {reason}"),
            Self::Format { field, format } => write!(f, "{field} is no column that has a format {format}"),
        }
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default()
}

/// A column whose values can be read in two ways, and nothing decides.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UndecidedColumn {
    /// The column.
    pub column: Column,
    /// The field that it is for, by its wire name.
    pub field: String,
    /// The two ways.
    pub readings: [Reading; 2],
    /// The first lines whose value can be read in both ways.
    pub lines: Vec<u64>,
}

/// One way to read a column.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reading {
    /// The format.
    pub format: Format,
    /// What a value that can be read in both ways is with it: "01/02/2026 is 2026-02-01". Of an amount, the
    /// form is the file's and the digits are not. Empty if there is no such value.
    pub example: String,
    /// The first lines whose value can only be read with it. Empty for both: no value decides. In both: no
    /// format fits all values.
    pub only: Vec<u64>,
}

impl fmt::Display for UndecidedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, other] = &self.readings;
        let (column, field) = (&self.column, &self.field);
        if let (Some(line_of_one), Some(line_of_other)) = (one.only.first(), other.only.first()) {
            write!(
                f,
                "column {column} is in two formats: \
                 line {line_of_one} can only be {}, line {line_of_other} only {}",
                one.format, other.format
            )?;
        } else {
            write!(
                f,
                "column {column} can be read in two ways, and no value decides: \
                 as {}, {}; as {}, {} (line {})",
                one.format,
                one.example,
                other.format,
                other.example,
                self.lines.first().copied().unwrap_or_default()
            )?;
        }
        write!(f, "; name the format of {field}")
    }
}
