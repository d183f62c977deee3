//! A time-out class that api.yaml does not have.

airudder_client::api!("unknown_timeout.yaml");

fn main() {}
