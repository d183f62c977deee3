//! Words of Rust, and names that every builder has, as fields and methods.

airudder_client::api!("reserved_word.yaml");

fn main() {}
