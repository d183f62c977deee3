//! Lists as people have them, and what becomes of their rows.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "data/lists.rs"]
mod lists;

use airudder_campaign::load::{
    AmountFormat, DateFormat, Delimiter, LoadError, Loader, Mapping, MappingFault, Row,
};
use airudder_client::Client;
use airudder_client::collection::{CollectionContact, CreateTask};
use airudder_client::error::Severity;
use airudder_client::jiff::civil::date;
use airudder_client::telemarketing::CustomerContact;

use lists::{customers, seen};

const HEADER: &str = "Debtor,Mobile,LoanDate,DueDate,LoanAmount,Arrears";

/// What becomes of one row of a collection list: "ok", or column, code and vendor's code of each fault.
fn row(cells: &str) -> String {
    let list = format!("{HEADER},Gender,Platform\n{cells}\n");
    let rows = Loader::<CollectionContact>::new(mapping()).region("ID").read(list.as_bytes()).unwrap();
    seen(rows).remove(0)
}

fn mapping() -> Mapping {
    Mapping::guess::<CollectionContact>(format!("{HEADER},Gender,Platform").split(','))
        .format("LoanDate", DateFormat::DayMonthYear)
        .format("DueDate", DateFormat::DayMonthYear)
        .format("LoanAmount", AmountFormat::Comma)
        .format("Arrears", AmountFormat::Comma)
}

#[test]
fn rows_as_people_have_them() {
    let cases = include_str!("data/rows.txt");
    let mut count = 0;
    for case in cases.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (cells, wanted) = case.split_once(" => ").unwrap();
        let cells = cells.replace("\\n", "\n").replace("\\0", "\0").replace("\\u202a", "\u{202a}");
        assert_eq!(row(&cells), wanted, "{case}");
        count += 1;
    }
    assert!(count >= 50, "{count} cases");
}

/// The same two people in every form that a file comes in.
#[test]
fn files_as_people_have_them() {
    let plain = "Name,Phone,City\nJane,0812 3456 789,Medan\nJohn,0813 3456 789,\n";
    let utf16 = |text: &str, mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
        mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect::<Vec<u8>>()
    };
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("comma", plain.into()),
        ("semicolon", plain.replace(',', ";").into()),
        ("tab", plain.replace(',', "\t").into()),
        ("pipe", plain.replace(',', "|").into()),
        ("CRLF", plain.replace('\n', "\r\n").into()),
        ("CR", plain.replace('\n', "\r").into()),
        ("no end of the last line", plain.trim_end().into()),
        ("UTF-8 with mark", format!("\u{feff}{plain}").into()),
        ("UTF-16 LE", utf16(plain, b"\xff\xfe", u16::to_le_bytes)),
        ("UTF-16 BE", utf16(plain, b"\xfe\xff", u16::to_be_bytes)),
        ("line of Excel", format!("sep=;\r\n{}", plain.replace(',', ";")).into()),
        ("two marks", format!("\u{feff}\u{feff}\"Name\"{}", &plain[4..]).into()),
        ("mark and line of Excel", format!("\u{feff}sep=,\n{plain}").into()),
        ("blank lines", plain.replace('\n', "\n\n  \n,,\n").into()),
        ("empty columns behind", plain.replace('\n', ",,,\n").into()),
        ("quotes", plain.replace("Jane", "\"Jane\"").replace("Phone", "\"Phone\"").into()),
        ("blanks around", plain.replace(',', " , ").into()),
        ("other names", plain.replace("Name,Phone", "NAMA,no. hp").into()),
    ];
    for (form, file) in files {
        let rows = customers().read(file.as_slice()).unwrap_or_else(|error| panic!("{form}: {error}"));
        let people: Vec<(String, String)> = rows
            .map(|row| match row.unwrap() {
                Row::Accepted(row) => (row.contact.customer.unwrap(), row.phone.into_string()),
                other => panic!("{form}: {other:?}"),
            })
            .collect();
        let both =
            [("Jane", "+628123456789"), ("John", "+628133456789")].map(|(n, p)| (n.to_owned(), p.to_owned()));
        assert_eq!(people, both, "{form}");
    }
}

