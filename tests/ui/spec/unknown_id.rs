//! An id misspelt.

airudder_macros::api!("unknown_id.yaml");

fn main() {}
