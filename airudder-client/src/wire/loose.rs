//! Where the vendor is loose: empty text for nothing.

/// `None` for empty text, else an error that does not quote it.
pub(super) fn none_if_empty<T, E: serde::de::Error>(
    text: &str,
    problem: &'static str,
) -> Result<Option<T>, E> {
    if text.is_empty() { Ok(None) } else { Err(E::custom(problem)) }
}
