//! The file was saved as Latin-1.

airudder_client::api!("not_utf8.yaml");

fn main() {}
