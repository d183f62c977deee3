//! The file starts with a byte order mark.

airudder_macros::api!("byte_order_mark.yaml");

fn main() {}
