//! An OpenAPI document or a page in Markdown to entries: an error that says why, or a text that passes the
//! check.

use airudder_codegen::load::Loaded;
use airudder_spec::import::{self, AllRequest, Imported, Request, decode};
use airudder_spec::{format, vendor};

/// Imports the input as the page of one call, and as a whole document.
pub fn run(data: &[u8]) {
    let text = match decode(data.to_vec()) {
        Ok(text) => text,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let page = (text.len() % 2 == 1).then(|| "doc-1".to_owned());
    let request =
        Request { section: "orchard".to_owned(), key: "fetch".to_owned(), page: page.clone(), again: false };
    match import::import(&text, &request, None) {
        Ok(imported) => check(&imported, "section: orchard\ntitle: t\nfamily: cloud\n"),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let request = AllRequest { section: "orchard".to_owned(), family: "cloud".to_owned(), page };
    match import::import_all(&text, &request) {
        Ok(imported) => check(&imported, ""),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn check(imported: &Imported, head: &str) {
    let section = format!("{head}{}", imported.text);
    is_valid(&section);
    // What cannot be formatted is printed as it is.
    if let Ok(formatted) = format::format(&section) {
        is_valid(&formatted);
    }
    imported.notes.iter().for_each(|note| assert!(!note.to_string().trim().is_empty()));
}

fn is_valid(section: &str) {
    let loaded = Loaded::texts(vendor::VENDOR, [("orchard.yaml", section)]);
    let reports: Vec<String> = loaded.reports().into_iter().map(|report| report.text).collect();
    assert!(reports.is_empty(), "{}\n{section}", reports.join("\n"));
}
