//! What became of the people of a campaign: as typed rows, as a file, as a table in the terminal.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::campaign::Campaign;
use crate::error::Error;
use crate::ledger::{Counts, Row};
use crate::outcome::{Outcome, WithoutOutcome};
use crate::progress::Report;

/// Rows that are in memory at once.
const ROWS: u32 = 1_000;
/// Width of the longest bar of the chart.
const BAR: u64 = 40;

const HEADER: [&str; 13] = [
    "line",
    "reference",
    "phone",
    "status",
    "answered",
    "talk_seconds",
    "intention",
    "ring_type",
    "hangup_type",
    "problem",
    "task",
    "batch",
    "recording",
];

impl Campaign {
    /// People without an outcome, some at a time: those after position `after` (0 to begin), each with its
    /// position, reference, and why.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn without_outcome(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, String, WithoutOutcome)>, Error> {
        self.ledger.without_outcome_after(&self.id, after, limit).await
    }

    /// Outcomes, some at a time, in the order of the list: those after position `after` (0 to begin), each
    /// with its position.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn outcomes(&self, after: i64, limit: u32) -> Result<Vec<(i64, Outcome)>, Error> {
        self.ledger.outcomes_after(&self.id, after, limit).await
    }

    /// Writes what became of everybody to a CSV file that spreadsheets open, in constant memory, and says how
    /// many rows it has: UTF-8 with a byte order mark, commas, CRLF. A cell that a spreadsheet would take for
    /// a formula begins with an apostrophe. Who has no outcome has no status.
    ///
    /// The file takes its name when it is complete, replaces one that was there, and is readable for its
    /// owner alone.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Ledger`].
    pub async fn write_results(&self, path: impl AsRef<Path>) -> Result<u64, Error> {
        let path = path.as_ref();
        let failed = |source| Error::Io { path: path.display().to_string(), source };
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let file = private_file(Path::new(&part)).map_err(failed)?;
        let mut written = Written { file: BufWriter::new(file), rows: 0 };
        let result = self.write_rows(&mut written, failed).await;
        let result = result.and_then(|()| {
            let file = written.file.into_inner().map_err(|error| failed(error.into_error()))?;
            file.sync_all().and_then(|()| std::fs::rename(&part, path)).map_err(failed)
        });
        if result.is_err() {
            let _ = std::fs::remove_file(&part);
        }
        result.map(|()| written.rows)
    }

    async fn write_rows(
        &self,
        written: &mut Written,
        failed: impl Fn(io::Error) -> Error,
    ) -> Result<(), Error> {
        written.file.write_all("\u{feff}".as_bytes()).map_err(&failed)?;
        line(&mut written.file, HEADER.iter().copied()).map_err(&failed)?;
        let mut seq = 0;
        loop {
            let rows = self.ledger.results_after(&self.id, seq, ROWS).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            seq = last.seq;
            for row in &rows {
                let cells = cells(row);
                line(&mut written.file, cells.iter().map(String::as_str)).map_err(&failed)?;
                written.rows += 1;
            }
        }
    }
}

struct Written {
    file: BufWriter<File>,
    rows: u64,
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn cells(row: &Row) -> [String; 13] {
    let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
    let answered = match row.answered {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    [
        row.line.to_string(),
        harmless(&row.reference),
        // A plus before digits is a number to a spreadsheet, and no formula.
        row.phone.clone().unwrap_or_default(),
        text(&row.status),
        answered.to_owned(),
        row.talk_seconds.map(|seconds| seconds.to_string()).unwrap_or_default(),
        match row.intention.as_deref() {
            Some("--") | None => String::new(),
            Some(grade) => harmless(grade),
        },
        text(&row.ring_type),
        text(&row.hangup_type),
        text(&row.problem),
        text(&row.task),
        text(&row.batch),
        text(&row.recording),
    ]
}

/// What a spreadsheet would take for a formula is text.
fn harmless(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

fn line<'c>(file: &mut impl Write, cells: impl Iterator<Item = &'c str>) -> io::Result<()> {
    for (index, cell) in cells.enumerate() {
        let separator = if index == 0 { "" } else { "," };
        match cell.contains(['"', ',', '\n', '\r', ';']) {
            true => write!(file, "{separator}\"{}\"", cell.replace('"', "\"\""))?,
            false => write!(file, "{separator}{cell}")?,
        }
    }
    file.write_all(b"\r\n")
}

/// A table of statuses and grades, with bars.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<18}{:>9}", "people", self.people)?;
        let rows = [
            ("at the vendor", self.submitted),
            ("in doubt", self.in_doubt),
            ("with an outcome", self.outcomes),
            ("answered", self.answered),
            ("not answered", self.unanswered),
        ];
        let statuses = self.by_status.iter().map(|(status, count)| (status.as_str(), *count));
        for (name, count) in rows.into_iter().chain(statuses).filter(|(_, count)| *count > 0) {
            bar(f, name, count, self.people)?;
        }
        let most = self.by_intention.values().copied().max().unwrap_or_default();
        for (grade, count) in &self.by_intention {
            bar(f, &format!("grade {grade}"), *count, most)?;
        }
        Ok(())
    }
}

fn bar(f: &mut fmt::Formatter<'_>, name: &str, count: u64, most: u64) -> fmt::Result {
    let width = (count * BAR).div_ceil(most.max(1)).min(BAR);
    let bar = "█".repeat(usize::try_from(width).unwrap_or_default());
    writeln!(f, "{name:<18}{count:>9}  {bar}")
}

/// The table, and who has no outcome, and why.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.counts.fmt(f)?;
        for (why, count) in &self.without {
            writeln!(f, "{count} without an outcome: {why}")?;
        }
        match self.is_interrupted {
            true => writeln!(f, "interrupted: the next run goes on"),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formula() {
        let mut written = Vec::new();
        let cells = ["a", "b,c", "say \"x\"", &harmless("=1+1"), &harmless("-"), ""];
        line(&mut written, cells.into_iter()).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "a,\"b,c\",\"say \"\"x\"\"\",'=1+1,'-,\r\n");
    }

    #[test]
    fn the_table_shows_what_there_is() {
        let mut counts = Counts { people: 10, submitted: 10, outcomes: 8, ..Counts::default() };
        counts.by_status.insert("finished".to_owned(), 8);
        counts.by_intention.insert("A".to_owned(), 4);
        let report = Report {
            counts,
            without: [(WithoutOutcome::Pending, 2)].into_iter().collect(),
            is_interrupted: false,
        };
        let text = report.to_string();
        assert!(text.contains("finished                  8  ") && text.contains("grade A"), "{text}");
        assert!(text.contains("2 without an outcome: the vendor still had the call before it"), "{text}");
        assert!(!text.contains("in doubt"), "{text}");
    }
}
