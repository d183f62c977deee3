//! From page to page. Not generic: works on the request's JSON.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::call::{self, Core, Done, Reply};
use crate::catalogue::{Endpoint, Paging};
use crate::envelope::Answer;
use crate::error::{Context, Error};
use crate::json::{Fields, Object};
use crate::wire;

/// A list on the way through its pages.
pub(super) struct Walk {
    core: Arc<Core>,
    endpoint: &'static Endpoint,
    timeout: Option<Duration>,
    /// The fields of the next request.
    fields: Fields<'static>,
    /// What the entries of the last page looked like, to tell when the same comes again.
    last: Option<u64>,
    first: bool,
    done: bool,
    /// Most entries on one page so far. The vendor may give fewer than asked for on every page, so only a
    /// page that is shorter than another one is taken for the last.
    longest: u64,
    /// The last page was shorter than asked for: there may be no further one.
    doubtful: bool,
    page: Option<Page>,
}

/// The page that was read last.
struct Page {
    answer: Answer,
    context: Context,
    entries: Vec<Entry>,
    /// Key of the list in the payload.
    key: String,
}

/// One entry of a page: its place in the payload.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    index: usize,
    json: Bytes,
}

impl Walk {
    pub(super) fn new(
        core: Arc<Core>,
        endpoint: &'static Endpoint,
        json: &[u8],
        timeout: Option<Duration>,
    ) -> Result<Self, Error> {
        let fields: Fields<'_> =
            serde_json::from_slice(json).map_err(|error| call::serialize_error(endpoint, &error))?;
        Ok(Self {
            core,
            endpoint,
            timeout,
            fields: fields.into_owned(),
            last: None,
            first: true,
            done: false,
            longest: 0,
            doubtful: false,
            page: None,
        })
    }

    pub(super) fn core(&self) -> Arc<Core> {
        Arc::clone(&self.core)
    }

    /// The next page; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Reply>, Error> {
        if self.done {
            return Ok(None);
        }
        // Until it is certain that there is more: an error ends the walk too.
        self.done = true;
        let reply = match call::run(&self.core, self.endpoint, Object::from(&self.fields), self.timeout).await
        {
            Err(error) if self.doubtful && self.is_past_the_end(&error) => return Ok(None),
            outcome => outcome?,
        };
        let Done::Answer(answer) = &reply.done else {
            return Ok(Some(reply));
        };
        let list = List::of(answer, self.endpoint.paging);

