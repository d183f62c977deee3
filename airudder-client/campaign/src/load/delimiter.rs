//! What stands between cells.

use std::collections::HashSet;
use std::fmt;
use std::io;

use super::header::key;
use super::records::{Record, Records};

/// What stands between the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// `|`
    Pipe,
}

impl Delimiter {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Pipe];

    /// The character.
    pub const fn as_char(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
            Self::Pipe => '|',
        }
    }

    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
            Self::Pipe => "pipe",
        })
    }
}

/// How many rows are looked at.
const ROWS: usize = 50;

/// The delimiter that the beginning of a file speaks for: the one that makes most names of columns that are
/// known, else the one that cuts all rows into the same number of cells.
pub(super) fn detect(sample: &[u8], is_all: bool, known: &HashSet<String>) -> Delimiter {
    let score = |delimiter: Delimiter| judge(delimiter, sample, is_all, known).unwrap_or_default();
    let best = Delimiter::ALL.into_iter().rev().max_by_key(|delimiter| score(*delimiter));
    best.unwrap_or(Delimiter::Comma)
}

/// Names known, share of rows of one width (in thousandths; none for a width of 1), width.
type Score = (usize, usize, usize);

fn judge(delimiter: Delimiter, sample: &[u8], is_all: bool, known: &HashSet<String>) -> io::Result<Score> {
    // The last row may be cut.
    let end = sample.iter().rposition(|b| matches!(b, b'\n' | b'\r')).filter(|_| !is_all);
    let mut records = Records::new(&sample[..end.unwrap_or(sample.len())]);
    records.set_delimiter(delimiter.byte());
    let mut record = Record::default();
    if !records.read(&mut record)? {
        return Ok(Score::default());
    }
    let (width, names) = (record.len(), record.cells().filter(|name| known.contains(&key(name))).count());
    let (mut rows, mut same) = (1, 1);
    while rows < ROWS && records.read(&mut record)? {
        rows += 1;
        same += usize::from(record.broken.is_none() && record.len() == width);
    }
    Ok(if width > 1 { (names, same * 1000 / rows, width) } else { (names, 0, 0) })
}

/// The delimiter that Excel's first line names (`sep=;`).
pub(super) fn named(sample: &[u8]) -> Option<Delimiter> {
    let line = sample.split(|b| matches!(b, b'\n' | b'\r')).next()?;
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let sign = match line.get(..4) {
        Some(word) if word.eq_ignore_ascii_case(b"sep=") => *line.get(4)?,
        _ => return None,
    };
    Delimiter::ALL.into_iter().find(|delimiter| delimiter.byte() == sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(sample: &str) -> Delimiter {
        let known = ["mobile", "debtor", "nama"].map(str::to_owned).into();
        detect(sample.as_bytes(), true, &known)
    }

    #[test]
    fn the_header_decides_else_the_rows() {
        assert_eq!(detected("Mobile,Debtor\n1;2;3,4\n5;6;7,8\n"), Delimiter::Comma);
        assert_eq!(detected("Mobile;Debtor\n1,5;2\n"), Delimiter::Semicolon);
        assert_eq!(detected("Mobile\tNama\n1\t2\n"), Delimiter::Tab);
        assert_eq!(detected("a|b|c\n1|2,5|3\n4|5|6\n"), Delimiter::Pipe);
        assert_eq!(detected("a;b\n1,5;2\n1,25;2\n3;4,75\n"), Delimiter::Semicolon);
        assert_eq!(detected("\"Name; first, last\",x\n1,2\n"), Delimiter::Comma);
        assert_eq!(detected("Mobile\n1\n"), Delimiter::Comma);
        assert_eq!(detected(""), Delimiter::Comma);
    }

    #[test]
    fn the_line_of_excel_names_it() {
        assert_eq!(named(b"sep=;\r\na;b"), Some(Delimiter::Semicolon));
        assert_eq!(named(b"\"SEP=\t\"\n"), Some(Delimiter::Tab));
        assert_eq!(named(b"sep=\n"), None);
        assert_eq!(named(b"separator;x"), None);
    }
}
