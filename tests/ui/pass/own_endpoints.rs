//! A consumer's own endpoints: no lint objects to what the macro makes, whatever kinds of entries there are.

#![deny(missing_docs, warnings, unreachable_pub, missing_debug_implementations, unused_qualifications)]

use airudder_client::{Client, Error};

airudder_client::api!("own_endpoints.yaml");

/// Calls one that the simulator does not know.
pub(crate) async fn run(client: Client) -> Result<(), Error> {
    let item = own_endpoints::Item::builder().name("a").build();
    let refused = client
        .own_endpoints()
        .make_thing()
        .name("thing")
        .items([item])
        .shade(own_endpoints::Shade::DarkRed)
        .send()
        .await;
    assert_eq!(refused.expect_err("nobody answers it").http_status(), Some(404));
    Ok(())
}
