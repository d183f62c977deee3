//! Evidence for a path that nobody knows.

airudder_client::api!("evidence_without_path.yaml");

fn main() {}
