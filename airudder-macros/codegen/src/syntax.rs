//! YAML text to nodes with spans.
//!
//! The YAML library is named in this folder and nowhere else. A text that is not valid YAML, or that passes
//! one of our bounds, gives one [`problem::Problem`] at its place.

pub mod characters;
mod explain;
pub mod files;
mod lines;
pub mod node;
pub mod parse;
pub mod problem;
mod quotes;
pub mod scalar;
pub mod span;
