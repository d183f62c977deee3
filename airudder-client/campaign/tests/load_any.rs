//! Whatever the bytes are: nothing panics, every row is told of, what is refused stays refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "data/lists.rs"]
mod lists;

use airudder_campaign::load::{
    AmountFormat, DateFormat, Fault, Format, Loader, Mapping, PhoneReader, Refused, RefusedRows, Row,
};
use airudder_client::Decimal;
use airudder_client::collection::CollectionContact;
use proptest::prelude::*;

use lists::{customers, seen};

/// What a fuzz target does with its bytes.
fn load(bytes: &[u8]) {
    let _ = PhoneReader::new("ID").map(|mut phones| phones.read(&String::from_utf8_lossy(bytes)));
    for encoding in ["utf-8", "utf-16le", "gbk"] {
        let Ok(mut rows) = Loader::<CollectionContact>::guess().region("ID").encoding(encoding).read(bytes)
        else {
            continue;
        };
        let mut lines = 0;
        for row in rows.by_ref() {
            let line = row.unwrap().line();
            assert!(line > lines, "line {line} after {lines}");
            lines = line;
        }
        let report = rows.report();
        assert_eq!(report.rows, report.accepted + report.refused + report.merged);
    }
}

/// Pieces that lists are made of, with what breaks them.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        ",",
        ";",
        "\t",
        "|",
        "\n",
        "\r\n",
        "\r",
        "\"",
        "\"\"",
        "sep=;\n",
        "Mobile",
        "Debtor",
        "LoanDate",
        "DueDate",
        "LoanAmount",
        "Arrears",
        "0812 3456 789",
        "+628123456789",
        "01/02/2026",
        "1.000",
        "6.28E+12",
        "=1+1",
        "'",
        " ",
        "\u{202a}",
        "１",
        "\0",
        "refused_line,refused_column,refused_code,refused_reason,",
    ];
    prop_oneof![4 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => ".{0,6}"]
}

fn text() -> impl Strategy<Value = String> {
    let header = "Debtor,Mobile,LoanDate,DueDate,LoanAmount,Arrears\n";
    (prop::bool::ANY, prop::collection::vec(piece(), 0..60)).prop_map(move |(has_header, pieces)| {
        let rows = pieces.concat();
        if has_header { format!("{header}{rows}") } else { rows }
    })
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof!["[-=+@'0-9a-z ;,\"\n\r\t]{0,8}", "[0-9]{9,14}", "\\PC{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        load(&bytes);
    }

    #[test]
    fn any_text(text in text()) {
        load(text.as_bytes());
    }

    #[test]
    fn all_rows_are_told_of(cells in prop::collection::vec(prop::collection::vec(cell(), 1..5), 0..12)) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(["Name", "Phone", "Note"]).unwrap();
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let mut rows = customers().read(file.as_slice()).unwrap();
        let mut refused = RefusedRows::new(Vec::new(), &rows).unwrap();
        let mut wanted = Vec::new();
        for row in rows.by_ref() {
            if let Row::Refused(row) = row.unwrap() {
                refused.write(&row).unwrap();
                wanted.push(row);
            }
        }
        let report = rows.report();
        prop_assert_eq!(report.accepted + report.refused + report.merged + report.blank, cells.len() as u64);

        // What was refused for itself is refused again, with the same cells. A duplicate may be called now.
        let again = customers().read(refused.finish().unwrap().as_slice()).unwrap();
        let told: Vec<_> = again.map(Result::unwrap).collect();
        prop_assert_eq!(told.len(), wanted.len());
        for (old, new) in wanted.iter().zip(told) {
            if old.faults[0].code.as_str() != "duplicate_differs" {
                let Row::Refused(new) = new else { panic!("{old:?} {new:?}") };
                let told = |row: &Refused| -> Vec<_> {
                    let column = |fault: &Fault| fault.column.as_ref().map(|column| column.name.clone());
                    row.faults.iter().map(|fault| (column(fault), fault.code, fault.vendor_code)).collect()
                };
                prop_assert_eq!(told(old), told(&new));
                prop_assert_eq!(&old.cells, &new.cells);
            }
        }
    }

    #[test]
    fn a_mapping_is_read_as_it_was_written(
        columns in prop::collection::btree_map("\\PC{1,8}", "\\PC{0,8}", 0..5),
        format in prop::sample::select(DateFormat::ALL.to_vec()),
    ) {
        let amount = Format::from(AmountFormat::Comma);
        let mut mapping = Mapping::new().format("DueDate", format).format("Arrears", amount);
        for (field, header) in columns {
            let both = mapping.column(field.clone(), header.clone()).variable(field.clone(), "x");
            mapping = both.constant(header, field);
        }
        prop_assert_eq!(&mapping.to_string().parse::<Mapping>().unwrap(), &mapping);
        let json = serde_json::to_string(&mapping).unwrap();
        prop_assert_eq!(serde_json::from_str::<Mapping>(&json).unwrap(), mapping);
    }

    #[test]
    fn a_column_of_one_format_is_read_as_it_was_written(
        days in prop::collection::vec((1990_i16..2060, 1_i8..=12, 1_i8..=28), 1..20),
        month_first in prop::bool::ANY,
        sums in prop::collection::vec(1_u64..10_000_000_000, 20),
        comma in prop::bool::ANY,
    ) {
        let mut list = "Debtor;Mobile;LoanDate;DueDate;LoanAmount;Arrears\n".to_owned();
        for (row, (year, month, day)) in days.iter().enumerate() {
            let (one, two) = if month_first { (month, day) } else { (day, month) };
            let (cents, sum) = (sums[row] % 100, sums[row] / 100);
            let digits = sum.to_string();
            let whole = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect::<Vec<_>>();
            let (separator, mark) = if comma { (".", ",") } else { (",", ".") };
            let sum = format!("{}{mark}{cents:02}", whole.join(separator));
            list.push_str(&format!("J;+6281200000{row:03};{one:02}/{two:02}/{year};2090-01-01;{sum};1\n"));
        }
        // Nothing decides where all days could be months.
        let is_clear = days.iter().any(|(_, month, day)| *day > 12 && *month != *day)
            || days.iter().all(|(_, month, day)| month == day);
        match Loader::<CollectionContact>::guess().read(list.as_bytes()) {
            Ok(rows) => {
                prop_assert!(is_clear);
                for (row, (year, month, day)) in rows.zip(&days) {
                    match row.unwrap() {
                        Row::Accepted(row) => {
                            let (date, sum) = (row.contact.loan_date.to_string(), row.contact.loan_amount);
                            prop_assert_eq!(date, format!("{year}-{month:02}-{day:02}"));
                            let cents = (sum * Decimal::from(100)).normalize().to_string();
                            prop_assert!(sums.iter().any(|sum| sum.to_string() == cents));
                        }
                        other => panic!("{other:?}"),
                    }
                }
            }
            Err(error) => prop_assert!(!is_clear, "{error}: {list}"),
        }
    }
}

#[test]
fn what_once_was_found_stays_mended() {
    for text in ["\"", "sep=;", "Phone\n\"", "Name,Phone\n\"\r", "Name,Phone\r\"\r\n\"x", "Phone\n\u{feff}"] {
        load(text.as_bytes());
        if let Ok(rows) = customers().read(text.as_bytes()) {
            seen(rows);
        }
    }
}
