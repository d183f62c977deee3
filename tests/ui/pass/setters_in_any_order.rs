//! Required and optional fields come in any order, and one can be set again.

use airudder_client::collection::{CancelCall, CollectionContact};
use airudder_client::jiff::civil::date;
use airudder_client::{Client, Error};

pub(crate) async fn run(_: Client) -> Result<(), Error> {
    let row = CollectionContact::builder();
    let row = row
        .arrears(321_000)
        .comments("42")
        .loan_amount(300_000)
        .due_date(date(2026, 3, 3))
        .loan_date(date(2026, 2, 1));
    let row = row.mobile("+6281200000001").debtor("Jane Doe").mobile("+6281200000000").build();
    assert_eq!(row.mobile.as_str(), "+6281200000000");
    let one = CancelCall::builder().task_id("1").callee_number("+6281200000000").build();
    let other = CancelCall::builder().callee_number("+6281200000000").task_id("1").build();
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
    Ok(())
}
