//! From a list of people to the outcome of each call: nobody is called twice, and no result is lost,
//! whatever dies when.

#![forbid(unsafe_code)]
// A new word of the client must not pass unseen.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]
#![warn(missing_docs)]

pub mod load;
