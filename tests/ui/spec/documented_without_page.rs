//! A path that is said to be documented, and no page of the vendor.

airudder_macros::api!("documented_without_page.yaml");

fn main() {}
