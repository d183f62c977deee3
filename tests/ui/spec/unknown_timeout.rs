//! A time-out class that api.yaml does not have.

airudder_macros::api!("unknown_timeout.yaml");

fn main() {}
