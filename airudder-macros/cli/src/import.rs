//! From OpenAPI to the spec: one page's fragment, as the vendor's documentation tool exports it, to an entry;
//! a whole document to a section.
//!
//! Nothing is written to files: the result is a YAML text with the entries and the types that they need. What
//! the page says and the text does not is a note: a comment in the text, and a line for the caller.

mod body;
mod call;
mod compose;
mod document;
mod draft;
mod enums;
mod error;
mod fields;
mod flat;
mod free_names;
mod limits;
mod losses;
mod lowering;
mod markup;
mod notes;
mod parameters;
mod paths;
mod reading;
mod references;
mod request;
mod response;
mod samples;
mod schemas;
mod section;
mod times;
mod types;
mod whole;
mod write;
mod yaml;

use compose::Composition;
use lowering::Lowering;
use schemas::Reader;

pub use error::ImportError;
pub use notes::Note;
pub use reading::decode;
pub use request::{AllRequest, Request};

/// What became of a page.
#[derive(Clone, Debug)]
pub struct Imported {
    /// YAML: an entry with its types, or a section.
    pub text: String,
    /// What a person must look at. All of it stands in the text too, as comments.
    pub notes: Vec<Note>,
}

/// Turns the fragment of one page into the text of an entry and its types. `section_text` is the section's
/// file, where there is one: no name that it has is taken again.
///
/// # Errors
///
/// Where the fragment is malformed, describes more than one call, or where the section has the key already.
pub fn import(
    fragment: &str,
    request: &Request,
    section_text: Option<&str>,
) -> Result<Imported, ImportError> {
    request::check_names(&request.section, Some(&request.key), request.page.as_deref())?;
    let section = section_text.map(|text| section::parse_section(text, request)).transpose()?;
    let mut notes = Vec::new();
    let root = reading::parse(fragment, &mut notes)?;
    call::check_version(&root)?;
    let call = call::find_call(&root)?;
    let taken = section::taken_names(section.as_ref(), request)?;
    let mut lowering = Lowering {
        root: &root,
        reader: Reader::new(&root, taken),
        key: String::new(),
        secured: false,
        notes: Vec::new(),
    };
    let entry = lowering.entry(&call, &request.key)?;
    if let Some(other) = section.as_ref().and_then(|section| section::same_call(section, &entry, request)) {
        let twin = format!("{}.{other}", request.section);
        notes.insert(
            0,
            format!("`{twin}` has this method and path already: `same_as: {twin}` may be what you want"),
        );
    }
    notes.extend(whole::of_document(&root));
    notes.extend(whole::of_all(&lowering.reader));
    let mut composition = Composition {
        head: head(request, &notes, &entry.notes),
        around: format!("section: {}\ntitle: t\nfamily: cloud\n", request.section),
        section: &request.section,
        page: request.page.as_deref(),
        all: false,
        entries: vec![entry],
        enums: std::mem::take(&mut lowering.reader.enums),
        structs: std::mem::take(&mut lowering.reader.structs).into_iter().flatten().collect(),
    };
    let (text, _) = composition.valid_text()?;
    let mut told: Vec<Note> = notes.iter().map(|note| Note::new("", note)).collect();
    told.extend(composition.notes());
    Ok(Imported { text, notes: told })
}

/// Turns a whole document into the text of a new section.
///
/// # Errors
///
/// Where the document is malformed, or no call of it can be imported. Calls that cannot are left out with a
/// note.
pub fn import_all(document: &str, request: &AllRequest) -> Result<Imported, ImportError> {
    request::check_names(&request.section, None, request.page.as_deref())?;
    let mut notes = Vec::new();
    let root = reading::parse(document, &mut notes)?;
    call::check_version(&root)?;
    let (text, notes) = whole::import(&root, request, notes)?;
    Ok(Imported { text, notes })
}

/// The family to which the hosts of a document belong, where one does.
pub fn family_of(document: &str) -> Option<String> {
    let root = reading::parse(document, &mut Vec::new()).ok()?;
    section::family_of(&paths::hosts(&root))
}

/// What stands above an entry.
fn head(request: &Request, of_document: &[String], of_entry: &[String]) -> String {
    let Request { section, key, again, .. } = request;
    let mut out = format!(
        "# {key}, from the vendor's OpenAPI fragment, for spec/{section}.yaml. Nothing has been written.\n"
    );
    if *again {
        out.push_str("# It is there already: compare it with this, and replace what is to be replaced.\n");
    }
    out.push_str(
        "# Check by hand: names, docs, `effect`, error codes of the fields, `sensitive: true` on personal \
         data.\n",
    );
    write::write_notes(&mut out, "", "- ", of_entry);
    write::write_notes(&mut out, "", "- ", of_document);
    out
}
