//! The ledger: what is known of campaigns, on disk.

mod batches;
mod campaigns;
mod contacts;
mod keys;
mod messages;
mod open;
mod outcomes;
mod recordings;
mod schema;

use std::fmt;
use std::sync::Arc;

use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AnyPool, Row as _, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::clock::{Clock, Turned};
use crate::error::{Error, LedgerError};
use crate::settings::Settings;

pub(crate) use self::batches::{Batch, BatchState, Lease};
pub(crate) use self::campaigns::CampaignState;
pub(crate) use self::contacts::{Inserted, Stored};
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
    clock: Clock,
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
    key: Arc<str>,
    clock: Clock,
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
        let (key, clock) = (Arc::clone(&self.key), self.clock.clone());
        Ok(Writer { transaction, engine: self.engine, key, clock, _queue: queue })
    }

    /// What time it is: milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The last time that the clock was turned forward.
    pub(crate) fn turned(&self) -> Option<Turned> {
        self.clock.turned()
    }

    /// A lease that begins now. Where the clock was turned forward, those of others are judged by the time
    /// that it would be, until whoever is alive has lengthened theirs.
    pub(crate) fn new_lease(&self, settings: &Settings) -> Lease {
        let now = self.now();
        let over = match self.turned() {
            Some(turned) if now < turned.at.saturating_add(settings.lease()) => now.saturating_sub(turned.by),
            Some(_) | None => now,
        };
        Lease { until: now.saturating_add(settings.lease()), over, far: now.saturating_add(settings.far()) }
    }

    /// The same ledger, by another clock.
    pub(crate) fn by_clock(&self, clock: Clock) -> Self {
        Self { clock, ..self.clone() }
    }

    /// Machines that share a ledger may have clocks that are apart: the database's counts for all.
    pub(crate) async fn set_clock(&self) -> Result<(), Error> {
        if self.engine == Engine::Sqlite {
            return Ok(());
        }
        let before = self.clock.own();
        let row = sqlx::query("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")
            .fetch_one(&self.pool)
            .await
            .map_err(failed)?;
        let there: i64 = column(&row, 0)?;
        self.clock.set_ahead(there - (before + self.clock.own()) / 2);
        Ok(())
    }
}

impl Writer {
    pub(crate) async fn commit(self) -> Result<(), Error> {
        self.transaction.commit().await.map_err(failed)
    }

    fn now(&self) -> i64 {
        self.clock.now()
    }

    fn on(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

/// A text that PostgreSQL keeps, which takes no NUL.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A failure of the database.
fn failed(error: sqlx::Error) -> Error {
    LedgerError::of(error).into()
}

/// Columns of a row by their position, with the type that is asked for.
fn column<'r, T>(row: &'r AnyRow, index: usize) -> Result<T, Error>
where
    T: sqlx::Decode<'r, Any> + sqlx::Type<Any>,
{
    row.try_get(index).map_err(failed)
}

impl Engine {
    /// Keeps other writers from the rows that are selected. SQLite has one writer.
    fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// `($1, $2), ($3, $4)`: that many rows of that many columns, from the parameter `first`.
    ///
    /// Without numbers on SQLite, which looks through all names for each of them. There every parameter of
    /// the statement must come from here, in order.
    fn places(self, first: usize, rows: usize, columns: usize) -> String {
        let place = |at: usize| match self {
            Self::Sqlite => "?".to_owned(),
            Self::Postgres => format!("${at}"),
        };
        let row = |row: usize| {
            let places = (0..columns).map(|column| place(first + row * columns + column));
            format!("({})", places.collect::<Vec<_>>().join(", "))
        };
        (0..rows).map(row).collect::<Vec<_>>().join(", ")
    }
}
