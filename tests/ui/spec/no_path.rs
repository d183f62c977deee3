//! The macro takes a path.

airudder_client::api!();

fn main() {}
