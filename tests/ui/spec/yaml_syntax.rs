//! A bracket is not closed.

airudder_macros::api!("yaml_syntax.yaml");

fn main() {}
