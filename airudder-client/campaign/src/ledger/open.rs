//! Opening a ledger.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::Mutex;

use super::schema::{self, Step};
use super::{Engine, Ledger, Writer, column, failed};
use crate::clock::Clock;
use crate::error::{Error, LedgerError, LedgerProblem};

/// Many reads at once, and one writer.
const SQLITE_CONNECTIONS: u32 = 5;
#[cfg(feature = "postgres")]
const POSTGRES_CONNECTIONS: u32 = 8;
/// How long to wait for a connection, or for another process that holds the lock.
const PATIENCE: Duration = Duration::from_secs(30);

/// Durable after each commit; what is erased is overwritten.
const SQLITE_SETTINGS: &str = "
PRAGMA busy_timeout = 30000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
";

impl Ledger {
    /// Opens the ledger in this file (SQLite); makes it, readable for its owner alone, if there is none. An
    /// older ledger is brought to this version.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`], with what is the matter: no such folder, a file that is no ledger, a newer one.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        create_private(path).map_err(unusable)?;
        // sqlx takes a URL, in which some characters mean something.
        let absolute = std::path::absolute(path).map_err(unusable)?;
        let Some(text) = absolute.to_str() else {
            return Err(Error::Setting("the path of a ledger must be UTF-8".to_owned()));
        };
        let url = format!("sqlite://{}?mode=rw", percent_encoded(text));
        let options = AnyPoolOptions::new()
            .max_connections(SQLITE_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(sqlx::raw_sql(SQLITE_SETTINGS)).await.map(|_| ()) })
            });
        Self::start(options, &url, Engine::Sqlite).await
    }

    /// Uses the ledger in this PostgreSQL database (`postgres://user:password@host/database`); makes its
    /// tables if there are none.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`], with what is the matter; [`Error::Setting`] if it is another URL. The password is
    /// not shown.
    #[cfg(feature = "postgres")]
    pub async fn connect(url: &str) -> Result<Self, Error> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(Error::Setting("the URL of a ledger must begin with postgres://".to_owned()));
        }
        let options = AnyPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(PATIENCE);
        Self::start(options, url, Engine::Postgres).await
    }

    async fn start(options: AnyPoolOptions, url: &str, engine: Engine) -> Result<Self, Error> {
        install_drivers();
        let connect: AnyConnectOptions = url.parse().map_err(failed)?;
        // sqlx would log each statement.
        let connect = connect.disable_statement_logging();
        // A pool tries again and again, and then knows only that it took too long.
        let mut first = AnyConnection::connect_with(&connect).await.map_err(failed)?;
        if engine == Engine::Sqlite {
            first.execute(sqlx::raw_sql(SQLITE_SETTINGS)).await.map_err(failed)?;
        }
        first.close().await.map_err(failed)?;
        let pool: AnyPool = options.connect_with(connect).await.map_err(failed)?;
        let ledger = Self { pool, engine, writers: Arc::default(), key: "".into(), clock: Clock::default() };
        ledger.set_clock().await?;
        let key = ledger.bring_up_to_date().await?;
        Ok(Self { key: key.into(), writers: Arc::new(Mutex::new(())), ..ledger })
    }

    /// Brings the tables to the newest version, and gives the key of this ledger.
    async fn bring_up_to_date(&self) -> Result<String, Error> {
        let newest = i64::try_from(schema::STEPS.len()).unwrap_or(i64::MAX);
        let mut writer = self.write().await?;
        if self.engine == Engine::Postgres {
            // Nobody else does the same now. The number is arbitrary.
            sqlx::query("SELECT pg_advisory_xact_lock(4021877)")
                .execute(writer.on())
                .await
                .map_err(failed)?;
        }
        sqlx::query("CREATE TABLE IF NOT EXISTS ledger (version BIGINT NOT NULL, secret TEXT NOT NULL)")
            .execute(writer.on())
            .await
            .map_err(failed)?;
        let row = sqlx::query("SELECT version, secret FROM ledger")
            .fetch_optional(writer.on())
            .await
            .map_err(failed)?;
        let (version, key): (i64, String) = match &row {
            Some(row) => (column(row, 0)?, column(row, 1)?),
            None => {
                let key = format!("{:032x}", fastrand::u128(..));
                sqlx::query("INSERT INTO ledger (version, secret) VALUES (0, $1)")
                    .bind(key.clone())
                    .execute(writer.on())
                    .await
                    .map_err(failed)?;
                (0, key)
            }
        };
        if version > newest {
            let text = format!("it has version {version}, and {newest} is the newest that is known here");
            return Err(LedgerError::new(LedgerProblem::Newer, text).into());
        }
        writer.key = key.as_str().into();
        if self.engine == Engine::Postgres && (1..newest).contains(&version) {
            // Whoever works with an older version ends here, and has written all or nothing.
            let lock = "LOCK TABLE campaign, batch, contact, outcome, message IN ACCESS EXCLUSIVE MODE";
            sqlx::query(lock).execute(writer.on()).await.map_err(failed)?;
        }
        for step in schema::STEPS.iter().skip(usize::try_from(version).unwrap_or_default()) {
            match *step {
                Step::Tables(text) => writer.change_tables(text).await?,
                Step::SqliteTables(text) if self.engine == Engine::Sqlite => {
                    writer.change_tables(text).await?;
                }
                Step::SqliteTables(_) => {}
                Step::MakeKeys => writer.make_keys().await?,
            }
        }
        sqlx::query("UPDATE ledger SET version = $1")
            .bind(newest)
            .execute(writer.on())
            .await
            .map_err(failed)?;
        writer.commit().await?;
        Ok(key)
    }

    /// What was erased must not stay in the file beside the ledger either.
    pub(crate) async fn forget_traces(&self) -> Result<(), Error> {
        if self.engine == Engine::Sqlite {
            let _queue = self.writers.lock().await;
            let began = Instant::now();
            loop {
                let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.pool).await;
                // It waits for readers, and not for another process that does the same.
                let is_busy: i64 = column(&row.map_err(failed)?, 0)?;
                if is_busy == 0 {
                    return Ok(());
                }
                if began.elapsed() >= PATIENCE {
                    let text = "the log beside it, which has what was erased, could not be emptied";
                    return Err(LedgerError::new(LedgerProblem::Locked, text.to_owned()).into());
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Ok(())
    }

    /// Closes all connections. A ledger that is dropped closes them too, without waiting for it.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Writer {
    async fn change_tables(&mut self, text: &'static str) -> Result<(), Error> {
        let text = match self.engine {
            Engine::Sqlite => text.to_owned(),
            Engine::Postgres => text.replace(" BLOB", " BYTEA").replace(" WITHOUT ROWID", ""),
        };
        // A text of ours, with nothing put into it.
        self.on().execute(sqlx::raw_sql(AssertSqlSafe(text))).await.map_err(failed)?;
        Ok(())
    }
}

/// Makes the databases known to sqlx, for the whole process. It panics where the program has chosen drivers
/// of its own before: if they are enough, all is well, and otherwise connecting says so.
fn install_drivers() {
    let _ = std::panic::catch_unwind(sqlx::any::install_default_drivers);
}

fn unusable(error: std::io::Error) -> Error {
    failed(sqlx::Error::Io(error))
}

/// Makes an empty file that only the user can read; SQLite gives its other files the same mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

fn percent_encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let encode = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.bytes().map(encode).collect()
}
