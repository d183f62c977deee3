//! A tab is used for indentation.

airudder_macros::api!("tab.yaml");

fn main() {}
