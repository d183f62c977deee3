//! A section without family and summary.

airudder_macros::api!("missing_section_keys.yaml");

fn main() {}
