//! Receiving the vendor's webhooks with [axum](https://docs.rs/axum) (cargo feature `axum`).
//!
//! A [`Receiver`] knows who may send ([`Authenticator`]) and within which limits. It makes a router for the
//! webhooks that you name, which gives each message to an [`Inbox`] of yours and acknowledges it when that
//! has stored it. The job from beginning to end is told in [`guides::receiving`](crate::guides::receiving);
//! what messages are like in [`webhook`](crate::webhook).
//!
//! ```
//! use airudder_client::receive::{Authenticator, Delivery, Receiver, Secret, Server};
//! use tokio::net::TcpListener;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = Secret::new("kZ0vQx7w2uYbN4mEr9TfLs1p")?; // from your configuration
//! let router = Receiver::new(Authenticator::secret(secret))
//!     .routes()
//!     .webhooks(["collection"]) // a section, or keys of webhooks: each at /{secret}/{key}
//!     .shared("dialer", ["predictive_dialer"]) // several at /{secret}/dialer
//!     .router(|delivery: Delivery| async move {
//!         println!("{}: {} messages", delivery.name, delivery.message.events.len()); // store them
//!         Ok::<_, std::io::Error>(())
//!     })?;
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! # let simulator = airudder_simulator::Simulator::start().await?;
//! # simulator.deliver_to(format!("http://{}/kZ0vQx7w2uYbN4mEr9TfLs1p/{{key}}", listener.local_addr()?));
//! # let served = tokio::spawn(async move {
//! Server::new(listener, router).await;
//! # });
//! # assert_eq!(simulator.deliver("collection.call_finished", serde_json::json!({})).await?, 200);
//! # served.abort();
//! # Ok(()) }
//! ```
//!
//! What comes is answered:
//!
//! | status | when |
//! |---|---|
//! | 200 | stored; also what is of no known form ([`Event::Unknown`](crate::webhook::Event::Unknown)) |
//! | 404 (or 401, see [`Refusal`]) | wrong secret or address, forged |
//! | 404, 405 | no webhook of this name, or by another HTTP method |
//! | 408, 413 | too slow, too large |
//! | 400 | the header that repeats a value of the message ([`Webhook::header`]) is missing, or differs |
//! | 400, 415 | not JSON, broken off, cannot be decrypted; compressed with anything but gzip |
//! | 503 | not stored, or the verifier or the key is at fault, or too many at once: it is to come again |
//! | 500 | the inbox or the verifier panicked, or the set-up lacks something: the log says what |
//!
//! [`Webhook::header`]: crate::catalogue::Webhook::header
//!
//! Each request has a span, `airudder_webhook`, with `webhook` (its key or the name of the URL), `messages`,
//! `unknown` and `http.response.status_code`, and one event: INFO for what is stored and for who is not let
//! in, WARN for what is not taken though its sender may send, ERROR for what is set up wrongly. No secret, no
//! address and nothing of a body is in them.

mod addresses;
mod authenticator;
mod body;
mod extract;
mod hide;
mod inbox;
mod presented;
mod receiver;
mod rejection;
mod routes;
mod secret;
mod server;

pub use addresses::{AddressError, Addresses};
pub use authenticator::{Authenticator, Verdict, Verifier, VerifyError, VerifyFuture, VerifyRequest};
pub use extract::Received;
pub use hide::hide_secret;
pub use inbox::{Delivery, Inbox, InboxError, InboxFuture};
pub use receiver::Receiver;
pub use rejection::{Reason, Refusal, Rejection};
pub use routes::{Acknowledged, Routes, RoutesError};
pub use secret::{Secret, SecretError};
pub use server::Server;
