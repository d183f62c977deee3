//! Text that holds JSON.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::__private as __c;
use crate::wire::TextValue;

/// Text that holds JSON, kept as it came. The vendor puts some results into an answer in this form.
///
/// The text is not looked at until it is asked for, so an answer with a broken one still decodes. What it
/// holds may be personal: [`Display`](fmt::Display) shows it, [`Debug`] never does.
///
/// ```
/// use airudder_client::types::JsonText;
///
/// let text = JsonText::from(r#"{"level": "A"}"#);
/// assert_eq!(text.parse()?["level"], "A");
/// assert!(JsonText::from("--").parse().is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct JsonText(String);

impl JsonText {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as it came, without a copy.
    pub fn into_string(self) -> String {
        self.0
    }

    /// What the text says.
    ///
    /// # Errors
    ///
    /// If the text is not JSON.
    pub fn parse(&self) -> Result<Value, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

impl fmt::Display for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for JsonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonText(<redacted>)")
    }
}

impl From<&str> for JsonText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for JsonText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&Value> for JsonText {
    fn from(value: &Value) -> Self {
        Self(value.to_string())
    }
}

impl From<&JsonText> for JsonText {
    fn from(text: &JsonText) -> Self {
        text.clone()
    }
}

impl FromStr for JsonText {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl AsRef<str> for JsonText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl TextValue for JsonText {
    fn from_text(text: String) -> Self {
        Self(text)
    }

    fn as_text(&self) -> &str {
        &self.0
    }
}

crate::__impl_serde_by_codec!(__c JsonText, crate::wire::JsonText<JsonText>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_it_and_display_shows_it() {
        let text = JsonText::from(r#"{"callee": "+447700900123"}"#);
        assert!(!format!("{text:?} {:#?}", Some(&text)).contains("7700"));
        assert!(text.to_string().contains("7700"));
    }
}
