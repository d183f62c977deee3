//! What `cargo spec` is made of: reading a spec as a consumer or a maintainer has it, its lints, its evidence
//! table, its JSON Schema, its format, entries from the vendor's OpenAPI fragments, and OpenAPI documents of
//! whole specs. The program is `airudder-spec`.

#![forbid(unsafe_code)]
#![deny(clippy::wildcard_enum_match_arm)]

pub mod evidence;
pub mod export;
pub mod format;
pub mod import;
pub mod lint;
pub mod location;
pub mod schema;
pub mod vendor;
