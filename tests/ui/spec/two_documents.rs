//! A file is one document.

airudder_client::api!("two_documents.yaml");

fn main() {}
