//! Reads an envelope key by key, and its payload along with it where that is what it seems to be.

use std::borrow::Cow;

use airudder_model::loosely_equal;
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::catalogue::{Code, CodeForm, Envelope};
use crate::error;
use crate::json::{Fields, Text};
use crate::wire::PayloadReader;

/// What was found in an envelope.
#[derive(Debug, Default)]
pub(super) struct Scan<'a> {
    pub(super) code: Option<Code>,
    pub(super) payload: Option<Payload<'a>>,
    pub(super) message: Option<Cow<'a, str>>,
    /// It says something of success or failure, and not that it is one that is known.
    pub(super) denies: bool,
    pub(super) problem: Option<String>,
}

/// The payload, as it stands in the envelope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Payload<'a> {
    /// The key under which it stands, as the catalogue has it.
    pub(super) key: &'static str,
    pub(super) text: &'a str,
    /// Whether it was read into its type.
    pub(super) is_read: bool,
}

pub(super) fn scan<'a>(
    envelope: &Envelope,
    form: CodeForm,
    body: &'a [u8],
    reader: Option<&mut (dyn PayloadReader + 'static)>,
) -> Scan<'a> {
    if body.trim_ascii().is_empty() {
        return Scan { problem: Some("it is empty".to_owned()), ..Scan::default() };
    }
    let text = match std::str::from_utf8(body) {
        Ok(text) => text.trim_start_matches('\u{feff}'),
        Err(_) => {
            return Scan { problem: Some("it is not UTF-8 text".to_owned()), ..Scan::default() };
        }
    };
    let mut found = Found::default();
    let broken = match found.walk(envelope, form, text, reader) {
        Some(()) => None,
        None => Some(fault(text, body.len())),
    };
    found.scan(envelope, broken)
}

/// What is wrong with a text that is no JSON object.
#[allow(clippy::wildcard_enum_match_arm, reason = "kinds of error of serde_json")]
fn fault(text: &str, length: usize) -> String {
    match serde_json::from_str::<Fields<'_>>(text).err().map(|error| error.classify()) {
        Some(Category::Eof) => format!("it is cut off after {} bytes", error::count(length)),
        Some(Category::Data) => "it is not a JSON object".to_owned(),
        _ => "it is not JSON".to_owned(),
    }
}

/// What the keys of an envelope have said so far.
#[derive(Default)]
struct Found<'a> {
    /// Of the code in the envelope's own spelling.
    code: Option<Code>,
    /// Of a code under another one.
    other_code: Option<Code>,
    payload: Option<Payload<'a>>,
    /// Of several keys that would do, the first of the envelope's list counts, wherever it stands in the
    /// answer.
    payload_rank: Option<usize>,
    message: Option<Cow<'a, str>>,
    message_rank: Option<usize>,
    /// It says something of success or failure that is no code.
    doubt: Option<&'static str>,
}

