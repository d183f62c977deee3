//! What is asked of an import, and whether its names will do.

use airudder_codegen::load::SHARED;
use airudder_codegen::names;

use super::error::ImportError;
use super::yaml;

/// What to make of a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The section that the entry is for.
    pub section: String,
    /// The entry's key.
    pub key: String,
    /// The vendor's page, `doc-1678229`. With it, what the fragment says is documented; without, assumed.
    pub page: Option<String>,
    /// Whether to print an entry that the section has already.
    pub again: bool,
}

/// What to make of a whole document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllRequest {
    /// The section that becomes of it.
    pub section: String,
    /// The family of its endpoints.
    pub family: String,
    /// The vendor's page. With it, what the document says is documented; without, assumed.
    pub page: Option<String>,
}

pub(super) fn check_names(section: &str, key: Option<&str>, page: Option<&str>) -> Result<(), ImportError> {
    for (what, name) in [("section", Some(section)), ("key", key)] {
        let Some(name) = name else { continue };
        if let Some(problem) = names::problem_with_field_name(name) {
            let other = names::snake(name);
            let error = ImportError::new(format!("`{}` cannot be a {what}: {problem}", yaml::line(name)));
            return Err(if names::problem_with_field_name(&other).is_none() {
                error.help(format!("write `{other}`"))
            } else {
                error
            });
        }
    }
    if SHARED.contains(&format!("{section}.yaml").as_str()) {
        return Err(ImportError::new(format!("`{section}` is a shared file, not a section")));
    }
    if page.is_some_and(|page| page.trim().is_empty()) {
        return Err(ImportError::new("the page has no name")
            .help("name it as in `pages:`, such as `doc-1678229`, or leave it out"));
    }
    Ok(())
}
