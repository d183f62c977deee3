//! There is no such file.

airudder_client::api!("missing_file.yaml");

fn main() {}
