//! `sumary` for `summary`, and a key that nobody knows.

airudder_macros::api!("unknown_key.yaml");

fn main() {}
