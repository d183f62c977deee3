//! `same_as` takes the whole key of an endpoint that is there.

airudder_client::api!("same_as_names_nothing.yaml");

fn main() {}
