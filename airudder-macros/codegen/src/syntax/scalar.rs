//! Scalars as they are written, and what they mean where a number or a flag is wanted.

use serde_json::Number;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Not at all: a key without a value.
    Absent,
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// In lines of its own, after `|` or `>`.
    Block,
}

/// A scalar.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// What is written: `1.10`, `+1`, `0x1F`, `~`. Of quoted text, what stands in the quotes.
    pub text: String,
    /// How.
    pub style: Style,
}

/// What a scalar is by the core schema of YAML 1.2: only plain ones are anything but text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number, whole or not. Infinities and NaN are text: no key takes them.
    Number,
    /// Text.
    Text,
}

impl Scalar {
    /// What it is by the core schema.
    pub fn meaning(&self) -> Meaning {
        match (self.style, self.text.as_str()) {
            (Style::Quoted | Style::Block, _) => Meaning::Text,
            (Style::Absent, _) | (Style::Plain, "~" | "null" | "Null" | "NULL" | "") => Meaning::Null,
            (Style::Plain, "true" | "True" | "TRUE") => Meaning::Flag(true),
            (Style::Plain, "false" | "False" | "FALSE") => Meaning::Flag(false),
            (Style::Plain, text) if is_number(text) => Meaning::Number,
            (Style::Plain, _) => Meaning::Text,
        }
    }

    /// A whole number, if it is one of 64 bits.
    pub fn integer(&self) -> Option<i64> {
        if self.meaning() != Meaning::Number {
            return None;
        }
        match radix(&self.text) {
            Some((digits, radix)) => i64::from_str_radix(digits, radix).ok(),
            None => self.text.parse().ok(),
        }
    }

    /// The same value as JSON.
    pub(super) fn to_json(&self) -> serde_json::Value {
        match self.meaning() {
            Meaning::Null => serde_json::Value::Null,
            Meaning::Flag(flag) => flag.into(),
            Meaning::Text => self.text.as_str().into(),
            Meaning::Number => {
                self.json_number().map_or_else(|| self.text.as_str().into(), serde_json::Value::Number)
            }
        }
    }

    /// `None` where JSON has no such number: digits after a leading zero, mostly of ids, stay as they are
    /// written.
    fn json_number(&self) -> Option<Number> {
        let digits = self.text.trim_start_matches(['+', '-']);
        if digits.len() > 1 && digits.bytes().all(|b| b.is_ascii_digit()) && digits.starts_with('0') {
            return None;
        }
        if let Some(whole) = self.integer() {
            return Some(whole.into());
        }
        if let Some((digits, radix)) = radix(&self.text) {
            return u64::from_str_radix(digits, radix).ok().map(Number::from);
        }
        match self.text.parse::<u64>() {
            Ok(whole) => Some(whole.into()),
            // More digits than a number keeps are mostly those of an id: they stay as they are written.
            Err(_) if digits.bytes().all(|b| b.is_ascii_digit()) => None,
            Err(_) => self.text.parse().ok().and_then(Number::from_f64),
        }
    }
}

/// The digits of `0o17` and `0x1F`.
fn radix(text: &str) -> Option<(&str, u32)> {
    let octal = text.strip_prefix("0o").map(|digits| (digits, 8));
    octal
        .or_else(|| text.strip_prefix("0x").map(|digits| (digits, 16)))
        .filter(|(digits, radix)| !digits.is_empty() && digits.chars().all(|c| c.is_digit(*radix)))
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// Whether a plain scalar is a number of the core schema: `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE]
/// [-+]? [0-9]+ )?`, or in octal or hexadecimal digits.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let unsigned = unsigned(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(self::unsigned(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let decimal = digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent));
    decimal || radix(text).is_some()
}
