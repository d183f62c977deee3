//! From a page's OpenAPI fragment, as the vendor's documentation tool exports it, to an entry of the spec.
//!
//! Nothing is written to files: the result is a YAML document with the entry and the types that it needs.

mod call;
mod document;
mod draft;
mod error;
mod flat;
mod limits;
mod lowering;
mod request;
mod response;
mod schemas;
mod section;
mod times;
mod types;
mod write;
mod yaml;

use lowering::Lowering;
use schemas::Reader;

pub use error::ImportError;
pub use request::Request;

/// Turns the fragment of one page into the text of an entry and its types. `section_text` is the section's file,
/// where there is one: no name that it has is taken again.
///
/// # Errors
///
/// Where the fragment is malformed, describes more than one call, or where the section has the key already.
pub fn import(fragment: &str, request: &Request, section_text: Option<&str>) -> Result<String, ImportError> {
    request::check_names(request)?;
    let section = section_text.map(|text| section::parse_section(text, request)).transpose()?;
    let root = document::parse(fragment)?;
    let call = call::find_call(&root)?;
    let taken = section::taken_names(section.as_ref(), request)?;
    let mut lowering = Lowering { reader: Reader::new(&root, taken), request, notes: Vec::new() };
    let entry = lowering.entry(&call)?;
    if let Some(other) = section.as_ref().and_then(|section| section::same_call(section, &entry, request)) {
        let twin = format!("{}.{other}", request.section);
        lowering.notes.insert(
            0,
            format!("`{twin}` has this method and path already: `same_as: {twin}` may be what you want"),
        );
    }
    lowering.valid_text(&entry)
}
