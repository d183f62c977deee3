//! From page to page. Not generic: works on the request's JSON.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::call::{self, Core, Done, Reply};
use crate::catalogue::{Endpoint, NextCursor, Paging};
use crate::envelope::Answer;
use crate::error::{Context, Error, decode_error};
use crate::json::{Fields, Object};
use crate::wire;

/// How many pages are read at most, unless somebody says otherwise: a server that never ends a list, and
/// gives no two entries alike, would be asked for ever.
const MAX_PAGES: u64 = 10_000;

/// A list on the way through its pages.
pub(crate) struct Walk {
    core: Arc<Core>,
    endpoint: &'static Endpoint,
    timeout: Option<Duration>,
    /// The fields of the next request.
    fields: Fields<'static>,
    /// Every entry that has come, to tell when only known ones come again.
    seen: HashSet<u64>,
    /// How many pages have come.
    pages: u64,
    max_pages: u64,
    done: bool,
    /// Why there is no way on from the last page.
    failure: Option<Error>,
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
    pub(crate) fn new(
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
            seen: HashSet::new(),
            pages: 0,
            max_pages: MAX_PAGES,
            done: false,
            failure: None,
            page: None,
        })
    }

    pub(super) fn core(&self) -> Arc<Core> {
        Arc::clone(&self.core)
    }

    /// The next page; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Reply>, Error> {
        loop {
            let page = self.step().await?;
            if page.is_some() || self.done {
                return Ok(page);
            }
        }
    }

    /// The next page, or `None` at one without anything new; it was the last one if the walk is done then.
    async fn step(&mut self) -> Result<Option<Reply>, Error> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.done {
            return Ok(None);
        }
        if self.pages >= self.max_pages {
            self.done = true;
            return Err(self.error(format!(
                "the list has not ended after {} pages: allow more with `max_pages` if it is that long",
                self.max_pages
            )));
        }
        // Until it is certain that there is more: an error ends the walk too.
        self.done = true;
        let reply =
            match call::run(&self.core, self.endpoint, Object::from(&self.fields), self.timeout.into()).await
            {
                Err(error) if self.pages > 0 && self.is_past_the_end(&error) => return Ok(None),
                outcome => outcome?,
            };
        let Done::Answer(answer) = &reply.done else {
            return Ok(Some(reply));
        };
        let list = match List::of(answer, self.endpoint.paging) {
            Ok(list) => list,
            Err(problem) => {
                let error = answer.decode_error(&reply.context, problem);
                return Err(reply.running.failed(error));
            }
        };
        let is_first = self.pages == 0;
        self.pages += 1;
        // All of them, so no shortcut at the first.
        let new = list.entries.iter().filter(|entry| self.seen.insert(fingerprint(entry))).count();
        let is_old = !is_first && new == 0;
        if is_old && !self.answer_says_how_to_go_on() {
            reply.running.succeeded();
            return Ok(None);
        }
        match self.advance(&list, answer) {
            // A page may be empty, and others follow.
            Ok(more) if is_old => {
                self.done = !more;
                reply.running.succeeded();
                return Ok(None);
            }
            Ok(more) => self.done = !more,
            // The page itself is fine.
            Err(problem) => self.failure = Some(answer.decode_error(&reply.context, problem)),
        }
        self.page = Some(Page {
            answer: answer.clone(),
            context: reply.context.clone(),
            entries: list.entries,
            key: list.key,
        });
        Ok(Some(reply))
    }

    /// Whether the answer itself says where the next page begins.
    fn answer_says_how_to_go_on(&self) -> bool {
        matches!(self.endpoint.paging, Some(Paging::Cursor { next: NextCursor::Key(_), .. }))
    }

    /// How many rows there are in all, by the answer to a query for one of them.
    pub(super) async fn count(&self) -> Result<u64, Error> {
        let Some(Paging::Offset { limit, total: Some(total), .. }) = self.endpoint.paging else {
            return Ok(0);
        };
        let mut fields = Fields(self.fields.0.clone());
        fields.set(limit, "1".to_owned());
        let reply = call::run(&self.core, self.endpoint, Object::from(&fields), self.timeout.into()).await?;
        let Done::Answer(answer) = &reply.done else { return Ok(0) };
        let payload: Fields<'_> = serde_json::from_slice(&answer.payload).unwrap_or_default();
        let known = payload.number(total).and_then(|total| u64::try_from(total).ok());
        let is_empty = || List::of(answer, self.endpoint.paging).is_ok_and(|list| list.entries.is_empty());
        if let Some(rows) = known.or_else(|| is_empty().then_some(0)) {
            reply.running.succeeded();
            return Ok(rows);
        }
        let problem = "missing: nothing says how many rows there are".to_owned();
        let error = wire::DecodeError { path: total.to_owned(), problem };
        let error = answer.decode_error(&reply.context, error);
        Err(reply.running.failed(error))
    }

    pub(super) fn set_max_pages(&mut self, pages: u64) {
        self.max_pages = pages;
    }

    pub(super) fn error(&self, problem: String) -> Error {
        let context = Context::new(self.endpoint.key, self.endpoint.family, self.endpoint.effect).sent(true);
        decode_error(&context, None, String::new(), problem, Bytes::new())
    }

    /// Sets the fields of the next page. False if there is none.
    ///
    /// How long a page is and what the answer says of the number of entries prove nothing: vendors filter
    /// pages after they have cut them, and count or do not count.
    fn advance(&mut self, list: &List, answer: &Answer) -> Result<bool, wire::DecodeError> {
        let count = list.entries.len() as u64;
        if count == 0 && !self.answer_says_how_to_go_on() {
            return Ok(false);
        }
        match self.endpoint.paging {
            None => return Ok(false),
            Some(Paging::Number { page, first, .. }) => {
                let here = self.fields.number(page).unwrap_or(first);
                self.fields.set(page, here.saturating_add(1).to_string());
            }
            Some(Paging::Offset { offset, .. }) => {
                let here = self.fields.number(offset).unwrap_or(0);
                self.fields.set(offset, here.saturating_add_unsigned(list.length as u64).to_string());
            }
            Some(Paging::Cursor { cursor, next: NextCursor::Key(key), .. }) => {
                let fields: Fields<'_> = serde_json::from_slice(&answer.payload).unwrap_or_default();
                let next = fields.entry(key).map(|(_, value)| value.get());
                let Some(next) = next.filter(|next| !matches!(*next, "null" | "\"\"" | "false")) else {
                    return Ok(false);
                };
                // It would be this very page again.
                if self.fields.get(cursor).is_some_and(|held| held.get() == next) {
                    return Ok(false);
                }
                let next = next.to_owned();
                self.fields.set(cursor, next);
            }
            Some(Paging::Cursor { cursor, size, next: NextCursor::ItemId(item_id), .. }) => {
                let last = list.entries.last();
                let fields = last.and_then(|entry| serde_json::from_slice::<Fields<'_>>(&entry.json).ok());
                let id = fields.as_ref().and_then(|fields| fields.get(item_id));
                let Some(id) = id.map(RawValue::get).filter(|id| !matches!(*id, "null" | "\"\"")) else {
                    // There may be more behind a full page, and nothing says where.
                    let size = size.and_then(|size| self.fields.number(size));
                    let is_short = size.is_some_and(|size| count < size.unsigned_abs());
                    let path = format!("{}[{}].{item_id}", list.key, count - 1);
                    let problem = "missing: nothing says where the next page begins".to_owned();
                    return if is_short { Ok(false) } else { Err(wire::DecodeError { path, problem }) };
                };
                if self.fields.get(cursor).is_some_and(|held| held.get() == id) {
                    return Ok(false);
                }
                let id = id.to_owned();
                self.fields.set(cursor, id);
            }
        }
        Ok(true)
    }

    /// Whether the vendor says that there is no such page.
    fn is_past_the_end(&self, error: &Error) -> bool {
        let moving = match self.endpoint.paging {
            Some(Paging::Number { page, .. }) => page,
            Some(Paging::Offset { offset, .. }) => offset,
            Some(Paging::Cursor { cursor, .. }) => cursor,
            _ => return false,
        };
        let field = self.endpoint.request.iter().find(|field| field.wire == moving);
        let known = field.map_or(&[][..], |field| field.codes);
        // Nothing else has changed since the page before: what is wrong is where the page begins.
        let invalid = self.endpoint.family.info().invalid_code;
        let is_known = |code| known.iter().any(|(_, known)| *known == code) || invalid == Some(code);
        matches!(error, Error::Api(_)) && error.code().is_some_and(|code| is_known(code.value()))
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
    /// How many places the page has: those of the entries, and those of null.
    length: usize,
}

impl List {
    /// An error if something else stands where the list belongs: taking that for the end would lose what
    /// follows.
    fn of(answer: &Answer, paging: Option<Paging>) -> Result<Self, wire::DecodeError> {
        if let Some((entries, length)) = list_of(&answer.payload, &answer.payload) {
            return Ok(Self { entries, length, ..Self::default() });
        }
        let Ok(fields) = serde_json::from_slice::<Fields<'_>>(&answer.payload) else {
            return Ok(Self::default());
        };
        let found = match paging.and_then(|paging| paging.items()) {
            Some(key) => fields.entry(key),
            None => fields.0.iter().find(|(_, value)| value.get().starts_with('[')),
        };
        let Some((key, value)) = found else { return Ok(Self::default()) };
        let json = value.get().as_bytes();
        // Loosely written: nothing at all, or one entry without its list.
        let entries = match value.get() {
            "null" | "\"\"" | "false" => Some((Vec::new(), 0)),
            _ => list_of(json, &answer.payload).or_else(|| lone(json, &answer.payload)),
        };
        match entries {
            Some((entries, length)) => Ok(Self { key: key.clone().into_owned(), entries, length }),
            None => {
                let problem = "expected a list, found something else".to_owned();
                Err(wire::DecodeError { path: key.clone().into_owned(), problem })
            }
        }
    }
}

/// The entries of a JSON list, as parts of `whole`, and how many places it has; `None` if it is no list.
fn list_of(json: &[u8], whole: &Bytes) -> Option<(Vec<Entry>, usize)> {
    let values: Vec<&RawValue> = serde_json::from_slice(json).ok()?;
    let entry =
        |(index, value): (usize, &RawValue)| Entry { index, json: whole.slice_ref(value.get().as_bytes()) };
    // As in lists that are read as a whole, null is none.
    let is_there = |(_, value): &(usize, &RawValue)| value.get() != "null";
    let length = values.len();
    Some((values.into_iter().enumerate().filter(is_there).map(entry).collect(), length))
}

/// The one entry of a list that came as an object; none if that is empty.
fn lone(json: &[u8], whole: &Bytes) -> Option<(Vec<Entry>, usize)> {
    let fields: Fields<'_> = serde_json::from_slice(json).ok()?;
    match fields.0.is_empty() {
        true => Some((Vec::new(), 0)),
        false => Some((vec![Entry { index: 0, json: whole.slice_ref(json) }], 1)),
    }
}

pub(super) fn fingerprint(entry: &Entry) -> u64 {
    let mut hasher = DefaultHasher::new();
    entry.json.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
