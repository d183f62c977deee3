//! `same_as` goes in a circle.

airudder_client::api!("same_as_circle.yaml");

fn main() {}
