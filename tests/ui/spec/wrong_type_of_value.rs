//! Values of the wrong type: text for a flag, text for a number, a list for a mapping, a mapping for text.

airudder_client::api!("wrong_type_of_value.yaml");

fn main() {}
