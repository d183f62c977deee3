//! A text with a colon needs quotes.

airudder_client::api!("yaml_colon_in_text.yaml");

fn main() {}
