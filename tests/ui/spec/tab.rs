//! A tab is used for indentation.

airudder_client::api!("tab.yaml");

fn main() {}
