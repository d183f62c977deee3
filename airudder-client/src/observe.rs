//! What the client tells of its calls, and a say in them before they are sent.
//!
//! Three ways, for three purposes; the guide [`observability`](crate::guides::observability) has all names
//! and examples of each:
//!
//! - **Traces and logs**: the crate [`tracing`](https://docs.rs/tracing) gets one span per call and one
//!   record of how it ended, a warning for each repeat and each failure. There is nothing to switch on.
//! - **Metrics**: an [`Observer`] is told of each call, attempt and wait.
//! - **A say**: an [`Interceptor`] is asked before each attempt. It may hold the call back, refuse it, or add
//!   headers. The cargo feature `rate-limit` has one that keeps to a rate, `RateLimit`.
//!
//! None of them sees a credential, a token, a body or anybody's data.

mod call;
mod events;
mod gate;
mod interceptor;
mod observer;
#[cfg(feature = "rate-limit")]
mod rate_limit;
mod running;

pub(crate) use self::call::Details;
pub use self::call::{Call, CallKind, Outcome};
pub(crate) use self::gate::Gate;
pub use self::interceptor::{InterceptFuture, Interceptor, PendingCall, Refusal};
pub(crate) use self::interceptor::{Interceptors, add_headers, ask};
pub use self::observer::{AttemptEnd, CallEnd, Observer, Wait};
#[cfg(feature = "rate-limit")]
pub use self::rate_limit::RateLimit;
pub(crate) use self::running::{Observers, Running, Subject};
