//! Phone numbers.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::__private as __c;
use crate::wire::TextValue;

/// A phone number in international (E.164) form, such as `+447700900123`.
///
/// Making one never fails; a number of the wrong form is refused when a request with it is sent. In answers
/// it holds whatever the vendor wrote. It is personal data: [`Display`](fmt::Display) shows it, [`Debug`]
/// never does, so that it does not slip into logs.
///
/// ```
/// use airudder_client::types::Phone;
///
/// let phone = Phone::from("+447700900123");
/// assert!(phone.is_valid());
/// assert_eq!(phone.to_string(), "+447700900123");
/// assert_eq!(format!("{phone:?}"), "Phone(<redacted>)");
/// assert!(!Phone::from("07700 900123").is_valid());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Phone(String);

impl Phone {
    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as text, without a copy.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether it has the international form: a plus and 7 to 15 digits, the first of them not 0.
    pub fn is_valid(&self) -> bool {
        airudder_model::is_phone(&self.0)
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(<redacted>)")
    }
}

impl From<&str> for Phone {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Phone {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&String> for Phone {
    fn from(text: &String) -> Self {
        Self(text.clone())
    }
}

impl From<&Phone> for Phone {
    fn from(text: &Phone) -> Self {
        text.clone()
    }
}

impl FromStr for Phone {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl AsRef<str> for Phone {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Phone {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Phone {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl TextValue for Phone {
    const WHAT: &'static str = "a phone number";

    fn from_text(text: String) -> Self {
        Self(text)
    }

    fn as_text(&self) -> &str {
        &self.0
    }
}

crate::__impl_serde_by_codec!(__c Phone, crate::wire::Id<Phone>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_international_form_is_valid() {
        for good in ["+4477009", "+447700900123", "+123456789012345"] {
            assert!(Phone::from(good).is_valid(), "{good}");
        }
        for bad in [
            "",
            "+",
            "+123456",
            "+1234567890123456",
            "447700900123",
            "+0447700900",
            "+44 7700900",
            "+٤٤٧٧٠٠٩٠٠",
            "++4477009001",
        ] {
            assert!(!Phone::from(bad).is_valid(), "{bad}");
        }
    }

    #[test]
    fn debug_hides_it_and_display_shows_it() {
        let phone = Phone::from("+447700900123");
        assert!(!format!("{phone:?} {:#?}", Some(&phone)).contains("7700"));
        assert_eq!(format!("{phone:>15}"), "  +447700900123");
    }

    #[test]
    fn reads_text_and_numbers_and_writes_text() {
        assert_eq!(serde_json::from_str::<Phone>("\"+4477\"").unwrap(), "+4477");
        assert_eq!(serde_json::from_str::<Phone>("447700900123").unwrap(), "447700900123");
        assert_eq!(serde_json::to_string(&Phone::from("+44")).unwrap(), "\"+44\"");
    }
}
