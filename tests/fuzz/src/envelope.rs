//! The answer of a call: nothing panics, the bytes are kept, nothing secret is shown, and what changes
//! something has succeeded only where the answer says so.
//!
//! The first three bytes choose the call, the HTTP status and the headers; the rest of the line is the header
//! `Retry-After`, and what follows is the body.

use std::sync::LazyLock;

use airudder_client::Error;
use airudder_client::catalogue::{Effect, SuccessRule};
use airudder_client::encryption::{Key, digest};

use super::calls::{Answer, Answered, Call, ENCRYPTION_KEY, SECRETS, calls, send};

static CALLS: LazyLock<Vec<Call>> = LazyLock::new(calls);
const STATUSES: [u16; 15] = [200, 201, 202, 204, 302, 304, 400, 401, 403, 404, 409, 429, 500, 502, 503];

/// Sends a call and answers it with the input.
pub fn run(data: &[u8]) {
    let [call, status, kind, rest @ ..] = data else { return };
    let call = CALLS[at(*call, CALLS.len())];
    let status = STATUSES[at(*status, STATUSES.len())];
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (retry_after, body) = (&rest[..end], rest.get(end + 1..).unwrap_or_default());
    let mut headers = vec![("Retry-After", retry_after)];
    let (encrypted, signed);
    let mut sent = body;
    match at(*kind, 7) {
        0 => headers.push(("Content-Type", b"application/json")),
        1 => headers.push(("Content-Type", b"text/html")),
        2 => headers.push(("Content-Type", b"text/plain")),
        3 => {}
        4 => headers.push(("Content-Encoding", b"gzip")),
        5 => headers.push(("Is-Encrypted", b"1")),
        _ => {
            (encrypted, signed) = (Key::new(ENCRYPTION_KEY).expect("16 bytes").encrypt(body), digest(body));
            headers.extend([("Is-Encrypted", &b"1"[..]), ("Signed", signed.as_bytes())]);
            sent = encrypted.as_bytes();
        }
    }
    // Not everything is what it was sent as: what begins as gzip is unpacked, whatever the headers say.
    let is_plain = at(*kind, 7) < 4 && !matches!(status, 204 | 304) && !body.starts_with(b"\x1f\x8b");
    check(call, status, is_plain.then_some(body), send(call, &Answer { status, headers, body: sent }));
}

/// Letters count from `a`, so that the corpus can be read.
fn at(byte: u8, length: usize) -> usize {
    usize::from(byte.wrapping_sub(b'a')) % length
}

fn check(call: Call, status: u16, body: Option<&[u8]>, outcome: Result<Answered, Error>) {
    let shown = match outcome {
        Ok(answered) => {
            assert_eq!(answered.status, status);
            assert!((200..300).contains(&status));
            if let Some(body) = body {
                assert_eq!(answered.raw, body);
                let has_digit = body.iter().any(|byte| byte.is_ascii_digit());
                let needs_code = call.effect != Effect::Read && call.success == SuccessRule::Envelope;
                let has_envelope = call.family.info().envelope.is_some();
                assert!(
                    has_digit || !needs_code || !has_envelope,
                    "there is no code that says that it was done"
                );
            }
            // Ids are shown as they came; that an answer has our secret for one is the vendor's doing.
            let holds = |secret: &&str| String::from_utf8_lossy(&answered.raw).contains(*secret);
            if SECRETS.iter().any(holds) {
                return;
            }
            answered.shown
        }
        Err(error) => {
            let raw = match &error {
                Error::Api(refusal) => Some(refusal.raw()),
                Error::Http(refusal) => Some(refusal.raw()),
                Error::Decode(refusal) => Some(refusal.raw()),
                _ => None,
            };
            // An earlier input may have had the token refused. Of what the call for another one brings
            // nothing is kept.
            let of_token = error.to_string().contains("no token: ");
            if let (Some(raw), Some(body), false) = (raw, body, of_token) {
                assert_eq!(raw, body, "{error}");
            }
            assert!(!matches!(error, Error::Invalid(_) | Error::Config(_)), "{error}");
            format!("{error} {error:?} {error:#?}")
        }
    };
    SECRETS.iter().for_each(|secret| assert!(!shown.contains(secret), "{secret} is shown: {shown}"));
}
