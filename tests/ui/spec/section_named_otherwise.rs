//! The section and its file have different names.

airudder_client::api!("section_named_otherwise.yaml");

fn main() {}
