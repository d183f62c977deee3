//! What references lead to.

use super::document::Node;

/// What a reference leads to.
pub(super) enum Target<'a> {
    Here(&'a Node),
    /// Another file.
    Elsewhere,
    Nowhere,
}

/// Looks a reference up in its document.
pub(super) fn look_up<'a>(root: &'a Node, reference: &str) -> Target<'a> {
    let Some(pointer) = reference.strip_prefix('#') else { return Target::Elsewhere };
    let mut at = root;
    for step in pointer.trim_start_matches('/').split('/').filter(|step| !step.is_empty()) {
        let key = step.replace("~1", "/").replace("~0", "~");
        let index = key.parse::<usize>().ok().and_then(|index| at.items().get(index));
        match at.get(&key).or_else(|| at.get(&decoded(&key))).or(index) {
            Some(next) => at = next,
            None => return Target::Nowhere,
        }
    }
    Target::Here(at)
}

/// The text that percent signs and hex digits stand for.
pub(super) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
