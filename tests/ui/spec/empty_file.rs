//! A file with a comment and nothing else.

airudder_client::api!("empty_file.yaml");

fn main() {}
