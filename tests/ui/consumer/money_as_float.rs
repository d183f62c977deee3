//! Money is exact here: a binary fraction is not taken.

use airudder_client::collection::CollectionContact;

fn main() {
    let _ = CollectionContact::builder().arrears(321_000.10);
}
