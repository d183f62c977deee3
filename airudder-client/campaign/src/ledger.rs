//! The ledger: what is known of campaigns, on disk.

mod batches;
mod campaigns;
mod contacts;
mod messages;
mod open;
mod outcomes;
mod recordings;
mod schema;

use std::fmt;
use std::sync::Arc;

use airudder_client::jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, Row as _, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::error::{Error, LedgerError};

pub(crate) use self::batches::{Batch, BatchState};
pub(crate) use self::campaigns::CampaignState;
pub(crate) use self::contacts::Stored;
pub(crate) use self::messages::{MessageState, StoredMessage};
pub use self::outcomes::Counts;
pub(crate) use self::outcomes::{Change, Rank, Row};
pub(crate) use self::recordings::{RecordingState, StoredRecording, Wanted};

/// Where everything about campaigns is kept: people, batches, outcomes, messages. What it says is done is on
/// disk.
///
/// On SQLite ([`open`](Self::open)) it is a file that several processes of one machine can share; on
/// PostgreSQL (feature `postgres`, [`connect`](Self::connect)) several machines can. It is full of personal
/// data: the file is made for its owner alone. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    pool: AnyPool,
    engine: Engine,
    /// SQLite takes one writer at a time. In one process they queue here, where they are woken in order, and
    /// not at the file, where they would ask again and again.
    writers: Arc<Mutex<()>>,
    /// Mixed into digests of numbers.
    key: Arc<str>,
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    Sqlite,
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "made by `connect`"))]
    Postgres,
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// A transaction that may write.
pub(crate) struct Writer {
    transaction: Transaction<'static, Any>,
    engine: Engine,
    _queue: Option<OwnedMutexGuard<()>>,
}

impl Ledger {
    pub(crate) async fn write(&self) -> Result<Writer, Error> {
        let queue = match self.engine {
            Engine::Sqlite => Some(Arc::clone(&self.writers).lock_owned().await),
            Engine::Postgres => None,
        };
        let transaction = match self.engine {
            // A transaction that reads first and then wants to write fails if another has written meanwhile.
            Engine::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?,
            Engine::Postgres => self.pool.begin().await.map_err(failed)?,
        };
        Ok(Writer { transaction, engine: self.engine, _queue: queue })
    }
}

impl Writer {
    pub(crate) async fn commit(self) -> Result<(), Error> {
        self.transaction.commit().await.map_err(failed)
    }

    fn on(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

/// A failure of the database.
fn failed(error: sqlx::Error) -> Error {
    LedgerError::of(error).into()
}

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Columns of a row by their position, with the type that is asked for.
fn column<'r, T>(row: &'r AnyRow, index: usize) -> Result<T, Error>
where
    T: sqlx::Decode<'r, Any> + sqlx::Type<Any>,
{
    row.try_get(index).map_err(failed)
}

/// `($1, $2), ($3, $4)`: that many rows of that many columns, from the parameter `first`.
fn places(first: usize, rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places = (0..columns).map(|column| format!("${}", first + row * columns + column));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
