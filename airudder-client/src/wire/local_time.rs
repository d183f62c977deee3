//! Local times of requests, written in the zone of the account.

use std::cell::RefCell;
use std::marker::PhantomData;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serializer;

use super::scalar::{Scalar, ScalarCodec};
use super::time::{Instant, LocalDateTime, instant_text, local_text};

thread_local! {
    /// The zone of the account whose request is being written. A parameter would have to go through every
    /// codec, for this one.
    static ZONE: RefCell<Option<TimeZone>> = const { RefCell::new(None) };
}

/// Does what writes a request, for an account in this zone.
pub(crate) fn in_zone<T>(zone: Option<&TimeZone>, write: impl FnOnce() -> T) -> T {
    struct Restore(Option<TimeZone>);
    impl Drop for Restore {
        fn drop(&mut self) {
            ZONE.set(self.0.take());
        }
    }
    let _restore = Restore(ZONE.replace(zone.cloned()));
    write()
}

/// A local time of a request. A moment is written in the zone of the account; where that is not known, as the
/// moment that it is, which the check refuses.
pub struct LocalTime<T>(PhantomData<T>);

/// A value that is a local time or a moment.
pub trait LocalValue: From<DateTime> + From<Timestamp> + Copy {
    /// The local time of an account in this zone; without a zone, the local time that it was given as, or
    /// else the moment.
    fn resolve(self, zone: Option<&TimeZone>) -> Result<DateTime, Timestamp>;
}

impl<T: LocalValue> ScalarCodec for LocalTime<T> {
    type Value = T;
    const WHAT: &'static str = LocalDateTime::WHAT;

    fn from_scalar(scalar: Scalar<'_>) -> Option<T> {
        match LocalDateTime::from_scalar(scalar) {
            Some(local) => Some(local.into()),
            None => Instant::from_scalar(scalar).map(Into::into),
        }
    }

    fn is_unset(scalar: Scalar<'_>) -> bool {
        LocalDateTime::is_unset(scalar)
    }

    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        let text = match ZONE.with_borrow(|zone| value.resolve(zone.as_ref())) {
            Ok(local) => local_text(local, ' '),
            Err(moment) => instant_text(moment),
        };
        serializer.serialize_str(&text)
    }
}
