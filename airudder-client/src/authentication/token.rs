//! Tokens: asked for once, shared, renewed early.
//!
//! A token lives for 24 hours and asking again restarts them (vendor's pages api-44712004, api-53949513), so
//! a token is
//! - fetched once, however many calls wait for it,
//! - renewed in the background about an hour before its end, while the old one goes on serving (also if the
//!   renewal fails),
//! - renewed at once when the vendor refuses it (HTTP 401, or the code for it), and the refused call is
//!   repeated once,
//! - kept in a [`TokenStore`], so that a [fleet of processes](#tokens-in-a-fleet) can share one.
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
//!
//! # Tokens in a fleet
//!
//! | where your processes run | store |
//! |---|---|
//! | one process, one client and its clones | nothing to do: the tokens are in memory |
//! | several clients in one process | one [`MemoryTokenStore`] in an `Arc` |
//! | several processes of one machine, a program that is started again and again | [`FileTokenStore`] |
//! | several machines | `RedisTokenStore` (cargo feature `redis`), or a [`TokenStore`] of your own |
//!
//! ```no_run
//! use airudder_client::{Client, token::FileTokenStore};
//!
//! # fn main() -> Result<(), airudder_client::Error> {
//! let client = Client::builder()
//!     .credentials("application key", "application secret")
//!     .token_store(FileTokenStore::new("/var/lib/ours/token.json")?)
//!     .build()?;
//! # Ok(()) }
//! ```
//!
//! What holds with a shared store:
//! - **One process asks, the others wait.** Who misses a token, or finds it near its end or refused, takes
//!   the [lease](Lease) of the store and asks the vendor. The others look into the store, 25 milliseconds
//!   apart at first and half a second later on, until the new token is there. While the old one lives, calls
//!   go on with it meanwhile.
//! - **A holder that dies delays, and stops nobody.** A lease in Redis ends 5 seconds after the last sign of
//!   life of its holder, one of a file with its process. And no call waits for another process for longer
//!   than half of its own time-out, or 30 seconds: then it asks for a token itself. One request more restarts
//!   the life of the token, says the vendor; that those got before stay good is assumed. Were it not so, the
//!   calls that are refused would renew it.
//! - **An outage of the store fails no call.** A process that has a token does not notice. One that needs
//!   a token asks for its own after the first question that fails, which takes a second with Redis. Each
//!   such question is a warning, `the token store failed`, with the reason where the store is one of this
//!   crate: let it alert you, for a fleet without its store asks once per process.
//! - **A refused token is not taken again**, nor is one that is older than it.
//! - **Tokens are kept apart** by host, token endpoint and application key ([`TokenKey`]): staging and
//!   production may share a store. The application secret is in no store.
//!
//! What you see to:
//! - Whoever reads the store can make calls until the token ends. A file belongs on a disk that only the
//!   service reads; Redis wants TLS, a password, and no other readers.
//! - The end of a token is a time of day: keep the clocks of the machines within some minutes of
//!   another (NTP). A clock that is wrong costs requests for tokens, and no calls.
//! - Tokens are shared, limits are not: [`max_concurrent`](crate::ClientBuilder::max_concurrent) counts the
//!   calls of one client.

#[doc(no_inline)]
pub use secrecy::{ExposeSecret, SecretString};

#[cfg(feature = "redis")]
pub use super::store::RedisTokenStore;
pub use super::store::{FileTokenStore, Lease, MemoryTokenStore};
pub use super::store::{StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
