//! A file is one document.

airudder_macros::api!("two_documents.yaml");

fn main() {}
