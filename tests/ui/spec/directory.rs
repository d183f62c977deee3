//! A folder stands where a file is expected.

airudder_macros::api!("a_directory");

fn main() {}
