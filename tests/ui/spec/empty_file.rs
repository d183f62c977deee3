//! A file with a comment and nothing else.

airudder_macros::api!("empty_file.yaml");

fn main() {}
