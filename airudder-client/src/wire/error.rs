//! Where and why reading failed.

/// A JSON document could not be read. Says where and why, and holds no values of the document: answers are
/// full of names, phone numbers and debts, and errors end up in logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{problem}", path, if path.is_empty() { "" } else { ": " })]
pub struct DecodeError {
    /// The place, in wire names: `Details[3].Mobile`. Free keys of a map show as `*`. Empty: the document
    /// itself.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
}

/// Longest text of a problem, in bytes. Ours are far shorter.
const MAX_PROBLEM: usize = 200;

impl DecodeError {
    /// Takes apart what [`within_key`] and [`within_index`] have put together.
    pub(super) fn new(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let (path, problem) = match text.split_once(": ") {
            Some((path, problem)) if has_path(path) => (path.strip_prefix('.').unwrap_or(path), problem),
            _ => ("", text.as_str()),
        };
        Self { path: path.to_owned(), problem: without_values(problem) }
    }

    /// For bytes that are no text.
    pub(super) fn not_text(error: &std::str::Utf8Error) -> Self {
        Self {
            path: String::new(),
            problem: format!("not UTF-8 text (from byte {} on)", error.valid_up_to()),
        }
    }
}

/// Adds a key in front of an error's path.
///
/// The path travels in the error's text, since serde's errors have no other place for it. The usual way
/// (reading a second time through `serde_path_to_error`) would compile all of the generated reading code
/// twice. Only failures pay for this one, and whoever reads our types with plain `serde_json` sees the path
/// too.
#[cold]
#[inline(never)]
pub(super) fn within_key<E: serde::de::Error>(key: &str, error: &E) -> E {
    let rest = error.to_string();
    E::custom(format_args!(".{key}{}{rest}", separator(&rest)))
}

/// Adds the index of a list's entry in front of an error's path.
#[cold]
#[inline(never)]
pub(super) fn within_index<E: serde::de::Error>(index: usize, error: &E) -> E {
    let rest = error.to_string();
    E::custom(format_args!("[{index}]{}{rest}", separator(&rest)))
}

/// What stands between a key and the text that follows it.
fn separator(rest: &str) -> &'static str {
    if has_path(rest) { "" } else { ": " }
}

/// Whether a text starts with a path. No message of ours or of serde's starts like one.
fn has_path(text: &str) -> bool {
    text.starts_with(['.', '['])
}

/// The text with everything in quotation marks and every number in backticks blotted out, and cut to a bound.
/// Our own messages have none; those of other `Deserialize` implementations quote what they found.
pub(crate) fn without_values(text: &str) -> String {
    let blotted = match (text.find('"'), text.rfind('"')) {
        (Some(first), Some(last)) if first < last => {
            format!("{}…{}", &text[..=first], &text[last..])
        }
        _ => text.to_owned(),
    };
    let mut kept = String::with_capacity(blotted.len().min(MAX_PROBLEM));
    let mut quoted = false;
    for c in blotted.chars() {
        if kept.len() + c.len_utf8() > MAX_PROBLEM {
            kept.push('…');
            break;
        }
        quoted ^= c == '`';
        kept.push(if quoted && c.is_alphanumeric() { '*' } else { c });
    }
    kept
}
