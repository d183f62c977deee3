//! The generator behind `airudder-macros`, as a plain library: spec files in, tokens or located diagnostics
//! out.
//!
//! Data flows one way: [`syntax`] (text to nodes with spans) - [`schema`] (which keys there are) -
//! [`lower`](self) (nodes to [`ir`]) - [`lint`] (rules that span entries; what is invalid is left out) -
//! [`emit`] (tokens). [`load`] runs the first four. Tests, benches, fuzzing and the maintainer's tool call it
//! directly; the proc-macro crate only finds the files.

#![forbid(unsafe_code)]
// A new word of the model, or a new kind of node or type, must not pass unseen.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

pub mod diagnostic;
pub mod emit;
pub mod ir;
pub mod lint;
pub mod load;
mod lower;
pub mod names;
pub mod schema;
pub mod syntax;
