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
//! # Sections of the API
//!
//! [`Client`] has a method per section (`client.collection()`), whose value has a method per endpoint. Each
//! gives a builder; leaving a required field out is a compile error that names it. The section's module holds
//! its request and response types, and a chapter on how to use it. What sections share is in [`types`].
//!
//! | to | section |
//! |---|---|
//! | call a list of people, with a robot | [`collection`] (reminders), [`telemarketing`], [`info_check`] |
//! | call by plans and conditions over days | [`workflow`], [`leads_generation`] |
//! | call for agents who speak | [`predictive_dialer`] |
//! | let an agent phone one person and return data | [`calle`] |
//! | write: chats and text messages | [`chatbot`], [`sms`] |
//! | know whether a number is in use | [`number_detection`] |
//! | hear of calls that come in | [`inbound`] (webhooks only) |
//! | use what was made for one customer | [`didi`], [`flex_route`], [`api_store`] (webhooks only) |
//! | get a token oneself | [`auth`], which the client does for you |
//! | reach what no section has | [`Client::raw`], or [`api!`] for endpoints of your own, written in YAML |
//!
//! [`collection`]: ./collection/index.html
//! [`telemarketing`]: ./telemarketing/index.html
//! [`info_check`]: ./info_check/index.html
//! [`workflow`]: ./workflow/index.html
//! [`leads_generation`]: ./leads_generation/index.html
//! [`predictive_dialer`]: ./predictive_dialer/index.html
//! [`calle`]: ./calle/index.html
//! [`chatbot`]: ./chatbot/index.html
//! [`sms`]: ./sms/index.html
//! [`number_detection`]: ./number_detection/index.html
//! [`inbound`]: ./inbound/index.html
//! [`didi`]: ./didi/index.html
//! [`flex_route`]: ./flex_route/index.html
//! [`api_store`]: ./api_store/index.html
//! [`auth`]: ./auth/index.html
//!
//! # Machinery
//!
//! | about | where |
//! |---|---|
//! | settings, one client for all | [`Client`], [`ClientBuilder`], [`ClientConfig`] |
//! | what went wrong, whether anything may have reached the vendor | [`Error`], [`ErrorCode`], [`error`] |
//! | what is tried again | [`retry`] |
//! | tokens, and signatures that only you can make | [`token`], [`signer`] |
//! | a call before it is sent, and its answer | [`request`], [`Response`] |
//! | lists page by page, recordings | [`page`], [`recording`] |
//! | logs, traces, metrics, and a say before a call is sent | [`observe`], [the guide](guides::observability) |
//! | messages that the vendor sends to you | [`webhook`]; a receiver of them: [`receive`](./receive/index.html) |
//! | the vendor's encryption (compatibility, not protection) | [`encryption`] |
//! | all of the API as data: endpoints, fields, limits, codes, families | [`catalogue`] |
//!
//! | waiting for what takes time | [`poll`] |
//! | a program without `async` | [`blocking`](./blocking/index.html) |
//!
//! # How do I ...
//!
//! | question | answer |
//! |---|---|
//! | create a task, name it so that a crash is harmless, and split a long list | [`collection`] |
//! | see which rows are bad before anything is sent | [`Client::check`], [`Violation::row`](check::Violation::row) |
//! | get the task that an earlier run has created | [`Client::find_or_create`], [`Client::find_task`] |
//! | know whether somebody answered | `was_answered()` of records that say so, `Intention::grade` in [`types`] |
//! | wait for the end of a task | [`poll`], [the collection chapter][`collection`] on how often |
//! | download recordings, with a progress bar, and clean up after a crash | [`recording`] |
//! | receive results, tell copies of a message apart | [receiving](./guides/receiving/index.html) |
//! | tell the dialer's messages apart, which share a URL | [`webhook::read_any`] |
//! | run many rounds by a strategy | [plans](./guides/plans/index.html), [`workflow`] |
//! | test my code, give the simulator an answer of mine, run it from another language | [testing](guides::testing) |
//! | write endpoints of my own | [private endpoints](guides::private_endpoints) |
//! | use an account that encrypts | [encrypted accounts](guides::encrypted_accounts) |
//! | do without `async` | [synchronous programs](./guides/synchronous/index.html) |
//! | see what it does in my logs and in OpenTelemetry, count it, keep to a rate | [observability](guides::observability) |
//! | share a token between processes | [`token`] |
//! | say whose time zone a time is in | [`ClientBuilder::account_time_zone`], [`LocalTime`](types::LocalTime) |
//! | go to production: checklist, time-outs, limits, what is not known | [production](guides::production) |
//!
//! The crate `airudder-campaign` does the whole job on a database: a list of people goes in, an outcome for
//! each comes out. The crate `airudder-simulator` plays the API back, in your own process or as a program,
//! for first steps and for tests. Examples: `quickstart`, `webhook_receiver`, `opentelemetry`,
//! `private_endpoint`.
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
//! - **No secret, phone number or name reaches a log, or `Debug` of this crate's types.** Text of answers and
//!   webhooks is hidden there, whatever it is called. An answer whose form nobody knows is a plain
//!   [`Value`], which shows what it holds.
//!
//! # Cargo features
//!
//! One per section, all on by default: with `default-features = false, features = ["workflow"]` only that
//! section is compiled, and those whose types it uses. `http2`, on by default too, speaks HTTP/2 where a host
//! offers it, and HTTP/1.1 else. `unverified` adds endpoints whose path is a guess; `axum` adds
//! [`receive`](./receive/index.html), `rate-limit` an interceptor that keeps to a rate, `blocking` a client
//! for synchronous programs, `schemars` JSON Schemas from Rust types, and `redis` a store of tokens in Redis;
//! `full` is all of the API, with all but `axum` and `redis`. Tokens, `raw` and `api!` need no feature.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
// A new word of the model must not pass unseen.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate self as airudder_client;

mod authentication;
mod bits;
#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
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
mod find;
pub mod guides;
mod http;
mod json;
pub mod observe;
pub mod page;
pub mod poll;
#[cfg(feature = "axum")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
pub mod receive;
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
pub use client::{Client, ClientBuilder, ClientConfig, FamilyBuilder, FamilyConfig, RetryConfig};
pub use error::Error;
pub use find::{CreateOutcome, FoundTask};
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

/// What generated code and the macro `api!` need, under short names.
#[doc(hidden)]
pub mod __private {
    pub use std::cmp::PartialEq;
    pub use std::collections::BTreeMap;
    pub use std::convert::{AsRef, From, Infallible, Into};
    pub use std::default::Default;
    pub use std::fmt::{Debug, Display, Formatter, Result as FmtResult};
    pub use std::marker::PhantomData;
    pub use std::option::Option;
    pub use std::result::Result;
    pub use std::str::FromStr;
    pub use std::string::String;
    pub use std::vec::Vec;

    pub use airudder_macros::private;
    pub use rust_decimal::Decimal;
    pub use serde::de::DeserializeOwned;
    pub use serde::{Deserialize, Serialize};
    pub use serde_json::Value;

    pub use crate::client::Client;
    pub use crate::request::{IsSet, Meta, Missing, Payload, Request, Response, ResponseFuture, Set};
    pub use crate::wire::*;
    pub use crate::{catalogue, field, jiff, recording, request, types};
}

/// The README's examples compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
