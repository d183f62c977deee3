//! `sumary` for `summary`, and a key that nobody knows.

airudder_client::api!("unknown_key.yaml");

fn main() {}
