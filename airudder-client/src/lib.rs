//! A typed async client for the [AI Rudder](https://www.airudder.com) API: outbound AI voice calls, dialing
//! plans, workflows, predictive dialer, chatbot.
//!
//! ```no_run
//! use airudder_client::{Client, collection::CollectionContact};
//! use jiff::civil::date;
//!
//! # async fn run() -> Result<(), airudder_client::Error> {
//! let client = Client::from_env()?; // AIRUDDER_APP_KEY, AIRUDDER_APP_SECRET
//! let contact = CollectionContact::builder()
//!     .debtor("Jane Doe")
//!     .mobile("+6281200000000")
//!     .loan_date(date(2026, 2, 1))
//!     .due_date(date(2026, 3, 1))
//!     .loan_amount(300_000)
//!     .arrears(321_000)
//!     .build();
//! let task = client
//!     .collection()
//!     .create_task()
//!     .task_name("march-reminders")
//!     .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
//!     .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
//!     .robot_id("00000000000000000000000000000001")
//!     .sip_line("ACMEAPI_CALLER_LINE")
//!     .details([contact])
//!     .send()
//!     .await?;
//! println!("task {}: {} rows refused", task.task_id, task.detail_error_list.len());
//! # Ok(()) }
//! ```
//!
//! # Where things are
//!
//! - [`Client`] has a method per section of the API (`client.collection()`), whose value has a method per
//!   endpoint. Each gives a builder; leaving a required field out is a compile error that names it.
//! - A module per section ([`collection`](./collection/index.html), [`workflow`](./workflow/index.html), ...)
//!   holds its request and answer types and a chapter on how to use it. What sections share is in [`types`].
//! - [`Error`] says whether the request may have reached the vendor; [`ErrorCode`] has a variant per code of
//!   the vendor's tables.
//! - [`webhook`] reads what the vendor sends to you.
//! - [`catalogue`] describes all of it as data.
//! - [`encryption`], [`signer`], [`token`], [`retry`], [`recording`], [`page`]: the rest of the machinery.
//! - The crate `airudder-simulator` plays the API back, in your own process or as a program, for first steps and
//!   for tests.
//!
//! # How far to trust it
//!
//! The vendor's documentation is hard to reach and incomplete. Every path and field here says how it is
//! known: **documented** (read in the vendor's page), **observed** (seen in public client code), **inferred**
//! (carried over from a sibling) or **assumed** (guessed). Endpoints whose path is only assumed exist with
//! the cargo feature `unverified` alone; any path can be replaced with [`ClientBuilder::override_path`].
//!
//! # What it takes care of
//!
//! - **Nobody's phone rings twice.** What calls people is never repeated once anything may have reached the
//!   vendor; reads are, with back-off: see [`retry`].
//! - **What the vendor would refuse is refused here first**, with the vendor's code and nothing sent:
//!   [`Error::Invalid`].
//! - **One token for all**: fetched once however many calls wait, renewed early: see [`token`].
//! - **No secret, phone number or name reaches a log, or `Debug` of this crate's types.** An answer whose
//!   form nobody knows is a plain [`Value`], which shows what it holds.
//!
//! # Cargo features
//!
//! One per section, all on by default; `unverified`; `full` for everything.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate self as airudder_client;

mod authentication;
mod builder_macro;
mod call;
pub mod catalogue;
#[doc(hidden)]
pub mod check;
mod client;
pub mod encryption;
mod envelope;
pub mod error;
pub mod field;
mod http;
mod json;
pub mod page;
pub mod recording;
pub mod request;
mod response;
pub mod retry;
mod settings;
#[cfg(test)]
mod test_server;
pub mod types;
pub mod webhook;
#[doc(hidden)]
pub mod wire;

pub use authentication::{signer, token};
pub use catalogue::{ErrorCode, Evidence, Family};
pub use client::{Client, ClientBuilder, FamilyBuilder};
pub use error::Error;
pub use response::Response;
pub use retry::RetryPolicy;
pub use wire::JsonMap;

#[doc(no_inline)]
pub use bytes::Bytes;
#[doc(no_inline)]
pub use jiff;
#[doc(no_inline)]
pub use reqwest;
#[doc(no_inline)]
pub use rust_decimal::Decimal;
#[doc(no_inline)]
pub use serde_json::Value;

airudder_macros::sections!("spec");

/// What the macro `api!` needs.
#[doc(hidden)]
pub mod __private {
    pub use airudder_macros::private;
}

/// The README's examples compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
