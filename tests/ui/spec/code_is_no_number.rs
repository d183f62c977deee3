//! A code that is a word.

airudder_macros::api!("code_is_no_number.yaml");

fn main() {}
