//! A section without family and summary.

airudder_client::api!("missing_section_keys.yaml");

fn main() {}
