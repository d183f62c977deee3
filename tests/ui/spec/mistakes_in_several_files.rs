//! Mistakes in the shared files and in the section: all at once, sorted by file and place.

airudder_client::api!("several_files/broken.yaml");

fn main() {}
