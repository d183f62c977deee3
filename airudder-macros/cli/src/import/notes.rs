//! What a person must look at, or what the page says and the entry does not.

use std::fmt;

/// A note, with the entry, type or field that it is about. It stands in the text as a comment too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// An entry, a type, or one of their fields; empty where it is about all of the document.
    pub place: String,
    /// One line.
    pub text: String,
}

impl Note {
    pub(super) fn new(place: &str, text: &str) -> Self {
        Self { place: place.to_owned(), text: super::yaml::plain(text) }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.text)
    }
}
