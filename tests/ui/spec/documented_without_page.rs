//! A path that is said to be documented, and no page of the vendor.

airudder_client::api!("documented_without_page.yaml");

fn main() {}
