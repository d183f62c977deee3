//! The same number twice, people who must not be called, and the file of refused rows.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "data/lists.rs"]
mod lists;

use airudder_campaign::load::{
    DoNotCall, LoadError, Loader, Loading, Pass, PhoneReader, Progress, RefusalCode, RefusedRows, Report, Row,
};
use airudder_client::collection::CollectionContact;
use airudder_client::telemarketing::CustomerContact;

use lists::{customers, seen};

#[test]
fn the_same_number_is_one_call() {
    let list = "Name,Phone,Note\nJane,1,\nJane,0812 3456 789,a\nJane,+628123456789,b\n\
                John,'08123456789,\nMax,08133456789,\n";
    let mut rows = customers().read(list.as_bytes()).unwrap();
    let all: Vec<_> = rows.by_ref().map(Result::unwrap).collect();
    // The row that cannot be called is not the first one. "Note" is not used, so it makes no difference.
    let Row::Merged(merged) = &all[2] else { panic!("{all:?}") };
    assert_eq!((merged.line, merged.first_line), (4, 3));
    let Row::Refused(refused) = &all[3] else { panic!("{all:?}") };
    assert_eq!(
        refused.to_string(),
        "line 5: Name (A) differs from line 3, which has the same number and is called [duplicate_differs]"
    );
    let report: &Report = rows.report();
    assert_eq!((report.rows, report.accepted, report.refused, report.merged), (5, 2, 2, 1));
    assert_eq!(report.codes[&RefusalCode::DuplicateDiffers], 1);
}

#[test]
fn the_same_value_written_otherwise_is_no_difference() {
    let list = "Debtor,Mobile,LoanDate,DueDate,LoanAmount,Arrears\n\
                Jane,08123456789,31/01/2026,13/02/2026,300000.50,100\n\
                Jane,+628123456789,2026-01-31,13 Feb 2026,\"300,000.5\",100.00\n\
                Jane,+628123456789,2026-01-31,13 Feb 2026,\"300,000.5\",1000\n";
    let rows = Loader::<CollectionContact>::guess().region("ID").read(list.as_bytes()).unwrap();
    assert_eq!(seen(rows), ["ok", "merged with 2", "Arrears (F) duplicate_differs"]);
}

#[test]
fn people_who_must_not_be_called_are_not() {
    let phones = || PhoneReader::new("ID").unwrap();
    let list = "Name,Phone\nJane,0812-3456-789\nJohn,0813 3456 789\n";
    for do_not_call in [
        "0812 3456 789\n",
        "\u{feff}Phone\r\n62812.3456.789\r\n\r\n",
        "id;no hp\n1;=\"08123456789\"\n",
        "name\tmobile\nJane\t'+62 812 3456 789\n",
    ] {
        let list_of = DoNotCall::read(do_not_call.as_bytes(), phones()).unwrap();
        assert_eq!(list_of.len(), 1, "{do_not_call}");
        let rows = customers().do_not_call(list_of).read(list.as_bytes()).unwrap();
        assert_eq!(seen(rows), ["Phone (B) do_not_call", "ok"]);
    }
    let list_of: DoNotCall = ["+628123456789"].into_iter().collect();
    assert_eq!(
        seen(customers().do_not_call(list_of).read(list.as_bytes()).unwrap()),
        ["Phone (B) do_not_call", "ok"]
    );
}

#[test]
fn a_do_not_call_list_that_cannot_be_read_stops_the_list() {
    let of = "phone\n0812 3456 789\n6.28E+12\nunknown\n";
    let do_not_call = DoNotCall::read(of.as_bytes(), PhoneReader::new("ID").unwrap()).unwrap();
    assert_eq!(do_not_call.unreadable(), [(3, RefusalCode::Rounded), (4, RefusalCode::NotAPhone)]);
    let list = "Name,Phone\nJane,0813 3456 789\n";
    let error = customers().do_not_call(do_not_call.clone()).read(list.as_bytes()).err().unwrap();
    assert!(matches!(error, LoadError::DoNotCall { count: 2, line: 3, .. }), "{error}");
    let rows = customers().do_not_call(do_not_call.ignore_unreadable()).read(list.as_bytes()).unwrap();
    assert_eq!(seen(rows), ["ok"]);
}

/// The file of the refused rows of a list.
fn refused(mut rows: Loading<CustomerContact>) -> String {
    let mut file = RefusedRows::new(Vec::new(), &rows).unwrap();
    for row in rows.by_ref() {
        if let Row::Refused(row) = row.unwrap() {
            file.write(&row).unwrap();
        }
    }
    assert_eq!(file.rows(), rows.report().refused);
    String::from_utf8(file.finish().unwrap()).unwrap()
}