        let mut hasher = DefaultHasher::new();
        list.entries.iter().for_each(|entry| entry.json.hash(&mut hasher));
        let fingerprint = hasher.finish();
        let first = std::mem::replace(&mut self.first, false);
        if !first && (list.entries.is_empty() || self.last == Some(fingerprint)) {
            return Ok(None);
        }
        self.last = Some(fingerprint);
        self.done = !self.advance(&list);
        self.page = Some(Page {
            answer: answer.clone(),
            context: reply.context.clone(),
            entries: list.entries,
            key: list.key,
        });
        Ok(Some(reply))
    }

    /// Sets the fields of the next page. False if there is none.
    fn advance(&mut self, list: &List) -> bool {
        let count = list.entries.len() as u64;
        if count == 0 {
            return false;
        }
        let wanted = |size: Option<i64>| {
            size.and_then(|size| u64::try_from(size).ok()).is_some_and(|size| count < size)
        };
        let longest = self.longest;
        self.longest = longest.max(count);
        let is_short = |size: Option<i64>| wanted(size) && count < longest;
        self.doubtful = match self.endpoint.paging {
            Some(Paging::Number { size, .. } | Paging::Cursor { size, .. }) => {
                wanted(self.fields.number(size))
            }
            Some(Paging::Offset { limit, .. }) => wanted(self.fields.number(limit)),
            _ => false,
        };
        match self.endpoint.paging {
            None => false,
            Some(Paging::Number { page, size, first, .. }) => {
                let here = self.fields.number(page).unwrap_or(first);
                self.fields.set(page, here.saturating_add(1).to_string());
                !is_short(self.fields.number(size))
            }
            Some(Paging::Offset { offset, limit, .. }) => {
                let here = self.fields.number(offset).unwrap_or(0);
                let next = here.saturating_add_unsigned(count);
                self.fields.set(offset, next.to_string());
                match list.total {
                    // The vendor may give fewer rows than asked for: while there are more, that is not the
                    // end.
                    Some(total) => next < total,
                    None => !is_short(self.fields.number(limit)),
                }
            }
            Some(Paging::Cursor { cursor, size, item_id, .. }) => {
                let last = list
                    .entries
                    .last()
                    .and_then(|entry| serde_json::from_slice::<Fields<'_>>(&entry.json).ok());
                let Some(id) = last
                    .as_ref()
                    .and_then(|fields| fields.get(item_id))
                    .filter(|id| !matches!(id.get(), "null" | "\"\""))
                else {
                    return false;
                };
                let again = self.fields.get(cursor).is_some_and(|held| held.get() == id.get());
                let id = id.get().to_owned();
                self.fields.set(cursor, id);
                !again && !is_short(self.fields.number(size))
            }
        }
    }

    /// Whether the vendor says that there is no such page.
    fn is_past_the_end(&self, error: &Error) -> bool {
        let moving = match self.endpoint.paging {
            Some(Paging::Number { page, .. }) => page,
            Some(Paging::Offset { offset, .. }) => offset,
            Some(Paging::Cursor { cursor, .. }) => cursor,
            _ => return false,
        };
        let codes = self
            .endpoint
            .request
            .iter()
            .find(|field| field.wire == moving)
            .map_or(&[][..], |field| field.codes);
        matches!(error, Error::Api(_))
            && error.vendor_code().is_some_and(|code| codes.iter().any(|(_, known)| *known == code))
    }

    /// The entries of the page that was read last.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.page.as_ref().map(|page| page.entries.clone()).unwrap_or_default()
    }

    pub(super) fn bytes_of(&self, entry: &Entry) -> Bytes {
        entry.json.clone()
    }

    /// The error of an entry that is not what its type says.
    pub(super) fn decode_error(&self, entry: &Entry, error: wire::DecodeError) -> Error {
        match &self.page {
            Some(page) => {
                let place = format!("{}[{}]", page.key, entry.index);
                let path = match error.path.as_str() {
                    "" => place,
                    path if path.starts_with('[') => format!("{place}{path}"),
                    path => format!("{place}.{path}"),
                };
                page.answer.decode_error(&page.context, wire::DecodeError { path, ..error })
            }
            None => Error::config(error.to_string()),
        }
    }
}

/// The list in a payload.
#[derive(Debug, Default)]
struct List {
    key: String,
    entries: Vec<Entry>,
    total: Option<i64>,
}

impl List {
    fn of(answer: &Answer, paging: Option<Paging>) -> Self {
        let (items, total) = match paging {
            Some(Paging::Number { items, .. } | Paging::Cursor { items, .. }) => (items, None),
            Some(Paging::Offset { items, total, .. }) => (items, total),
            None => (None, None),
        };
        if let Some(entries) = entries(&answer.payload, &answer.payload) {
            return Self { entries, ..Self::default() };
        }
        let Ok(fields) = serde_json::from_slice::<Fields<'_>>(&answer.payload) else {
            return Self::default();
        };
        let found = match items {
            Some(key) => fields.entry(key),
            None => fields.0.iter().find(|(_, value)| value.get().starts_with('[')),
        };
        let list = found
            .and_then(|(key, value)| Some((key.clone(), entries(value.get().as_bytes(), &answer.payload)?)));
        let (key, entries) = list.unwrap_or_default();
        Self { key, entries, total: total.and_then(|key| fields.number(key)) }
    }
}

/// The entries of a JSON list, as parts of `whole`; `None` if it is no list.
fn entries(json: &[u8], whole: &Bytes) -> Option<Vec<Entry>> {
    let values: Vec<&RawValue> = serde_json::from_slice(json).ok()?;
    let entry =
        |(index, value): (usize, &RawValue)| Entry { index, json: whole.slice_ref(value.get().as_bytes()) };
    Some(values.into_iter().enumerate().map(entry).collect())
}

#[cfg(test)]
mod tests;
