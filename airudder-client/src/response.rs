//! Answers, and how they become their types.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::HeaderMap;

use crate::call::{Core, Done, Reply};
use crate::error::{Error, decode_error};
use crate::wire::{self, Codec, PayloadReader, PayloadSlot};

/// An answer with what came around it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response<T> {
    /// The typed payload.
    pub data: T,
    /// The HTTP status.
    pub status: u16,
    /// The HTTP headers.
    pub headers: HeaderMap,
    /// The whole body, with its envelope (decrypted, if it came encrypted); empty for a file.
    pub raw: Bytes,
}

impl<T> Response<T> {
    /// The same answer with another payload.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { data: change(self.data), status: self.status, headers: self.headers, raw: self.raw }
    }

    /// The text of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Shows the length of the raw body only: it holds personal data.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("data", &self.data)
            .field("status", &self.status)
            .field("raw_len", &self.raw.len())
            .finish_non_exhaustive()
    }
}

/// How an answer becomes its type. There are two: [`Payload`] and [`File`].
pub trait Reader: sealed::Sealed + Send + Sync + 'static {
    /// The type.
    type Answer;

    /// Whether it is what was asked for, and not word that there is nothing yet.
    #[doc(hidden)]
    fn is_there(_answer: &Self::Answer) -> bool {
        true
    }

    /// What reads the answer while its envelope is read.
    #[doc(hidden)]
    type PayloadSlot: PayloadReader + Default;

    #[doc(hidden)]
    fn read(
        received: Received,
        slot: Self::PayloadSlot,
    ) -> impl Future<Output = Result<Response<Self::Answer>, Error>> + Send;
}

/// Something received and not yet read.
#[doc(hidden)]
pub struct Received {
    pub(crate) core: Arc<Core>,
    pub(crate) reply: Reply,
}

/// Reads the payload of an envelope, with this codec.
pub struct Payload<C>(PhantomData<C>);

/// Reads a file, or JSON with a link to one.
pub struct File;

mod sealed {
    pub trait Sealed {}
    impl<C> Sealed for super::Payload<C> {}
    impl Sealed for super::File {}
}

impl<C: Codec + Send + Sync + 'static> Reader for Payload<C>
where
    C::Value: Send + 'static,
{
    type Answer = C::Value;
    type PayloadSlot = PayloadSlot<C>;

    async fn read(received: Received, mut slot: PayloadSlot<C>) -> Result<Response<C::Value>, Error> {
        let Reply { context, done, running, .. } = received.reply;
        let answer = match done {
            Done::Answer(answer) => answer,
            Done::File(file) => {
                let problem = "it is a file".to_owned();
                let error = decode_error(&context, Some(file.status), String::new(), problem, Bytes::new());
                return Err(running.failed(error));
            }
        };
        let read = slot.take().filter(|_| answer.is_read);
        match read.map_or_else(|| wire::decode::<C>(&answer.payload), Ok) {
            Ok(data) => {
                running.succeeded();
                Ok(Response { data, status: answer.status, headers: answer.headers, raw: answer.raw })
            }
            Err(error) => Err(running.failed(answer.decode_error(&context, error))),
        }
    }
}
