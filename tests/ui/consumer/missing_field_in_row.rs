//! A row of contacts without its due date.

use airudder_client::Decimal;
use airudder_client::collection::CollectionContact;
use airudder_client::jiff::civil::date;

fn main() {
    let contact = CollectionContact::builder()
        .debtor("Jane Doe")
        .mobile("+6281200000000")
        .loan_date(date(2026, 2, 1))
        .loan_amount(Decimal::from(300000))
        .arrears(Decimal::from(321000))
        .build();
    println!("{contact:?}");
}
