//! A message does not say which webhook it is: the key comes from the URL.

use airudder_client::webhook;

fn main() {
    let _ = webhook::parse(b"{}");
}
