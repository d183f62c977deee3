//! Three mistakes at once: all are told, in the order of the file.

airudder_client::api!("three_mistakes.yaml");

fn main() {}
