//! What is fuzzed: one module per target, each with a `run` that panics where something is wrong with the
//! input's treatment.
//!
//! libFuzzer calls it through `fuzz_targets/NAME.rs`, and `tests/tests/corpus.rs` with every file of
//! `corpus/NAME`, without libFuzzer.

#![forbid(unsafe_code)]

pub mod calls;
pub mod encryption;
pub mod envelope;
pub mod format;
pub mod import;
pub mod redaction;
pub mod spec;
pub mod webhook;
pub mod wire;
