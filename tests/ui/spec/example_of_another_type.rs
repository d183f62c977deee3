//! Examples that their own types refuse.

airudder_client::api!("example_of_another_type.yaml");

fn main() {}