#[test]
fn refused_rows_are_refused_again_until_they_are_mended() {
    let list = "Name;Phone;Note\nJane;+62 812;=1+1\n\"John; Jr\";0812;say \"\"hi\"\"\n\
                \"open;08123456789;\nshort\n\
                long;08123456780;a;b;c\nGood;08123456781;-\n'=x;6.28E+12;0012\n\"two\nlines\";?;x\n";
    let first = refused(customers().read(list.as_bytes()).unwrap());
    let again = refused(customers().read(first.as_bytes()).unwrap());
    let third = refused(customers().read(again.as_bytes()).unwrap());
    let cells = |file: &str| {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(file.as_bytes());
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().skip(4).map(str::to_owned).collect()).collect();
        rows
    };
    assert_eq!(cells(&first).len(), 7);
    assert_eq!(
        cells(&first)[..2],
        [vec!["Jane", "'+62 812", "'=1+1"], vec!["John; Jr", "'0812", "say \"\"hi\"\""]]
    );
    assert_eq!(cells(&first)[2], ["\"open;08123456789;"]);
    assert_eq!(cells(&first)[5], ["''=x", "6.28E+12", "'0012"]);
    assert_eq!(cells(&first), cells(&again));
    assert_eq!(again, third);
    // Mended by a person, in a spreadsheet that leaves the apostrophes where they are.
    let mended = first.replace("+62 812;", "+62 812 3456 7890;").replace("6.28E+12", "0813 3456 789");
    let rows = customers().read(mended.as_bytes()).unwrap();
    assert!(rows.report().unused.iter().all(|column| column.name == "Note"));
    let people: Vec<String> = rows
        .filter_map(|row| match row.unwrap() {
            Row::Accepted(row) => Some(format!("{} {}", row.contact.customer.unwrap(), row.phone)),
            Row::Refused(_) | Row::Merged(_) => None,
        })
        .collect();
    assert_eq!(people, ["Jane +6281234567890", "'=x +628133456789"]);
}

#[cfg(unix)]
#[test]
fn the_file_of_refused_rows_is_its_owners() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("refused.csv");
    let rows = customers().read(&b"Name,Phone\n"[..]).unwrap();
    RefusedRows::create(&path, &rows).unwrap().finish().unwrap().into_inner().unwrap();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let header = std::fs::read_to_string(&path).unwrap();
    assert_eq!(header, "\u{feff}refused_line,refused_column,refused_code,refused_reason,Name,Phone\r\n");
}

#[test]
fn progress_is_told_in_both_passes() {
    let mut list = "Debtor,Mobile,LoanDate,DueDate,LoanAmount,Arrears\n".to_owned();
    for row in 0..2500 {
        list.push_str(&format!("Jane,+62812{row:08},2026-01-01,13/02/2026,100,100\n"));
    }
    let (sender, told) = std::sync::mpsc::channel();
    let rows = Loader::<CollectionContact>::guess().progress(move |at: Progress| sender.send(at).unwrap());
    let report = rows.read(list.as_bytes()).unwrap().finish().unwrap();
    assert_eq!(report.accepted, 2500);
    let told: Vec<Progress> = told.into_iter().collect();
    let at: Vec<(Pass, u64)> = told.iter().map(|at| (at.pass, at.rows)).collect();
    let wanted = [Pass::Formats, Pass::Rows].map(|pass| [1000, 2000, 2500].map(|rows| (pass, rows)));
    assert_eq!(at, wanted.concat());
    assert!(told.iter().all(|at| at.bytes <= at.total && at.total == list.len() as u64));
    assert!(told.iter().filter(|at| at.rows == 2500).all(|at| at.bytes == at.total));
}

#[test]
fn nothing_that_is_told_of_a_row_holds_its_values() {
    let list = "Debtor,Mobile,LoanDate,DueDate,LoanAmount,Arrears\n\
                Zebedee,0812345,13/13/1999,2026-02-01,1234567x,765.4321\n\
                Zebedee,+628129876543,13/12/1999,2026-02-01,7654.5,99\n\
                Zebedeus,+628129876543,13/12/1999,2026-02-01,7654.5,99\n";
    let rows = Loader::<CollectionContact>::guess().region("ID").read(list.as_bytes());
    // The amount of line 2 can be read in one way only, so that the column is clear.
    let mut rows = rows.unwrap();
    let mut told = String::new();
    for row in rows.by_ref() {
        let row = row.unwrap();
        told.push_str(&format!("{row:?}"));
        if let Row::Refused(row) = row {
            told.push_str(&format!("{row} {row:?}"));
        }
    }
    told.push_str(&format!("{} {:?}", rows.report(), rows.report()));
    for value in ["Zebed", "0812345", "9876543", "1234567", "7654"] {
        assert!(!told.contains(value), "{value}: {told}");
    }
    let undecided = "Debtor,Mobile,LoanDate,DueDate,LoanAmount,Arrears\n\
                     Jane,+628129876543,2026-01-01,2026-02-01,1,7.531\n";
    let error = Loader::<CollectionContact>::guess().read(undecided.as_bytes()).err().unwrap();
    assert!(matches!(error, LoadError::Undecided(_)));
    assert!(!format!("{error} {error:?}").contains("531"), "{error}");
}

#[test]
fn the_report_is_for_people() {
    let list = "Name,Phone,City\nJane,0812 3456 789,x\nJohn,12,x\n\n";
    let report = customers().read(list.as_bytes()).unwrap().finish().unwrap();
    assert_eq!(
        report.to_string(),
        "2 rows: 1 accepted, 1 refused, 0 merged (1 blank)\n  phone_too_short              1\n  \
         Customer             from Name (A)\n  Mobile               from Phone (B)\n  not used: City (C)\n"
    );
}
