//! Where a ledger of a test lies.

#![allow(dead_code, reason = "no test uses all of it")]

use std::sync::Arc;

use airudder_campaign::{Error, Ledger};
use tempfile::TempDir;

/// Where a ledger of a test lies: it can be opened several times, as by several processes.
#[derive(Clone)]
pub(crate) struct Place {
    /// Also for other files of the test.
    pub(crate) folder: Arc<TempDir>,
    /// A database of PostgreSQL; without one: SQLite in the folder.
    pub(crate) url: Option<String>,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self { folder: Arc::new(tempfile::tempdir().unwrap()), url: None }
    }

    pub(crate) async fn open(&self) -> Ledger {
        self.try_open().await.unwrap()
    }

    pub(crate) async fn try_open(&self) -> Result<Ledger, Error> {
        match &self.url {
            None => Ledger::open(self.folder.path().join("ledger")).await,
            #[cfg(feature = "postgres")]
            Some(url) => Ledger::connect(url).await,
            #[cfg(not(feature = "postgres"))]
            Some(_) => unreachable!("there is no PostgreSQL in this build"),
        }
    }

    /// As sqlx knows it.
    pub(crate) fn database_url(&self) -> String {
        match &self.url {
            Some(url) => url.clone(),
            None => format!("sqlite://{}", self.folder.path().join("ledger").display()),
        }
    }
}
