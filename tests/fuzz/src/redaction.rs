//! A phone number in what somebody else writes: no error shows it, whatever stands around it.
//!
//! The first byte chooses how the number is written, the second where it is told: in the message of a
//! refusal, in a page, in JSON that cannot be read. The third says before which byte of the rest it stands.

use std::sync::LazyLock;

use airudder_client::webhook;
use serde_json::json;

use super::calls::{Answer, Call, calls, send};

static CALLS: LazyLock<Vec<Call>> = LazyLock::new(calls);

/// The same number in the forms in which people write it.
const FORMS: [&str; 8] = [
    "+6281234567890",
    "081234567890",
    "0812-3456-7890",
    "0812 3456 7890",
    "(0812) 3456 7890",
    "+62 (0) 812.3456.7890",
    "0812/345/6789",
    "０８１２ ３４５６ ７８９０",
];

/// Writes a number into the input, and looks at the error that quotes it.
pub fn run(data: &[u8]) {
    let [form, place, at, rest @ ..] = data else { return };
    let number = FORMS[usize::from(*form) % FORMS.len()];
    let text = String::from_utf8_lossy(rest);
    let at = text.char_indices().nth(usize::from(*at)).map_or(text.len(), |(at, _)| at);
    let (before, after) = text.split_at(at);
    // A digit beside it makes it another number.
    let is_digit = |c: char| c.is_numeric();
    if before.ends_with(is_digit) || after.starts_with(is_digit) {
        return;
    }
    let text = format!("{before}{number}{after}");
    let error = match usize::from(*place) % 4 {
        0 => answered(200, "application/json", &json!({"code": 10902, "status": text}).to_string()),
        1 => answered(502, "text/html", &format!("<html><title>{text}</title></html>")),
        2 => answered(500, "text/plain", &text),
        _ => webhook::read_any(text.as_bytes()).err().map(|error| format!("{error} {error:?}")),
    };
    if let Some(error) = error {
        assert!(!error.contains(number), "{number} is shown: {error}");
    }
}

fn answered(status: u16, content_type: &'static str, body: &str) -> Option<String> {
    let headers = vec![("Content-Type", content_type.as_bytes())];
    let error = send(CALLS[0], &Answer { status, headers, body: body.as_bytes() }).err()?;
    Some(format!("{error} {error:?} {error:#?}"))
}
