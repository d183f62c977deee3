//! `effect`, `method`, `path` and `evidence` are required.

airudder_client::api!("missing_keys.yaml");

fn main() {}
