//! Long spans of time in windows, where one query gives only so many rows.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::{SignedDuration, Timestamp, civil};

use super::walk::{Entry, Walk, fingerprint};
use super::{Items, Paged};
use crate::call::{self, Core};
use crate::catalogue::{Endpoint, Paging};
use crate::error::{Context, Error};
use crate::wire;

/// A point in time between windows: a local time, or a moment.
pub trait Point: sealed::Point {}

impl Point for civil::DateTime {}
impl Point for Timestamp {}

mod sealed {
    use jiff::{SignedDuration, Timestamp, civil};

    pub trait Point: Copy + PartialOrd + Send + 'static {
        fn until(self, other: Self) -> SignedDuration;
        fn after(self, duration: SignedDuration) -> Self;
    }

    impl Point for civil::DateTime {
        fn until(self, other: Self) -> SignedDuration {
            self.duration_until(other)
        }

        fn after(self, duration: SignedDuration) -> Self {
            self.saturating_add(duration)
        }
    }

    impl Point for Timestamp {
        fn until(self, other: Self) -> SignedDuration {
            self.duration_until(other)
        }

        fn after(self, duration: SignedDuration) -> Self {
            self.checked_add(duration).unwrap_or(Self::MAX)
        }
    }
}

type Made<R, T> = Box<dyn FnMut(T, T) -> R + Send>;

/// All entries of a span of time, of which one query does not give all. Made by
/// [`Client::stream_windows`](crate::Client::stream_windows).
#[must_use = "streams do nothing unless polled"]
pub struct Windows<R: Paged, T: Point> {
    core: Arc<Core>,
    request: Made<R, T>,
    span: Range<T>,
    max_rows: Option<u64>,
    shortest: SignedDuration,
}

impl<R: Paged, T: Point> Windows<R, T> {
    pub(crate) fn new(core: Arc<Core>, span: Range<T>, request: Made<R, T>) -> Self {
        Self { core, request, span, max_rows: None, shortest: SignedDuration::from_mins(1) }
    }

    /// How many rows one query gives at most: a window with so many is cut in two. Default: what the spec
    /// says of the endpoint.
    pub fn max_rows(mut self, rows: u64) -> Self {
        self.max_rows = Some(rows);
        self
    }

    /// A window that is no longer than this is not cut any more. Default: one minute.
    pub fn shortest(mut self, length: Duration) -> Self {
        self.shortest = SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
        self
    }

    /// The entries, window by window from the earliest on, in each as the vendor has them.
    pub fn items(self) -> Items<R> {
        let Self { core, request, span, max_rows, shortest } = self;
        let reading = Reading {
            core,
            request,
            max_rows,
            shortest,
            ahead: vec![(span.start, span.end)],
            window: None,
            entries: Vec::new().into_iter(),
            before: HashSet::new(),
            here: HashSet::new(),
        };
        let items = stream::unfold(Some(reading), |reading| async move {
            let mut reading = reading?;
            match reading.next().await {
                Ok(Some(item)) => Some((item, Some(reading))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        });
        Items { items: Box::pin(items.fuse()), request: PhantomData }
    }
}

impl<R: Paged, T: Point> fmt::Debug for Windows<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Windows")
            .field("max_rows", &self.max_rows)
            .field("shortest", &self.shortest)
            .finish_non_exhaustive()
    }
}

/// Where the reading stands.
struct Reading<R: Paged, T: Point> {
    core: Arc<Core>,
    request: Made<R, T>,
    max_rows: Option<u64>,
    shortest: SignedDuration,
    /// The windows that have not been read, the next one last.
    ahead: Vec<(T, T)>,
    /// The window that is being read.
    window: Option<Walk>,
    entries: std::vec::IntoIter<Entry>,
    /// What came in the window before, and in this one: whether the ends of a window belong to it is not
    /// known, and what lies on the cut comes in both.
    before: HashSet<u64>,
    here: HashSet<u64>,
}

impl<R: Paged, T: Point> Reading<R, T> {
    /// The next entry; an inner error costs that entry, an outer one ends the reading.
    async fn next(&mut self) -> Result<Option<Result<R::Item, Error>>, Error> {
        loop {
            let Some(window) = &mut self.window else {
                match self.ahead.pop() {
                    Some((from, to)) => self.open(from, to).await?,
                    None => return Ok(None),
                }
                continue;
            };
            if let Some(entry) = self.entries.next() {
                let mark = fingerprint(&entry);
                self.here.insert(mark);
                if self.before.contains(&mark) {
                    continue;
                }
                let item = wire::decode::<R::ItemCodec>(&window.bytes_of(&entry));
                return Ok(Some(item.map_err(|error| window.decode_error(&entry, error))));
            }
            match window.next().await? {
                Some(reply) => {
                    reply.running.succeeded();
                    self.entries = window.entries().into_iter();
                }
                None => {
                    self.window = None;
                    self.before = std::mem::take(&mut self.here);
                }
            }
        }
    }

    /// Begins to read a window, or cuts it in two.
    async fn open(&mut self, from: T, to: T) -> Result<(), Error> {
        let request = (self.request)(from, to);
        let (endpoint, timeout) = (request.meta().endpoint(), request.meta().timeout());
        let settings = &self.core.settings;
        let refused = |error| call::refused(settings, endpoint, error);
        let limit = self.limit(endpoint, from <= to).map_err(refused)?;
        let json = settings.encode(endpoint, &request);
        let json = json.map_err(|error| refused(call::serialize_error(endpoint, &error)))?;
        let walk = Walk::new(Arc::clone(&self.core), endpoint, &json, timeout).map_err(refused)?;
        let total = walk.count().await?;
        if total < limit {
            self.window = Some(walk);
            return Ok(());
        }
        let length = from.until(to);
        // Times on the wire have whole seconds.
        let half = SignedDuration::from_secs(length.as_secs() / 2);
        if length <= self.shortest || half.is_zero() {
            return Err(walk.error(format!(
                "{total} rows in a window of {} seconds, and one query gives {limit} at most: some would be \
                 missing",
                length.as_secs()
            )));
        }
        let middle = from.after(half);
        self.ahead.extend([(middle, to), (from, middle)]);
        Ok(())
    }

    /// How many rows one query gives.
    fn limit(&self, endpoint: &'static Endpoint, in_order: bool) -> Result<u64, Error> {
        let problem = match endpoint.paging {
            _ if !in_order => "the span of time ends before it begins",
            Some(Paging::Offset { total: Some(_), max_rows, .. }) => {
                let known = max_rows.map(i64::unsigned_abs);
                match self.max_rows.or(known) {
                    Some(0) => "`max_rows(0)` leaves nothing to read",
                    Some(limit) => return Ok(limit),
                    None => "the spec does not say how many rows one query gives: say it with `max_rows`",
                }
            }
            Some(Paging::Offset { .. } | Paging::Number { .. } | Paging::Cursor { .. }) | None => {
                "its answer does not say how many rows there are in all"
            }
        };
        Err(Context::of(endpoint).config(problem))
    }
}
