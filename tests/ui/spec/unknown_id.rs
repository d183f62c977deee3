//! An id misspelt.

airudder_client::api!("unknown_id.yaml");

fn main() {}
