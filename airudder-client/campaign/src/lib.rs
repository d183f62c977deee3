//! From a list of people to the outcome of each call: nobody is called twice, and no result is lost,
//! whatever dies when.

#![forbid(unsafe_code)]
// A new word of the client must not pass unseen.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]
#![warn(missing_docs)]

pub mod backend;
mod campaign;
mod error;
mod inbox;
mod ledger;
mod life;
mod list;
pub mod load;
mod outcome;
mod person;
mod plan;
mod preview;
mod progress;
mod recordings;
mod results;
mod run;
mod settings;
mod submit;
mod track;

pub use backend::{Backend, Collection, InfoCheck, Telemarketing};
pub use campaign::{Campaign, Intake, Loaded};
pub use error::{Error, LedgerError, LedgerProblem};
pub use inbox::Inbox;
pub use ledger::{Counts, Ledger};
pub use life::{InDoubt, Settlement, TakenOut};
pub use list::NotLoaded;
pub use outcome::{Outcome, Status, WithoutOutcome};
pub use person::{Person, RefusedRow};
pub use plan::Plan;
pub use preview::Preview;
pub use progress::{Progress, Report};
pub use recordings::{Recordings, RecordingsReport};
pub use run::{Run, Running};
