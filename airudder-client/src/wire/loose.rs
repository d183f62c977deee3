//! Where the vendor is loose: keys in changing form, empty text for nothing.

/// Whether two keys are the same but for case, underscores, hyphens and spaces: the vendor writes `TaskID`,
/// `taskId` and `task_id`.
pub fn loosely_equal(one: &str, other: &str) -> bool {
    fn letters(key: &str) -> impl Iterator<Item = u8> {
        key.bytes().filter(|b| !matches!(b, b'_' | b'-' | b' ')).map(|b| b.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}

/// `None` for empty text, else an error that does not quote it.
pub(super) fn none_if_empty<T, E: serde::de::Error>(
    text: &str,
    problem: &'static str,
) -> Result<Option<T>, E> {
    if text.is_empty() { Ok(None) } else { Err(E::custom(problem)) }
}
