//! A type and an endpoint of a section that is not there.

airudder_macros::api!("unknown_section.yaml");

fn main() {}
