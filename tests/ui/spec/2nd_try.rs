//! The name of a file becomes the name of a module.

airudder_client::api!("2nd_try.yaml");

fn main() {}
