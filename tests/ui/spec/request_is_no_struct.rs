//! The name of an enum where the name of a struct belongs.

airudder_client::api!("request_is_no_struct.yaml");

fn main() {}
