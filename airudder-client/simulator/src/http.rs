//! The HTTP side: from a request to the part that answers it, and back.

mod audio;
mod authorization;
mod canned;
mod decode;
mod delivery;
mod faults;
mod pipeline;
mod reply;
mod request_log;
mod router;
pub(crate) mod server;
pub(crate) mod shared;

pub use self::faults::{Fault, InvalidFault};
pub use self::request_log::{Delivery, Keyed, Logged};

pub(crate) use self::canned::Canned;
pub(crate) use self::delivery::deliver_all;
pub(crate) use self::faults::Faults;
pub(crate) use self::request_log::RequestLog;
pub(crate) use self::router::Routes;
