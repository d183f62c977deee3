//! An enum of the section misspelt.

airudder_macros::api!("unknown_enum.yaml");

fn main() {}
