//! What becomes of a row.

use std::fmt;
use std::str::FromStr;

use airudder_client::ErrorCode;
use airudder_client::types::Phone;

use super::header::Column;

/// What has become of a row of the file.
#[derive(Debug, Clone, PartialEq)]
pub enum Row<C> {
    /// It is one person to call.
    Accepted(Accepted<C>),
    /// It cannot be called, and why.
    Refused(Refused),
    /// It says the same as an earlier row: one call.
    Merged(Merged),
}

impl<C> Row<C> {
    /// The line of the file in which the row begins, counted from 1.
    pub fn line(&self) -> u64 {
        match self {
            Self::Accepted(row) => row.line,
            Self::Refused(row) => row.line,
            Self::Merged(row) => row.line,
        }
    }
}

/// A row that can be called.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Accepted<C> {
    /// The line of the file in which the row begins, counted from 1.
    pub line: u64,
    /// The number, in international form. No two accepted rows of a file have the same.
    pub phone: Phone,
    /// The row as the vendor takes it.
    pub contact: C,
    /// The row as it stands in the file, should it be refused after all.
    pub(crate) cells: Cells,
}

/// Cells of a row. `Debug` does not show them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Cells(pub(crate) Vec<String>);

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} cells)", self.0.len())
    }
}

/// A row with the number of an earlier accepted one, and the same values in all columns that are used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Merged {
    /// The line of the file in which the row begins, counted from 1.
    pub line: u64,
    /// The line of the row that is called.
    pub first_line: u64,
}

/// A row that is not called. `Debug` does not show its cells.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused {
    /// The line of the file in which the row begins, counted from 1.
    pub line: u64,
    /// What is wrong with it: at least one thing, in the order of the columns.
    pub faults: Vec<Fault>,
    /// Its cells as they stand in the file. They are personal data.
    pub cells: Vec<String>,
}

impl Refused {
    /// The first thing that is wrong.
    pub fn fault(&self) -> Option<&Fault> {
        self.faults.first()
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused")
            .field("line", &self.line)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

/// The line and everything that is wrong. It holds no value of the row.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        for (index, fault) in self.faults.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{fault}")?;
        }
        Ok(())
    }
}

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The column; `None`: the row as a whole.
    pub column: Option<Column>,
    /// What it is, as a stable code.
    pub code: RefusalCode,
    /// The code with which the vendor would refuse it, where one is known.
    pub vendor_code: Option<ErrorCode>,
    /// What it is, as a short sentence without a value of the row.
    pub reason: String,
}

impl Fault {
    pub(crate) fn of_row(code: RefusalCode, reason: impl Into<String>) -> Self {
        Self { column: None, code, vendor_code: None, reason: reason.into() }
    }

    pub(crate) fn of_column(column: &Column, code: RefusalCode, reason: impl Into<String>) -> Self {
        Self { column: Some(column.clone()), ..Self::of_row(code, reason) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = &self.column {
            write!(f, "{column} ")?;
        }
        f.write_str(&self.reason)?;
        match self.vendor_code {
            Some(code) => write!(f, " [{}, {}]", self.code, code.value()),
            None => write!(f, " [{}]", self.code),
        }
    }
}

macro_rules! refusal_codes {
    ($($variant:ident $word:literal $reason:literal, $doc:literal;)*) => {
        /// Why a row is refused, as a word that stays the same.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum RefusalCode {
            $(#[doc = $doc] $variant,)*
        }

        impl RefusalCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its word, as it stands in files and reports.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// What is wrong, as it goes behind the column's name.
            pub(crate) const fn reason(self) -> &'static str {
                match self {
                    $(Self::$variant => $reason,)*
                }
            }
        }
    };
}

refusal_codes! {
    TooFewCells "too_few_cells" "is missing: the row has fewer cells than the header",
        "The row has fewer cells than the header.";
    TooManyCells "too_many_cells" "is beyond the header: a cell holds the delimiter without quotes around it",
        "The row has more cells than the header, and not all that are too many are empty.";
    BrokenQuotes "broken_quotes" "has a quotation mark that is not closed, or text behind a closed one",
        "A quotation mark is not closed, or text stands behind the closing one.";
    RowTooLong "row_too_long" "is longer than 256 KiB", "The row is longer than a row can be.";
    UnreadableText "unreadable_text" "holds bytes that are no text: is the file's encoding named?",
        "A cell holds what is no text in the file's encoding, or control characters.";
    Missing "missing" "is required", "A required cell is empty.";
    Rule "rule" "breaks a rule of the vendor's", "A value breaks one of the vendor's rules.";
    NotAPhone "not_a_phone" "is not a phone number", "The cell does not hold a phone number.";
    NoCountry "no_country" "has no country code, and no region is set for the list",
        "The number has no country code, and the list no region.";
    PhoneTooShort "phone_too_short" "has too few digits for a phone number of its country",
        "The number has too few digits for its country.";
    PhoneTooLong "phone_too_long" "has too many digits for a phone number of its country",
        "The number has too many digits for its country.";
    PhoneNotInUse "phone_not_in_use" "is not a number that its country assigns to people",
        "The number has a length of its country's, but no range of numbers there begins like that.";
    Rounded "rounded" "has been rounded by a spreadsheet (1.23E+11): its digits are lost",
        "A spreadsheet has written the number with an exponent: the last digits are gone.";
    Extension "extension" "has an extension, which a robot cannot dial",
        "The number has an extension.";
    SeveralPhones "several_phones" "holds more than one phone number", "The cell holds more than one number.";
    NotADate "not_a_date" "is not a date", "The cell does not hold a date that exists.";
    OtherDateFormat "other_date_format" "is not a date in the format of its column",
        "The date is not in the format of its column.";
    TwoDigitYear "two_digit_year" "has a year of two digits: name the column's format",
        "The year has two digits, and no format is named that says so.";
    DayNumber "day_number" "looks like a spreadsheet's day number: name the column's format",
        "It looks like a spreadsheet's day number, which counts from 1900 or from 1904.";
    DateWithZone "date_with_zone" "is a moment with a time zone: which day it is depends on the place",
        "It is a moment with a time zone.";
    NotAnAmount "not_an_amount" "is not an amount", "The cell does not hold an amount.";
    OtherAmountFormat "other_amount_format" "is not an amount in the format of its column",
        "The amount is not in the format of its column.";
    NotAWholeNumber "not_a_whole_number" "is not a whole number", "The cell does not hold a whole number.";
    NotABoolean "not_a_boolean" "is neither true nor false", "The cell is neither true nor false.";
    DoNotCall "do_not_call" "is on the do-not-call list", "The number is on the do-not-call list.";
    DuplicateDiffers "duplicate_differs" "differs from an earlier row with the same number",
        "An earlier row has the same number and other values.";
    ReferenceTaken "reference_taken" "is the reference of somebody else in the campaign",
        "Somebody else in the campaign has the reference.";
}

/// Reads its word.
impl FromStr for RefusalCode {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|code| code.as_str() == word);
        found.copied().ok_or_else(|| format!("no row is refused as {word:?}"))
    }
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_written() {
        for code in RefusalCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code}");
        }
        assert!("unheard_of".parse::<RefusalCode>().is_err());
    }
}
