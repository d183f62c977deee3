//! There is no such file.

airudder_macros::api!("missing_file.yaml");

fn main() {}
