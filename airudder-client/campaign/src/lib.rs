//! From a list of people to the outcome of each call.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod load;
