//! Words that are not allowed: an effect, a method, an evidence.

airudder_client::api!("wrong_word.yaml");

fn main() {}
