//! Columns and their names.

use std::fmt;

use super::text;

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Column {
    /// Its place, counted from 0.
    pub index: usize,
    /// Its name in the header, without blanks around it.
    pub name: String,
}

impl Column {
    pub(super) fn new(index: usize, name: &str) -> Self {
        Self { index, name: text::trim(name).to_owned() }
    }

    /// Its place as a spreadsheet shows it: A, B, ..., Z, AA.
    pub fn letters(&self) -> String {
        let mut letters = Vec::new();
        let mut rest = self.index + 1;
        while rest > 0 {
            letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
            rest = (rest - 1) / 26;
        }
        letters.iter().rev().collect()
    }
}

/// The name, and the place as a spreadsheet shows it: `Mobile (B)`.
impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = self.letters();
        if self.name.is_empty() { f.write_str(&letters) } else { write!(f, "{} ({letters})", self.name) }
    }
}

/// The first row: the names of the columns.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) columns: Vec<Column>,
}

impl Header {
    /// Columns without a name at the end are none: a spreadsheet leaves them behind.
    pub(super) fn new<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut columns: Vec<Column> =
            cells.enumerate().map(|(index, name)| Column::new(index, name)).collect();
        while columns.last().is_some_and(|column| column.name.is_empty()) {
            columns.pop();
        }
        Self { columns }
    }

    /// The columns of a name: those that have it exactly, else those that have it but for letter case and
    /// signs.
    pub(super) fn find(&self, name: &str) -> Vec<&Column> {
        let name = text::trim(name);
        let exact: Vec<&Column> = self.columns.iter().filter(|column| column.name == name).collect();
        if !exact.is_empty() {
            return exact;
        }
        let key = key(name);
        self.columns.iter().filter(|column| self::key(&column.name) == key).collect()
    }

    /// The places of the columns that say why a row was refused, where the file has all of them.
    pub(super) fn reasons(&self) -> Vec<usize> {
        let place = |name: &&str| self.columns.iter().position(|column| key(&column.name) == key(name));
        let places: Vec<usize> = REASONS.iter().filter_map(place).collect();
        if places.len() == REASONS.len() { places } else { Vec::new() }
    }

    /// The name that is most like another, if one is like it at all.
    pub(super) fn nearest(&self, name: &str) -> Option<String> {
        let wanted = key(name);
        let likeness = |column: &Column| strsim::jaro_winkler(&key(&column.name), &wanted);
        let named = self.columns.iter().filter(|column| !column.name.is_empty());
        let best = named.max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
        (likeness(best) > 0.7).then(|| best.name.clone())
    }
}

/// The columns that a file of refused rows has before its own.
pub(super) const REASONS: [&str; 4] = ["refused_line", "refused_column", "refused_code", "refused_reason"];

/// What makes two names the same: letters and digits, in lower case. `Loan Date`, `loan_date` and `LoanDate`
/// are one.
pub(super) fn key(name: &str) -> String {
    let key: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if key.is_empty() { text::trim(name).to_owned() } else { key }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        let letters = |index| Column::new(index, "").letters();
        assert_eq!([0, 25, 26, 51, 52, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn names_are_found_but_for_case_and_signs() {
        let header = Header::new([" Loan Date", "NAMA", "nama", "", ""].into_iter());
        assert_eq!(header.columns.len(), 3);
        assert_eq!(header.find("loan_date")[0].index, 0);
        assert_eq!(header.find("nama").len(), 1);
        assert_eq!(header.find("Nama").len(), 2);
        assert_eq!(header.nearest("loandat").as_deref(), Some("Loan Date"));
        assert_eq!(header.nearest("xyz"), None);
    }
}
