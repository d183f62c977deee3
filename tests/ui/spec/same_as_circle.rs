//! `same_as` goes in a circle.

airudder_macros::api!("same_as_circle.yaml");

fn main() {}
