//! wip
#![forbid(unsafe_code)]
#[allow(unused_extern_crates)]
extern crate self as airudder_client;

pub mod catalogue;
pub mod types;
#[doc(hidden)]
pub mod wire;
mod codes;
pub use codes::{ErrorCode, Family};
pub use bytes::Bytes; pub use rust_decimal::Decimal; pub use serde_json::Value; pub use jiff; pub use wire::JsonMap;
#[allow(non_camel_case_types)]
pub mod field { airudder_macros::required_fields!("spec"); }
