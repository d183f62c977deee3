//! A code of one's own that stands in the vendor's table.

airudder_client::api!("code_of_the_table.yaml");

fn main() {}