impl<'a> Found<'a> {
    /// Goes through the object that a text is; `None` where it is none.
    fn walk(
        &mut self,
        envelope: &Envelope,
        form: CodeForm,
        text: &'a str,
        mut reader: Option<&mut (dyn PayloadReader + 'static)>,
    ) -> Option<()> {
        let mut rest = Rest(text);
        rest.take(b'{')?;
        let mut is_over = rest.take(b'}').is_some();
        while !is_over {
            let Text(key) = rest.value()?;
            rest.take(b':')?;
            self.entry(envelope, form, &key, &mut rest, &mut reader)?;
            is_over = rest.take(b'}').is_some();
            if !is_over {
                rest.take(b',')?;
            }
        }
        rest.is_empty().then_some(())
    }

    /// Takes in the value of a key.
    fn entry(
        &mut self,
        envelope: &Envelope,
        form: CodeForm,
        key: &str,
        rest: &mut Rest<'a>,
        reader: &mut Option<&mut (dyn PayloadReader + 'static)>,
    ) -> Option<()> {
        let is = |name: &str| name == key || loosely_equal(name, key);
        let rank_in = |names: &[&str]| names.iter().position(|name| is(name));
        if is("code") {
            let value = rest.raw()?;
            let code = code(value, form);
            if code.is_none() && value != "null" {
                self.doubt = Some("its code is not a number");
            }
            match key == "code" {
                true => self.code = code,
                false => self.other_code = code.or(self.other_code),
            }
        } else if is("success") {
            if says_no(rest.raw()?) {
                self.doubt = Some("it says that it is no success");
            }
        } else if let Some(rank) = rank_in(envelope.payload) {
            // Nothing can take the place of the first, and what is read is of use if nothing denies it.
            let is_it = rank == 0 && self.payload_rank != Some(0) && self.code == Some(envelope.success);
            let read = match reader {
                Some(reader) if is_it && !rest.begins(b'n') => reader.read(rest.0),
                _ => None,
            };
            let text = match read {
                Some(length) => rest.skip(length)?,
                None => rest.raw()?,
            };
            if self.payload_rank.is_none_or(|best| rank < best) && text != "null" {
                self.payload_rank = Some(rank);
                self.payload = Some(Payload { key: envelope.payload[rank], text, is_read: read.is_some() });
            }
        } else if let Some(rank) = rank_in(envelope.message) {
            let value = rest.raw()?;
            if self.message_rank.is_none_or(|best| rank < best)
                && let Ok(Text(text)) = serde_json::from_str::<Text<'a>>(value)
                && !text.is_empty()
            {
                self.message_rank = Some(rank);
                self.message = Some(text);
            }
        } else {
            rest.raw()?;
        }
        Some(())
    }

    fn scan(self, envelope: &Envelope, broken: Option<String>) -> Scan<'a> {
        // A code of success under one spelling does not outweigh a refusal under another.
        let code = match (self.code, self.other_code) {
            (Some(code), Some(other)) if code == envelope.success => Some(other),
            (code, other) => code.or(other),
        };
        let refused = code.filter(|code| *code != envelope.success);
        match (broken, self.doubt) {
            // What refuses is a refusal, also where the rest is missing.
            _ if refused.is_some() => {
                Scan { code, payload: self.payload, message: self.message, ..Scan::default() }
            }
            (Some(problem), doubt) => {
                Scan { problem: Some(problem), denies: doubt.is_some(), ..Scan::default() }
            }
            // It proves nothing: neither success nor a known failure.
            (None, Some(doubt)) => Scan { problem: Some(doubt.to_owned()), denies: true, ..Scan::default() },
            (None, None) => Scan { code, payload: self.payload, message: self.message, ..Scan::default() },
        }
    }
}

/// What is still to be read of a JSON text.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Whether it begins with this, white space aside, which is taken off.
    fn begins(&mut self, byte: u8) -> bool {
        if self.0.starts_with([' ', '\n', '\r', '\t']) {
            self.0 = self.0.trim_start_matches([' ', '\n', '\r', '\t']);
        }
        self.0.as_bytes().first() == Some(&byte)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.begins(byte).then(|| self.0 = &self.0[1..])
    }

    fn is_empty(&mut self) -> bool {
        !self.begins(0) && self.0.is_empty()
    }

    fn skip(&mut self, length: usize) -> Option<&'a str> {
        let (value, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(value)
    }

    /// The text of the next value.
    fn raw(&mut self) -> Option<&'a str> {
        self.value::<&RawValue>().map(RawValue::get)
    }

    fn value<T: Deserialize<'a>>(&mut self) -> Option<T> {
        let mut values = serde_json::Deserializer::from_str(self.0).into_iter();
        let value = values.next()?.ok()?;
        self.0 = &self.0[values.byte_offset()..];
        Some(value)
    }
}

/// Whether the value of a key `success` denies it.
fn says_no(json: &str) -> bool {
    let word = json.trim_matches('"').trim();
    ["false", "no", "0"].iter().any(|no| word.eq_ignore_ascii_case(no))
}

/// A code: a whole number, or text that holds one; a word in families whose codes are words.
fn code(json: &str, form: CodeForm) -> Option<Code> {
    let text = json.trim().trim_matches('"').trim();
    // 200.0 is what some serialisers make of 200.
    let number = text.parse().or_else(|_| text.strip_suffix(".0").unwrap_or_default().parse());
    match (number, form) {
        (Ok(number), CodeForm::Number | CodeForm::Word) => Some(Code::Number(number)),
        (Err(_), CodeForm::Number) => None,
        (Err(_), CodeForm::Word) => {
            serde_json::from_str::<Text<'_>>(json).ok().map(|Text(word)| Code::word(&word))
        }
    }
}
