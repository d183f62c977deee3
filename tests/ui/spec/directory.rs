//! A folder stands where a file is expected.

airudder_client::api!("a_directory");

fn main() {}
