//! The format of a column: named, or decided from all of its values.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::amount::AmountFormat;
use super::date::DateFormat;

/// The format of a column of dates or amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Of dates.
    Date(DateFormat),
    /// Of amounts.
    Amount(AmountFormat),
}

impl Format {
    /// Its word in a saved mapping: `day/month/year`, `1.234,56`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Date(format) => format.as_str(),
            Self::Amount(format) => format.as_str(),
        }
    }
}

impl From<DateFormat> for Format {
    fn from(format: DateFormat) -> Self {
        Self::Date(format)
    }
}

impl From<AmountFormat> for Format {
    fn from(format: AmountFormat) -> Self {
        Self::Amount(format)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let all = || {
            let dates = DateFormat::ALL.into_iter().map(Self::Date);
            dates.chain(AmountFormat::ALL.into_iter().map(Self::Amount))
        };
        all().find(|format| format.as_str() == word).ok_or_else(|| {
            let words: Vec<&str> = all().map(Self::as_str).collect();
            format!("there is no format {word:?}; there are {}", words.join(", "))
        })
    }
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_again() {
        for format in [Format::from(DateFormat::Excel1900), Format::from(AmountFormat::Comma)] {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        assert!("d/m/y".parse::<Format>().unwrap_err().contains("day/month/year"));
    }
}
