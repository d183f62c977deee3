//! wip
#![forbid(unsafe_code)]
extern crate self as airudder_client;

mod call;
pub mod catalogue;
pub mod check;
mod client;
mod codes;
mod config;
pub mod encryption;
mod envelope;
pub mod error;
/// markers
#[allow(non_camel_case_types)]
pub mod field { airudder_macros::required_fields!("spec"); }
mod fields;
mod form;
pub mod page;
pub mod recording;
pub mod request;
pub mod retry;
#[cfg(feature = "simulator")]
pub mod sample;
pub mod signer;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod token;
mod transport;
pub mod types;
pub mod webhook;
#[doc(hidden)]
pub mod wire;

pub use bytes::Bytes;
pub use client::{Client, ClientBuilder};
pub use codes::{ErrorCode, Family};
pub use error::Error;
pub use jiff;
pub use request::Response;
pub use retry::RetryPolicy;
pub use rust_decimal::Decimal;
pub use serde_json::Value;
pub use wire::JsonMap;

airudder_macros::sections!("spec");
