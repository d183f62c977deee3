//! What the tests of lists share.

use airudder_campaign::load::{Contact, Loader, Loading, Row};
use airudder_client::telemarketing::CustomerContact;

/// Lists of customers, whose columns are guessed.
pub(crate) fn customers() -> Loader<CustomerContact> {
    Loader::guess().region("ID")
}

/// What becomes of each row: "ok", "merged", or column, code and vendor's code of each fault.
pub(crate) fn seen<C: Contact>(rows: Loading<C>) -> Vec<String> {
    let told = |row: Row<C>| match row {
        Row::Accepted(_) => "ok".to_owned(),
        Row::Merged(row) => format!("merged with {}", row.first_line),
        Row::Refused(row) => {
            let faults = row.faults.iter().map(|fault| {
                let column = fault.column.as_ref().map_or("row".to_owned(), ToString::to_string);
                let vendor = fault.vendor_code.map(|code| format!(" {}", code.value())).unwrap_or_default();
                format!("{column} {}{vendor}", fault.code)
            });
            faults.collect::<Vec<_>>().join(", ")
        }
    };
    rows.map(|row| told(row.unwrap())).collect()
}
