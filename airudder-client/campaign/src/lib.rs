//! From a list of people to the outcome of each call.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
// A new word of the model must not pass unseen.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

pub mod load;
