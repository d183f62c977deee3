//! Why nothing could be made of a fragment.

use std::fmt;

/// Why nothing could be made of a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    text: String,
    help: Option<String>,
}

impl ImportError {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        let help = help.into();
        self.help = Some(match self.help {
            Some(before) => format!("{before}\n  = {help}"),
            None => help,
        });
        self
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match &self.help {
            Some(help) => write!(f, "\n  = {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ImportError {}
