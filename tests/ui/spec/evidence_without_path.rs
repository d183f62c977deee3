//! Evidence for a path that nobody knows.

airudder_macros::api!("evidence_without_path.yaml");

fn main() {}
