//! The second pass over a document that cannot be read as a whole: each value by itself, so that what is
//! wrong with one costs that one. What is lost on the way is handed up to the next object, which keeps it in
//! its `extra`.
//!
//! That a pass is such a second one is known per thread and not by an argument: serde's traits, through which
//! one codec calls the next, have no place for it, and reading never waits.

use std::cell::{Cell, RefCell};

use serde::de::{DeserializeSeed, MapAccess};
use serde_json::Value;
use serde_json::value::RawValue;

thread_local! {
    static ACTIVE: Cell<bool> = const { Cell::new(false) };
    /// Entries of lists and maps that could not be read, by their place below the value that is being read.
    static LOST: RefCell<Vec<(String, Value)>> = const { RefCell::new(Vec::new()) };
}

/// Whether the pass under way is a second one.
pub(super) fn is_active() -> bool {
    ACTIVE.get()
}

/// Reads in a second pass. `None` if something was lost that no object was there to keep.
pub(super) fn run<T>(read: impl FnOnce() -> Result<T, serde_json::Error>) -> Option<T> {
    /// Ends the pass, whatever becomes of it.
    struct Pass(bool, Vec<(String, Value)>);
    impl Drop for Pass {
        fn drop(&mut self) {
            ACTIVE.set(self.0);
            LOST.set(std::mem::take(&mut self.1));
        }
    }
    let _pass = Pass(ACTIVE.replace(true), LOST.take());
    let value = read().ok()?;
    LOST.with_borrow(Vec::is_empty).then_some(value)
}

/// Reads one value from its own text. A number that is too big for what it should be is tried as text too,
/// for ids of more digits than a number holds.
pub(super) fn read<T>(
    raw: &RawValue,
    mut read: impl FnMut(&mut Single<'_>) -> Result<T, serde_json::Error>,
) -> Result<T, serde_json::Error> {
    let text = raw.get();
    let before = LOST.with_borrow(Vec::len);
    read(&mut Single(text)).or_else(|error| {
        LOST.with_borrow_mut(|lost| lost.truncate(before));
        match text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            true => read(&mut Single(&format!("\"{text}\""))).map_err(|_| error),
            false => Err(error),
        }
    })
}

/// Reads an entry of a list or map. One that cannot be read is handed up under its place, such as `[3]`.
pub(super) fn entry<T>(
    raw: &RawValue,
    place: impl Fn() -> String,
    read_entry: impl FnMut(&mut Single<'_>) -> Result<Option<T>, serde_json::Error>,
) -> Option<T> {
    let before = LOST.with_borrow(Vec::len);
    match read(raw, read_entry) {
        Ok(value) => {
            LOST.with_borrow_mut(|lost| {
                for (below, _) in lost.iter_mut().skip(before) {
                    below.insert_str(0, &place());
                }
            });
            value
        }
        Err(_) => {
            LOST.with_borrow_mut(|lost| lost.push((place(), json(raw))));
            None
        }
    }
}

/// What has been lost since there were `before` entries.
pub(super) fn take_from(before: usize) -> Vec<(String, Value)> {
    LOST.with_borrow_mut(|lost| lost.split_off(before.min(lost.len())))
}

/// How many lost entries wait to be kept.
pub(super) fn waiting() -> usize {
    LOST.with_borrow(Vec::len)
}

/// A value as it came; as its text where a number has more digits than JSON values keep.
pub(super) fn json(raw: &RawValue) -> Value {
    let value: Value = serde_json::from_str(raw.get()).unwrap_or_default();
    let lost_digits = value.is_f64() && raw.get().len() > 17;
    if lost_digits { Value::from(raw.get()) } else { value }
}

/// A map whose every value is the same text of JSON.
pub(super) struct Single<'a>(pub(super) &'a str);

impl<'a> MapAccess<'a> for Single<'a> {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, _: K) -> Result<Option<K::Value>, Self::Error> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        let mut source = serde_json::Deserializer::from_str(self.0);
        let value = seed.deserialize(&mut source)?;
        source.end()?;
        Ok(value)
    }
}
