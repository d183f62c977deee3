//! The file was saved as Latin-1.

airudder_macros::api!("not_utf8.yaml");

fn main() {}
