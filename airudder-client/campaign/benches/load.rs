//! How much memory and time a long list takes: `cargo bench -p airudder-campaign --bench load -- [ROWS]`.
//!
//! The list is as people have it: one row in twenty cannot be called, one in fifty is there twice, phones are
//! written in six ways.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::time::Instant;

use airudder_campaign::load::{AmountFormat, Loader, Mapping, RefusedRows, Row};
use airudder_client::collection::CollectionContact;

const COLUMNS: &str =
    "Nama;No HP;Tgl Pinjam;Jatuh Tempo;Pinjaman;Tunggakan;Mata Uang;Merek;Ref;Jenis Kelamin;Cabang";

fn main() -> Result<(), Box<dyn Error>> {
    let rows: u64 = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("list.csv");
    write(&path, rows)?;
    println!("{rows} rows, {} MB; before: {}", std::fs::metadata(&path)?.len() >> 20, peak());
    let mapping = Mapping::guess::<CollectionContact>(COLUMNS.split(';'))
        .variable("branch", "Cabang")
        .format("LoanAmount", AmountFormat::Comma);
    let start = Instant::now();
    let mut list = Loader::<CollectionContact>::new(mapping).region("ID").open(&path)?;
    println!("formats decided after {:.1?}: {}", start.elapsed(), peak());
    let mut refused = RefusedRows::create(folder.path().join("refused.csv"), &list)?;
    for row in list.by_ref() {
        match row? {
            Row::Accepted(row) => drop(row.contact),
            Row::Refused(row) => refused.write(&row)?,
            Row::Merged(_) => {}
        }
    }
    refused.finish()?.flush()?;
    println!("read after {:.1?}: {}\n{}", start.elapsed(), peak(), list.report());
    Ok(())
}

fn write(path: &std::path::Path, rows: u64) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{COLUMNS}")?;
    for row in 0..rows {
        // Every fiftieth is there twice.
        let person = if row % 50 == 1 { row - 1 } else { row };
        let digits = format!("812{person:08}");
        let phone = match person % 20 {
            0..=5 => format!("+62{digits}"),
            6..=9 => format!("0{digits}"),
            10..=12 => format!("62{digits}"),
            13..=15 => format!("'0{}-{}-{}", &digits[..3], &digits[3..7], &digits[7..]),
            16..=17 => format!("0062{digits}"),
            18 => digits,
            _ => "6.28E+12".to_owned(),
        };
        let (day, month) = (person % 28 + 1, person % 12 + 1);
        writeln!(
            file,
            "Debtor {person};{phone};{day:02}/{month:02}/2025;{day:02}/{month:02}/2026;{}.000;Rp {}.500,75;\
             Rupiah;ACME;R-{person};{};Kota {}",
            person % 900 + 100,
            person % 900 + 100,
            if person % 2 == 0 { "male" } else { "Female" },
            person % 300
        )?;
    }
    file.flush()?;
    Ok(())
}

/// The most memory that the process has had, where the system tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.map_or("peak unknown".to_owned(), |line| line.split_whitespace().collect::<Vec<_>>().join(" "))
}
