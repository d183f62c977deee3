//! A chapter per job, from beginning to end. Their examples are compiled and run.

#[doc = include_str!("../guides/observability.md")]
pub mod observability {}
