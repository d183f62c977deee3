//! A text with a colon needs quotes.

airudder_macros::api!("yaml_colon_in_text.yaml");

fn main() {}