#[test]
fn other_encodings_are_named() {
    let latin = b"Name,Phone\nJos\xe9,08123456789\n";
    assert_eq!(seen(customers().read(latin.as_slice()).unwrap()), ["Name (A) unreadable_text"]);
    let rows = customers().encoding("windows-1252").read(latin.as_slice()).unwrap();
    let Some(Ok(Row::Accepted(row))) = { rows }.next() else { panic!() };
    assert_eq!(row.contact.customer.as_deref(), Some("José"));
    let gbk = b"Name,Phone\n\xcd\xf5,08123456789\n";
    let Some(Ok(Row::Accepted(row))) = customers().encoding("GBK").read(gbk.as_slice()).unwrap().next()
    else {
        panic!()
    };
    assert_eq!(row.contact.customer.as_deref(), Some("王"));
    let utf16: Vec<u8> = "Name,Phone\nJane,08123456789\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        customers().encoding("utf-16le").read(utf16.as_slice()).unwrap().finish().unwrap().accepted,
        1
    );
    assert!(matches!(customers().read(utf16.as_slice()), Err(LoadError::NotText(_))));
    assert!(matches!(
        customers().encoding("klingon").read(latin.as_slice()),
        Err(LoadError::UnknownEncoding(_))
    ));
}

#[test]
fn a_file_that_is_no_list_says_so() {
    let error =
        |bytes: &[u8]| customers().read(bytes).err().map(|error| error.to_string()).unwrap_or_default();
    assert_eq!(error(b""), "the list is empty: its first row should name the columns");
    assert_eq!(error(b"\n \n,,\n"), "the list is empty: its first row should name the columns");
    assert_eq!(
        error(b"\nJane,08123456789\n"),
        "the first row (line 2) holds a phone number: it should name the columns"
    );
    assert!(error(b"PK\x03\x04....").contains("save the sheet as CSV"));
    assert!(error(b"\x1f\x8b\x08").contains("gzip"));
    assert!(error(b"\"Name,Phone\nJane,1\n").contains("not closed"));
    assert!(error(&[b'a'; 300_000]).contains("256 KiB"));
    let missing = customers().open("/nowhere/list.csv").err().unwrap();
    assert!(matches!(missing, LoadError::Io(_)), "{missing}");
    assert!(matches!(customers().open("/"), Err(LoadError::Io(_))));
    assert!(matches!(
        Loader::<CustomerContact>::guess().region("XX").read(&b"Phone\n"[..]),
        Err(LoadError::UnknownRegion(region)) if region == "XX"
    ));
}

#[test]
fn lines_are_those_of_the_file() {
    let list = "sep=,\r\nName,Phone\r\n\r\n\"Jane\r\nDoe\",0812 3456 789\r\nJohn,1\r\n\"Max\n\n\",2\r\n\
                \"open,3\r\n\"x\" y,4\r\nEnd,5";
    let lines: Vec<u64> = customers().read(list.as_bytes()).unwrap().map(|row| row.unwrap().line()).collect();
    assert_eq!(lines, [4, 6, 7, 10, 11, 12]);
}

#[test]
fn broken_quotes_cost_their_line_only() {
    let list = "Name,Phone\n\"Jane,08123456781\n\"John,08123456782\nMax \"M\" Doe,08123456783\n\
                \"A\" B,08123456784\n\
                \"C, D\" ,08123456785\nE,\"08123456786\n";
    assert_eq!(
        seen(customers().read(list.as_bytes()).unwrap()),
        ["row broken_quotes", "row broken_quotes", "ok", "row broken_quotes", "ok", "row broken_quotes"]
    );
    // The rows behind it are no part of the cell, however many.
    let long = format!("Name,Phone\n\"Jane,1\n{}", "John,08123456789\n".repeat(20_000));
    let report = customers().read(long.as_bytes()).unwrap().finish().unwrap();
    assert_eq!((report.refused, report.accepted, report.merged), (1, 1, 19_999));
    let huge = format!("Name,Phone\n{},1\nJohn,08123456789\n", "x".repeat(300_000));
    assert_eq!(seen(customers().read(huge.as_bytes()).unwrap()), ["row row_too_long", "ok"]);
}

#[test]
fn the_delimiter_may_be_named() {
    let list = "Name|Phone\nJane|08123456789\n";
    assert_eq!(
        customers().delimiter(Delimiter::Pipe).read(list.as_bytes()).unwrap().finish().unwrap().accepted,
        1
    );
    let error = customers().delimiter(Delimiter::Tab).read(list.as_bytes()).err().unwrap();
    assert!(error.to_string().contains("Mobile is required"), "{error}");
}

