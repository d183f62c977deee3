//! With `same_as`, fields are changed and not written anew.

airudder_client::api!("request_beside_same_as.yaml");

fn main() {}
