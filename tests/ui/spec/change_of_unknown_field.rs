//! Changes of fields that the base lacks, and an addition that it has.

airudder_client::api!("change_of_unknown_field.yaml");

fn main() {}
