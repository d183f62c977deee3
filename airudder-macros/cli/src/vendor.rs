//! The vendor's spec files, which private specs stand on.

use airudder_codegen::load::Vendor;

const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/vendor.rs"));

/// The vendor's files as they were when the tool was built.
pub const VENDOR: Vendor<'static> = Vendor::Texts(FILES);
