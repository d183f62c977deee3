//! The macro takes a path.

airudder_macros::api!();

fn main() {}
