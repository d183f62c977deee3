//! The generator behind `airudder-macros`, as a plain library: spec files in, tokens or located diagnostics out.
//!
//! [`spec`] is what a maintainer writes, [`generate`] what a consumer gets. Tests, benches, fuzzing and the maintainer's
//! tool call it directly; the proc-macro crate only finds the files.

#![forbid(unsafe_code)]
// Not for consumers: a name that says what a field is needs no second line that says it again.
#![allow(missing_docs)]

pub mod diagnostic;
pub mod generate;
pub mod names;
pub mod spec;
pub mod syntax;
