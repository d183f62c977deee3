//! The formatter of spec files: what is formatted says the same, and stays as it is.

use airudder_codegen::load::{Loaded, Vendor};
use airudder_spec::format;

/// Formats the input, and what becomes of it.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let formatted = match format::format(text) {
        Ok(formatted) => formatted,
        Err(problem) => return assert!(!problem.is_empty()),
    };
    assert_eq!(format::format(&formatted).as_ref(), Ok(&formatted), "what is formatted stays as it is");
    let is_valid = |text: &str| Loaded::texts(Vendor::None, [("api.yaml", text)]).is_valid();
    assert_eq!(is_valid(&formatted), is_valid(text), "{formatted}");
}
