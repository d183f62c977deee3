//! `maxchars` for `max_chars`.

airudder_client::api!("unknown_key_of_field.yaml");

fn main() {}
