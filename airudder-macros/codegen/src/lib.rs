//! The generator behind `airudder-macros`, as a plain library: spec files in, tokens or located mistakes out.
//!
//! [`spec`] is what a maintainer writes, [`generate`] what a consumer gets. Tests, benches, fuzzing and the maintainer's
//! tool call it directly; the proc-macro crate only finds the files.

#![forbid(unsafe_code)]

pub mod generate;
pub mod names;
pub mod spec;
