//! A chapter per job, from beginning to end. Their examples are compiled and run.

#[cfg(feature = "axum")]
#[doc = include_str!("../guides/receiving.md")]
pub mod receiving {}
