//! Lines end as on Windows.

airudder_macros::api!("crlf.yaml");

fn main() {}
