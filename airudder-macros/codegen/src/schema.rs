//! The grammar of spec files, and the check of their shape.

pub mod grammar;
mod shape;
pub mod validate;
