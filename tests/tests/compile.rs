//! What must not compile, and what the compiler then says: each case under `tests/ui` is named after one mistake.
//!
//! `TRYBUILD=overwrite cargo test -p airudder-tests --test compile` writes the messages anew; read them before you commit them.

/// Mistakes in the code of consumers.
#[test]
fn mistakes_of_consumers() {
    trybuild::TestCases::new().compile_fail("ui/consumer/*.rs");
}

/// Mistakes in the spec: told with file, line and column, all at once, never a panic.
#[test]
fn mistakes_of_maintainers() {
    trybuild::TestCases::new().compile_fail("ui/spec/*.rs");
}
