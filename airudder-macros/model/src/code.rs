//! Error codes: a number or a word.

use core::fmt;

/// An error code as it stands in an answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A number.
    Number(i64),
    /// A word, such as `idempotency_conflict`.
    Word(Word),
}

/// A code that is a word. It is held in place, so that codes stay `Copy` and can stand in constants and
/// patterns.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word {
    bytes: [u8; Self::MAX_LEN],
    len: u8,
}

impl Word {
    /// How long a word may be, in bytes.
    pub const MAX_LEN: usize = 63;

    /// From text of at most [`MAX_LEN`](Self::MAX_LEN) bytes; what is longer is cut there, at a character's
    /// end.
    pub const fn new(text: &str) -> Self {
        let text = text.as_bytes();
        let mut len = if text.len() < Self::MAX_LEN { text.len() } else { Self::MAX_LEN };
        // A byte of the form 10xxxxxx continues a character.
        while len < text.len() && len > 0 && text[len] & 0b1100_0000 == 0b1000_0000 {
            len -= 1;
        }
        let mut bytes = [0; Self::MAX_LEN];
        let mut at = 0;
        while at < len {
            bytes[at] = text[at];
            at += 1;
        }
        Self { bytes, len: len as u8 }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl Code {
    /// A code that is a word, for constants.
    pub const fn word(text: &str) -> Self {
        Self::Word(Word::new(text))
    }

    /// The number; `None` for a word.
    pub const fn number(self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Word(_) => None,
        }
    }

    /// The code in a text: a number where all of it is one, else a word.
    pub fn from_text(text: &str) -> Self {
        match text.parse() {
            Ok(number) if !text.starts_with('+') => Self::Number(number),
            _ => Self::word(text),
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => fmt::Display::fmt(number, f),
            Self::Word(word) => fmt::Display::fmt(word, f),
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => fmt::Debug::fmt(number, f),
            Self::Word(word) => fmt::Debug::fmt(word, f),
        }
    }
}

impl From<i64> for Code {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Code {
    fn from(word: &str) -> Self {
        Self::word(word)
    }
}

impl PartialEq<i64> for Code {
    fn eq(&self, other: &i64) -> bool {
        self.number() == Some(*other)
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Word(word) => word.as_str() == other,
        }
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Word};

    #[test]
    fn numbers_and_words() {
        const CONFLICT: Code = Code::word("idempotency_conflict");
        assert!(matches!(Code::from("idempotency_conflict"), CONFLICT));
        assert_eq!((Code::from(10403), CONFLICT.number()), (Code::Number(10403), None));
        assert!(CONFLICT == "idempotency_conflict" && CONFLICT != 0 && Code::Number(3) == 3);
        assert_eq!((Code::from_text("-3"), Code::from_text("+3")), (Code::Number(-3), Code::word("+3")));
    }

    #[test]
    fn a_long_word_is_cut_between_characters() {
        extern crate std;
        let text = std::string::String::from("é").repeat(Word::MAX_LEN);
        let word = Word::new(&text);
        assert_eq!(word.as_str().len(), Word::MAX_LEN - 1);
        assert!(text.starts_with(word.as_str()));
        assert_eq!(Word::new("").as_str(), "");
        let exact = "a".repeat(Word::MAX_LEN);
        assert_eq!(Word::new(&exact).as_str(), exact);
    }
}
