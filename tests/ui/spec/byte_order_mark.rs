//! The file starts with a byte order mark.

airudder_client::api!("byte_order_mark.yaml");

fn main() {}
