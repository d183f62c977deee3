//! A code that is a word.

airudder_client::api!("code_is_no_number.yaml");

fn main() {}
