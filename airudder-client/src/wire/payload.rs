//! Reading a payload while its envelope is read, so that no text is gone through twice.

use std::fmt;

use serde::Deserialize;
use serde::de::Deserializer;

use super::Codec;

/// Reads the payload of an answer into its type, and keeps it.
pub trait PayloadReader: Send + 'static {
    /// Reads the value with which a text begins, and tells its length; `None` where it cannot be read as it
    /// is.
    fn read(&mut self, text: &str) -> Option<usize>;
}

/// Keeps what a codec has read.
pub struct PayloadSlot<C: Codec>(Option<C::Value>);

/// Reads nothing.
#[derive(Debug, Default)]
pub struct NoPayload;

impl<C: Codec> PayloadSlot<C> {
    /// What was read last.
    pub(crate) fn take(&mut self) -> Option<C::Value> {
        self.0.take()
    }
}

impl<C: Codec> Default for PayloadSlot<C> {
    fn default() -> Self {
        Self(None)
    }
}

/// Shows no value.
impl<C: Codec> fmt::Debug for PayloadSlot<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PayloadSlot").field(&self.0.is_some()).finish()
    }
}

impl<C: Codec + 'static> PayloadReader for PayloadSlot<C>
where
    C::Value: Send + 'static,
{
    fn read(&mut self, text: &str) -> Option<usize> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<Whole<C>>();
        let read = values.next();
        self.0 = read.and_then(Result::ok).map(|Whole(value)| value);
        self.0.as_ref().map(|_| values.byte_offset())
    }
}

impl PayloadReader for NoPayload {
    fn read(&mut self, _: &str) -> Option<usize> {
        None
    }
}

/// A codec's value as one that serde reads.
struct Whole<C: Codec>(C::Value);

impl<'de, C: Codec> Deserialize<'de> for Whole<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        C::read(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Int, List, Text};

    #[test]
    fn the_value_with_which_a_text_begins_is_read_and_measured() {
        let mut numbers = PayloadSlot::<List<Int>>::default();
        assert_eq!(numbers.read(r#"[1, "2", null], "code": 200}"#), Some(14));
        assert_eq!(numbers.take(), Some(vec![1, 2]));
        let mut text = PayloadSlot::<Text>::default();
        assert_eq!(text.read("12}"), Some(2));
        assert_eq!(text.take().as_deref(), Some("12"));
    }

    #[test]
    fn what_cannot_be_read_leaves_nothing_behind() {
        let mut numbers = PayloadSlot::<List<Int>>::default();
        assert_eq!(numbers.read("[1]"), Some(3));
        for text in ["[1, \"two\"]", "[1", "", "x"] {
            assert_eq!((numbers.read(text), numbers.take()), (None, None), "{text}");
        }
        assert_eq!(NoPayload.read("[1]"), None);
    }
}
