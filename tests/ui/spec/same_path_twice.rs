//! Two endpoints with one method and path.

airudder_client::api!("same_path_twice.yaml");

fn main() {}
