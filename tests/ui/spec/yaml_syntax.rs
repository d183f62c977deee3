//! A bracket is not closed.

airudder_client::api!("yaml_syntax.yaml");

fn main() {}
