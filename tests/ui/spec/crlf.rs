//! Lines end as on Windows.

airudder_client::api!("crlf.yaml");

fn main() {}
