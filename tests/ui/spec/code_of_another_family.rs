//! A code of the predictive dialer on an endpoint of the family cloud.

airudder_client::api!("code_of_another_family.yaml");

fn main() {}
