//! The name of a file becomes the name of a module.

airudder_macros::api!("2nd_try.yaml");

fn main() {}
