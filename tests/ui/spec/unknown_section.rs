//! A type and an endpoint of a section that is not there.

airudder_client::api!("unknown_section.yaml");

fn main() {}
