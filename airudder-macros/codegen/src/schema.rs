//! The grammar of spec files, and the check of their shape.

pub mod grammar;
mod misplaced;
pub(crate) mod shape;
pub mod validate;
