//! A date is a day of the calendar: a moment would lose its zone on the way.

use airudder_client::collection::CollectionContact;
use airudder_client::jiff::Zoned;

fn main() {
    let due = Zoned::now();
    let _ = CollectionContact::builder().due_date(due);
}
