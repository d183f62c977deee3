//! Two endpoints with one method and path.

airudder_macros::api!("same_path_twice.yaml");

fn main() {}