#[test]
fn a_mapping_that_does_not_fit_says_all_that_is_wrong() {
    let mapping = Mapping::new()
        .column("Mobile", "Pone")
        .column("Debtr", "Name")
        .column("Arrears", "Sum")
        .variable("Unit", "Name")
        .constant("DueDate", "soon")
        .format("Debtor", DateFormat::DayMonthYear);
    let list = "Name,Phone,sum,SUM\n";
    let error = Loader::<CollectionContact>::new(mapping).read(list.as_bytes()).err().unwrap();
    let text = error.to_string();
    for part in [
        "no column \"Pone\" for Mobile; did you mean Phone? (it has Name, Phone, sum, SUM)",
        "no field Debtr; did you mean Debtor?",
        "several columns for Arrears: sum (C); SUM (D)",
        "Unit cannot be a variable",
        "the constant of DueDate is not a date",
        "LoanDate is required and has no column",
        "Debtor is no column that has a format day/month/year",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let LoadError::Mapping(faults) = error else { panic!() };
    assert!(
        matches!(&faults[1], MappingFault::UnknownField { nearest: Some(nearest), .. } if nearest == "Debtor")
    );
    let error = customers().read(&b"Phone,HP\n"[..]).err().unwrap().to_string();
    assert!(error.contains("several columns may be it: Phone (A); HP (B)"), "{error}");
}

#[test]
fn constants_and_variables_are_in_every_row() {
    let list =
        format!("{HEADER},Branch,Note\nJane,+628123456789,2026-01-01,2026-02-01,100,\"12.50\",Medan,x\n");
    let mapping = Mapping::guess::<CollectionContact>(HEADER.split(','))
        .variable("branch", "Branch")
        .constant("Unit", "Rupiah")
        .constant("Script", "b");
    let mut rows = Loader::<CollectionContact>::new(mapping).read(list.as_bytes()).unwrap();
    assert_eq!(rows.report().unused.len(), 1);
    let Some(Ok(Row::Accepted(row))) = rows.next() else { panic!() };
    assert_eq!(
        (row.contact.unit.as_deref(), row.contact.arrears.to_string().as_str()),
        (Some("Rupiah"), "12.50")
    );
    assert_eq!((&row.contact.extra["branch"], &row.contact.extra["Script"]), (&"Medan".into(), &"b".into()));
}

/// What is accepted here is what the client would send.
#[test]
fn nothing_accepted_is_refused_by_the_client() {
    let cases = include_str!("data/rows.txt").lines().filter_map(|line| line.strip_suffix(" => ok"));
    let row = |line: &str| line.replace("\\n", "\n").replace("\\u202a", "\u{202a}") + "\n";
    // Each row in a list of its own: they have the same number.
    let contacts: Vec<CollectionContact> = cases
        .map(|case| {
            let list = format!("{HEADER},Gender,Platform\n{}", row(case));
            let rows = Loader::<CollectionContact>::new(mapping()).region("ID").read(list.as_bytes());
            let Some(Ok(Row::Accepted(row))) = rows.unwrap().next() else { panic!("{case}") };
            row.contact
        })
        .collect();
    assert!(contacts.len() > 10);
    let client = Client::builder().credentials("key", "secret").build().unwrap();
    let task = CreateTask::builder()
        .task_name("march")
        .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
        .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
        .robot_id("robot")
        .sip_line("line")
        .details(contacts)
        .build();
    let violations = client.check(&task).unwrap();
    assert!(violations.iter().all(|violation| violation.severity == Severity::Warning), "{violations:?}");
}

#[test]
fn amounts_keep_all_their_digits() {
    let list = format!("{HEADER}\nA,+628123456789,2026-01-01,2026-02-01,12345678901234567890.12,0.1\n");
    let mut rows = Loader::<CollectionContact>::guess().read(list.as_bytes()).unwrap();
    let Some(Ok(Row::Accepted(row))) = rows.next() else { panic!() };
    assert_eq!(row.contact.loan_amount.to_string(), "12345678901234567890.12");
}

#[test]
fn a_list_can_be_read_in_another_thread() {
    let list = b"Name,Phone\nJane,08123456789\n";
    let rows = customers().read(&list[..]).unwrap();
    let report = std::thread::spawn(move || rows.finish()).join().unwrap().unwrap();
    assert_eq!(report.accepted, 1);
}

#[test]
fn decided_formats_are_in_the_mapping() {
    let list = format!(
        "{HEADER}\nA,+628123456789,13/01/2026,01/02/2026,\"1.000,5\",1.000\n\
         B,+628123456780,1/1/2026,28/02/2026,2,\"2,5\"\n"
    );
    let open = |mapping| Loader::<CollectionContact>::new(mapping).read(list.as_bytes()).unwrap();
    let mut rows = open(Mapping::guess::<CollectionContact>(HEADER.split(',')));
    let mapping = rows.mapping();
    assert_eq!(mapping.to_string().parse::<Mapping>().unwrap(), mapping);
    assert!(mapping.to_string().contains("LoanDate = \"day/month/year\""));
    let Some(Ok(Row::Accepted(one))) = rows.next() else { panic!() };
    assert_eq!(one.contact.loan_amount.to_string(), "1000.5");
    assert_eq!(one.contact.arrears.to_string(), "1000");
    assert_eq!(
        (one.contact.loan_date.to_string(), one.contact.due_date.to_string()),
        ("2026-01-13".into(), "2026-02-01".into())
    );
    assert_eq!(open(mapping).finish().unwrap().accepted, 2);
}
