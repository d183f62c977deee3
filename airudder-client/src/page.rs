//! Lists that come in pages, as one stream.
//!
//! ```
//! use airudder_client::Client;
//! # use airudder_client::{collection::CollectionContact, jiff::civil::date};
//! # use airudder_simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let client = Client::builder()
//! #     .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
//! #     .base_url(simulator.base_url())
//! #     .build()?;
//! # let contact = CollectionContact::builder()
//! #     .debtor("Jane Doe").mobile("+6281200000000").loan_date(date(2026, 2, 1))
//! #     .due_date(date(2026, 3, 3)).loan_amount(300_000).arrears(321_000).build();
//! # for number in 0..5 {
//! #     client.collection().create_task()
//! #         .task_name(format!("task-{number}")).robot_id("robot").sip_line("LINE")
//! #         .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
//! #         .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
//! #         .details([contact.clone()]).send().await?;
//! # }
//! # let mut count = 0;
//!
//! // let client = Client::from_env()?;
//! let mut tasks = client.collection().list_tasks().number(2).page(1).stream().items();
//! while let Some(task) = tasks.next().await {
//!     println!("{}", task?);
//!     # count += 1;
//! }
//! # assert_eq!((count, simulator.requests("collection.list_tasks")), (5, 4));
//!
//! // Page by page, each as the answer that `send` gives:
//! let mut pages = client.collection().list_tasks().number(2).page(1).stream();
//! while let Some(page) = pages.next().await {
//!     println!("{}", page?);
//!     # count += 1;
//! }
//! # assert_eq!(count, 8);
//! # Ok(()) }
//! ```
//!
//! Pages are asked for one after the other, as they are read, and each with the retries of any other call. A
//! stream ends after an empty page, after one whose entries have all come before (a vendor that does not know
//! the page gives the last one again), and where the vendor says that there is no such page. What the vendor
//! says of the number of entries, and how many are on a page, ends nothing: both have been seen to be wrong.
//! A list that has not ended after 10,000 pages ([`Pages::max_pages`]) is an error.
//!
//! An error ends a stream, but for an entry that cannot be read: it costs that entry, and the stream of
//! entries goes on.

mod walk;
mod windows;

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task;

use futures_core::Stream;
use futures_util::StreamExt as _;
use futures_util::stream;

pub(crate) use self::walk::Walk;
pub use self::windows::{Point, Windows};
use crate::call::{self, Core};
use crate::error::Error;
pub use crate::request::Paged;
use crate::response::{Reader, Received};
use crate::wire;

type BoxedStream<T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send>>;

/// The pages of a list, as a stream of answers. Made by [`Client::stream`](crate::Client::stream).
///
/// The first page is always given, even if it is empty; later ones only with entries in them.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<R: Paged> {
    /// Where the stream stands before its first page is asked for.
    walk: Option<Result<Box<Walk>, Error>>,
    pages: Option<BoxedStream<R::Answer>>,
}

impl<R: Paged> Pages<R> {
    pub(crate) fn new(core: Arc<Core>, request: &R) -> Self {
        let meta = request.meta();
        let settings = Arc::clone(&core.settings);
        let walk = match core.settings.encode(meta.endpoint(), request) {
            Ok(json) => Walk::new(core, meta.endpoint(), &json, meta.timeout()).map(Box::new),
            Err(error) => Err(call::serialize_error(meta.endpoint(), &error)),
        };
        let walk = walk.map_err(|error| call::refused(&settings, meta.endpoint(), error));
        Self { walk: Some(walk), pages: None }
    }

    /// Reads at most so many pages. If the list has not ended then, the stream ends with [`Error::Decode`]
    /// and never silently. Default: 10,000.
    pub fn max_pages(mut self, pages: u64) -> Self {
        if let Some(Ok(walk)) = &mut self.walk {
            walk.set_max_pages(pages);
        }
        self
    }

    /// The entries of all pages, one by one. To be called before the first page is read: a stream whose pages
    /// have been read already has no entries left to give and ends at once.
    pub fn items(mut self) -> Items<R> {
        let items = stream::unfold(
            (self.walk.take(), Vec::new().into_iter()),
            |(mut walk, mut entries)| async move {
                loop {
                    if let Some(entry) = entries.next() {
                        let page: &Walk = match &walk {
                            Some(Ok(walk)) => walk,
                            _ => return None,
                        };
                        return match wire::decode::<R::ItemCodec>(&page.bytes_of(&entry)) {
                            Ok(item) => Some((Ok(item), (walk, entries))),
                            Err(error) => Some((Err(page.decode_error(&entry, error)), (walk, entries))),
                        };
                    }
                    match walk.as_mut()? {
                        Ok(page) => match page.next().await {
                            Ok(Some(reply)) => {
                                reply.running.succeeded();
                                entries = page.entries().into_iter();
                            }
                            Ok(None) => return None,
                            Err(error) => return Some((Err(error), (None, entries))),
                        },
                        Err(_) => return Some((Err(walk.take()?.err()?), (None, entries))),
                    }
                }
            },
        );
        Items { items: Box::pin(items.fuse()), request: PhantomData }
    }

    /// The next page.
    pub async fn next(&mut self) -> Option<Result<R::Answer, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

fn pages<R: Paged>(walk: Result<Box<Walk>, Error>) -> BoxedStream<R::Answer> {
    Box::pin(stream::unfold(Some(walk), |walk| async move {
        let mut walk = match walk? {
            Ok(walk) => walk,
            Err(error) => return Some((Err(error), None)),
        };
        match walk.next().await {
            Ok(Some(reply)) => {
                match R::Reader::read(Received { core: walk.core(), reply }, Default::default()).await {
                    Ok(response) => Some((Ok(response.data), Some(Ok(walk)))),
                    Err(error) => Some((Err(error), None)),
                }
            }
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    }))
}

impl<R: Paged> Stream for Pages<R> {
    type Item = Result<R::Answer, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<Option<Self::Item>> {
        if let Some(walk) = self.walk.take() {
            self.pages = Some(pages::<R>(walk));
        }
        match &mut self.pages {
            Some(pages) => {
                let polled = pages.as_mut().poll_next(cx);
                if let task::Poll::Ready(None) = polled {
                    self.pages = None;
                }
                polled
            }
            None => task::Poll::Ready(None),
        }
    }
}

impl<R: Paged> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages")
    }
}

/// The entries of a list that comes in pages, as a stream. Made by [`Pages::items`].
#[must_use = "streams do nothing unless polled"]
pub struct Items<R: Paged> {
    items: BoxedStream<R::Item>,
    request: PhantomData<fn() -> R>,
}

impl<R: Paged> Items<R> {
    /// The next entry.
    pub async fn next(&mut self) -> Option<Result<R::Item, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<R: Paged> Stream for Items<R> {
    type Item = Result<R::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<Option<Self::Item>> {
        self.items.as_mut().poll_next(cx)
    }
}

impl<R: Paged> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Items")
    }
}

#[cfg(test)]
mod tests;
