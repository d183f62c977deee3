//! The links in an answer, and which of them is the recording's.

use std::fmt;

use crate::wire::repair;
use reqwest::Url;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// What an answer says of where its file is.
#[derive(Debug, PartialEq)]
pub(super) enum Choice {
    /// Nothing: there is no link.
    None,
    /// There.
    One(String),
    /// In several places.
    Several(Vec<String>),
}

/// The link to follow in a payload. Those whose keys name a recording go before all others; among equals one
/// is followed, and of several none.
pub(super) fn choose(base: &Url, payload: &[u8]) -> Choice {
    let mut links = Vec::new();
    let repaired = repair::repaired(payload);
    let mut json = serde_json::Deserializer::from_slice(repaired.as_deref().map_or(payload, str::as_bytes));
    let search = Search { links: &mut links, base, key: "", kind: Kind::Other };
    if search.deserialize(&mut json).is_err() {
        return Choice::None;
    }
    let best = links.iter().map(|link| link.kind).max();
    let mut chosen: Vec<String> = Vec::new();
    for link in links {
        if Some(link.kind) == best && !chosen.contains(&link.address) {
            chosen.push(link.address);
        }
    }
    match chosen.len() {
        0 => Choice::None,
        1 => chosen.pop().map_or(Choice::None, Choice::One),
        _ => Choice::Several(chosen),
    }
}

/// A link that somebody gives by itself: what is relative to nothing is none.
pub(super) fn whole(base: &Url, text: &str) -> Option<Url> {
    let text = text.trim();
    if is_absolute(text) || text.starts_with("//") { resolve(base, text) } else { None }
}

/// A link as an address: absolute, without its scheme, or relative to the base URL's host.
pub(super) fn resolve(base: &Url, text: &str) -> Option<Url> {
    let text = text.trim();
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    if is_absolute(text) {
        return Url::parse(text).ok();
    }
    let first = text.split(['/', '?', '#']).next().unwrap_or_default();
    let is_dots = matches!(first, "." | "..");
    let is_relative = text.starts_with('/') || is_dots || !first.contains([':', '.']);
    if is_relative {
        // A word alone, such as `none`, is no path, and neither is `N/A`.
        let is_word = !text.contains(['/', '.']) || text.eq_ignore_ascii_case("n/a");
        return if is_word { None } else { base.join(text).ok() };
    }
    // `files.example.com/1.wav`: a host has a dot or a port, and something behind it. Other schemes have no
    // port.
    let port = first.rsplit_once(':').map(|(_, port)| port);
    let is_host = text.len() > first.len()
        && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    match is_host {
        true => base.join(&format!("//{text}")).ok(),
        false if port.is_none() => base.join(text).ok(),
        false => None,
    }
}

fn is_absolute(text: &str) -> bool {
    let begins =
        |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    begins("https://") || begins("http://")
}

/// What a key says of its link. The later ones go before the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Other,
    Recording,
}

struct Link {
    kind: Kind,
    /// As an address, or as it came where it cannot be one: that is for the one who opens it to say.
    address: String,
}

/// Whether a key names a recording: `recLink`, `record_url`, `audio`, `callRecording`.
fn names_recording(key: &str) -> bool {
    const OTHERS: [&str; 8] =
        ["receipt", "recipient", "receive", "recent", "recommend", "recover", "reconc", "rectif"];
    let key: String =
        key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let begins = key.starts_with("rec") && !OTHERS.iter().any(|other| key.starts_with(other));
    begins || key.contains("record") || key.contains("audio")
}

/// Whether a key says that its text is a link, so that one in a short form is known.
fn names_link(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["url", "uri", "link", "href"].iter().any(|name| key.ends_with(name))
}

/// Walks through a payload in the order of the document.
struct Search<'a> {
    links: &'a mut Vec<Link>,
    base: &'a Url,
    /// The key that the value stands under; an entry of a list stands under that of the list.
    key: &'a str,
    kind: Kind,
}

impl<'de> DeserializeSeed<'de> for Search<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Search<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let text = text.trim();
        // In a short form only where the key says what it is: other texts begin with a slash too.
        let is_link = is_absolute(text)
            || (text.starts_with("//") && text.len() > 2)
            || names_link(self.key)
            || (self.kind == Kind::Recording && text.contains('/'));
        let unusable = || is_absolute(text).then(|| text.to_owned());
        let address =
            if is_link { resolve(self.base, text).map(String::from).or_else(unusable) } else { None };
        self.links.extend(address.map(|address| Link { kind: self.kind, address }));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Search { links, base, key, kind } = self;
        while list.next_element_seed(Search { links, base, key, kind })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            // What stands within a recording's object is about the recording.
            let kind = if names_recording(&key) { Kind::Recording } else { self.kind };
            map.next_value_seed(Search { links: self.links, base: self.base, key: &key, kind })?;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://api.example.com/gw").unwrap()
    }

    fn one(payload: &str) -> String {
        match choose(&base(), payload.as_bytes()) {
            Choice::One(link) => link,
            other => panic!("{payload}: {other:?}"),
        }
    }

    #[test]
    fn keys_that_name_a_recording_go_before_all_others() {
        for (payload, link) in [
            (r#"{"recordUrl":"https://x.example/1.wav","agreement":"https://x.example/c.pdf"}"#, "1.wav"),
            (r#"{"a":"https://x.example/c.pdf","recLink":"https://x.example/1.wav"}"#, "1.wav"),
            (r#"{"avatar":"https://x.example/c","audio":{"url":" HTTPS://x.example/1.wav "}}"#, "1.wav"),
            (r#"{"receipt_url":"https://x.example/r","callRecording":["https://x.example/1.wav"]}"#, "1.wav"),
            (r#"{"b":["x",{"url":"https://x.example/1.wav"}],"same":"https://x.example/1.wav"}"#, "1.wav"),
            (r#""https://x.example/1.wav""#, "1.wav"),
        ] {
            assert_eq!(one(payload), format!("https://x.example/{link}"), "{payload}");
        }
    }

    #[test]
    fn of_several_none_is_chosen() {
        let several = choose(
            &base(),
            br#"{"recordings":["https://x.example/2","https://x.example/1"],"z":"https://y.example/"}"#,
        );
        assert_eq!(
            several,
            Choice::Several(vec!["https://x.example/2".into(), "https://x.example/1".into()])
        );
    }

    #[test]
    fn links_come_in_short_forms() {
        for (text, link) in [
            ("//files.example.com/1.wav", "https://files.example.com/1.wav"),
            ("files.example.com/1.wav", "https://files.example.com/1.wav"),
            ("files.example.com:8443/1.wav?a=b", "https://files.example.com:8443/1.wav?a=b"),
            ("/files/1.wav", "https://api.example.com/files/1.wav"),
            ("files/1.wav", "https://api.example.com/files/1.wav"),
            ("1.wav", "https://api.example.com/1.wav"),
        ] {
            assert_eq!(one(&serde_json::json!({"url": text}).to_string()), link);
        }
    }

    #[test]
    fn other_texts_are_no_links() {
        for payload in [
            r#"{"a":"ftp://x/1.wav","b":null,"c":"/etc","d":1.5,"e":[true,{}]}"#,
            r#"{"url":"ftp://x/1.wav"}"#,
            r#"{"url":""}"#,
            r#"{"url":"not ready"}"#,
            r#"{"recording":"none"}"#,
            "null",
            "{",
        ] {
            assert_eq!(choose(&base(), payload.as_bytes()), Choice::None, "{payload}");
        }
    }
}
