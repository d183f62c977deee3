//! `maxchars` for `max_chars`.

airudder_macros::api!("unknown_key_of_field.yaml");

fn main() {}
