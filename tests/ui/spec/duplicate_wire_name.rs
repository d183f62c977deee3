//! Two fields of one wire name; one by an alias.

airudder_client::api!("duplicate_wire_name.yaml");

fn main() {}
