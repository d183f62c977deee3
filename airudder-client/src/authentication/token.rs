//! Tokens: asked for once, shared, renewed early.
//!
//! A token lives for 24 hours and asking again restarts them (vendor's pages api-44712004, api-53949513), so
//! a token is
//! - fetched once, however many calls wait for it,
//! - renewed in the background about an hour before its end, while the old one goes on serving (also if the
//!   renewal fails),
//! - renewed at once when the vendor refuses it (HTTP 401, or the code for it), and the refused call is
//!   repeated once,
//! - kept in a [`TokenStore`], so that a fleet of processes can share one.
//!
//! A fetch runs on the runtime of the call that has started it. Should that stand still, those who wait on
//! others notice within a second and start another.
//!
//! A failure to get one is never kept: the next call tries again. A refused key or secret is reported at
//! once, without repeats.
//!
//! ```
//! use std::sync::Arc;
//! use airudder_client::{Client, token::MemoryTokenStore};
//! # use airudder_simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let builder = || {
//! #     Client::builder()
//! #         .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
//! #         .base_url(simulator.base_url())
//! # };
//!
//! // let builder = || Client::builder().credentials("application key", "application secret");
//! let store = Arc::new(MemoryTokenStore::new()); // between processes: a store of yours
//! let first = builder().token_store(Arc::clone(&store)).build()?;
//! let second = builder().token_store(store).build()?;
//! first.collection().list_robots().send().await?;
//! second.collection().list_robots().send().await?; // with the same token
//! # assert_eq!(simulator.auth_requests(), 1);
//! # simulator.revoke_tokens();
//!
//! // The vendor refuses it some day: the call fetches another one, and goes on.
//! first.collection().list_robots().send().await?;
//! # assert_eq!(simulator.auth_requests(), 2);
//! # Ok(()) }
//! ```

#[doc(no_inline)]
pub use secrecy::{ExposeSecret, SecretString};

pub use super::store::{MemoryTokenStore, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
