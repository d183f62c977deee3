//! `effect`, `method`, `path` and `evidence` are required.

airudder_macros::api!("missing_keys.yaml");

fn main() {}
