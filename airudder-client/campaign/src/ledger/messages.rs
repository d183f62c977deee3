//! Messages of the vendor in the ledger.

use std::collections::BTreeMap;

use airudder_client::Bytes;
use airudder_client::types::TaskId;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::{Ledger, Writer, column, failed, storable};
use crate::error::Error;

/// A message that came. Without `Debug`: it is personal.
pub(crate) struct StoredMessage {
    /// A digest of webhook and body: the same for its copies.
    pub(crate) id: String,
    pub(crate) webhook: String,
    pub(crate) body: Bytes,
    pub(crate) arrived: i64,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageState {
    /// All that it says is in the ledger, or it says nothing about campaigns.
    Applied,
    /// It is about a task that is not known, or not yet.
    Waiting,
    /// It is no JSON.
    Unreadable,
}

impl MessageState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Waiting => "waiting",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Writer {
    /// Keeps messages. A copy is counted only.
    pub(crate) async fn insert_messages(&mut self, messages: &[StoredMessage]) -> Result<(), Error> {
        // One statement must not meet the same row twice.
        let mut by_id: BTreeMap<&str, (&StoredMessage, i64)> = BTreeMap::new();
        for message in messages {
            by_id.entry(&message.id).or_insert((message, 0)).1 += 1;
        }
        let messages: Vec<(&StoredMessage, i64)> = by_id.into_values().collect();
        for messages in messages.chunks(200) {
            let query = format!(
                "INSERT INTO message (id, webhook, body, arrived, copies, state) VALUES {}
                 ON CONFLICT (id) DO UPDATE SET copies = message.copies + excluded.copies",
                self.engine.places(1, messages.len(), 6)
            );
            let mut query = sqlx::query(AssertSqlSafe(query));
            for (message, copies) in messages {
                query = query
                    .bind(message.id.clone())
                    .bind(message.webhook.clone())
                    .bind(message.body.to_vec())
                    .bind(message.arrived)
                    .bind(*copies)
                    .bind("new");
            }
            query.execute(self.on()).await.map_err(failed)?;
        }
        Ok(())
    }

    /// What became of a message; the tasks that it waits for.
    pub(crate) async fn message_done(
        &mut self,
        id: &str,
        state: MessageState,
        waits_for: &[TaskId],
    ) -> Result<(), Error> {
        sqlx::query("UPDATE message SET state = $2, applied = $3 WHERE id = $1")
            .bind(id)
            .bind(state.as_str())
            .bind(self.now())
            .execute(self.on())
            .await
            .map_err(failed)?;
        for task in waits_for {
            sqlx::query(
                "INSERT INTO message_task (task, message) VALUES ($1, $2)
                 ON CONFLICT (task, message) DO NOTHING",
            )
            .bind(storable(task.as_str()))
            .bind(id)
            .execute(self.on())
            .await
            .map_err(failed)?;
        }
        Ok(())
    }

    /// A message is about a person.
    pub(crate) async fn message_is_about(&mut self, id: &str, campaign: &str, seq: i64) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO message_contact (campaign, seq, message) VALUES ($1, $2, $3)
             ON CONFLICT (campaign, seq, message) DO NOTHING",
        )
        .bind(campaign)
        .bind(seq)
        .bind(id)
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// The task is known now: what came before is read again.
    pub(super) async fn wake_messages_of(&mut self, task: &TaskId) -> Result<(), Error> {
        let waited = sqlx::query("DELETE FROM message_task WHERE task = $1 RETURNING message")
            .bind(storable(task.as_str()))
            .fetch_all(self.on())
            .await
            .map_err(failed)?;
        self.wake(&waited).await
    }

    /// Messages whose task became known in the moment in which they were put aside.
    pub(crate) async fn wake_missed_messages(&mut self) -> Result<(), Error> {
        let waited = sqlx::query(
            "DELETE FROM message_task WHERE task IN (SELECT task FROM batch WHERE task IS NOT NULL)
             RETURNING message",
        )
        .fetch_all(self.on())
        .await
        .map_err(failed)?;
        self.wake(&waited).await
    }

    /// Lets messages be read again that have just ceased to wait: those alone, for others may be put aside
    /// for the same task meanwhile.
    async fn wake(&mut self, waited: &[AnyRow]) -> Result<(), Error> {
        let ids: Vec<String> = waited.iter().map(|row| column(row, 0)).collect::<Result<_, _>>()?;
        for ids in ids.chunks(500) {
            let query = format!(
                "UPDATE message SET state = 'new' WHERE state = 'waiting' AND id IN {}",
                self.engine.places(1, 1, ids.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(query));
            for id in ids {
                query = query.bind(id.clone());
            }
            query.execute(self.on()).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Removes messages that arrived before this moment and were applied, or wait for nobody's task.
    pub(crate) async fn delete_messages_before(&mut self, moment: i64) -> Result<u64, Error> {
        sqlx::query(
            "DELETE FROM message_task WHERE message IN
             (SELECT id FROM message WHERE arrived < $1 AND state <> 'new')",
        )
        .bind(moment)
        .execute(self.on())
        .await
        .map_err(failed)?;
        sqlx::query(
            "DELETE FROM message_contact WHERE message IN
             (SELECT id FROM message WHERE arrived < $1 AND state <> 'new')",
        )
        .bind(moment)
        .execute(self.on())
        .await
        .map_err(failed)?;
        let deleted = sqlx::query("DELETE FROM message WHERE arrived < $1 AND state <> 'new'")
            .bind(moment)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(deleted.rows_affected())
    }

    /// Removes the body of a message.
    pub(crate) async fn forget_body(&mut self, id: &str) -> Result<(), Error> {
        let query = sqlx::query("UPDATE message SET body = NULL WHERE id = $1").bind(id);
        query.execute(self.on()).await.map_err(failed)?;
        Ok(())
    }

    /// Removes the bodies of the messages about a person.
    pub(crate) async fn erase_messages(&mut self, campaign: &str, seq: i64) -> Result<(), Error> {
        sqlx::query(
            "UPDATE message SET body = NULL, state = 'applied' WHERE id IN
             (SELECT message FROM message_contact WHERE campaign = $1 AND seq = $2)",
        )
        .bind(campaign)
        .bind(seq)
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// Messages to be read, oldest first. They stay until they are done.
    pub(crate) async fn new_messages(&mut self, limit: u32) -> Result<Vec<StoredMessage>, Error> {
        let query = match self.engine {
            super::Engine::Sqlite => {
                "SELECT id, webhook, body, arrived FROM message WHERE state = 'new' ORDER BY arrived LIMIT $1"
            }
            super::Engine::Postgres => {
                "SELECT id, webhook, body, arrived FROM message WHERE state = 'new' ORDER BY arrived LIMIT $1
                 FOR UPDATE SKIP LOCKED"
            }
        };
        let rows = sqlx::query(query).bind(i64::from(limit)).fetch_all(self.on()).await.map_err(failed)?;
        rows.iter()
            .map(|row| {
                let body: Option<Vec<u8>> = column(row, 2)?;
                Ok(StoredMessage {
                    id: column(row, 0)?,
                    webhook: column(row, 1)?,
                    body: body.unwrap_or_default().into(),
                    arrived: column(row, 3)?,
                })
            })
            .collect()
    }
}

impl Ledger {
    /// Whether messages are to be read.
    pub(crate) async fn has_new_messages(&self) -> Result<bool, Error> {
        let row = sqlx::query("SELECT 1 FROM message WHERE state = 'new' LIMIT 1")
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        Ok(row.is_some())
    }

    /// How many messages there are in each state: `new`, `applied`, `waiting`, `unreadable`.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn messages(&self) -> Result<BTreeMap<String, u64>, Error> {
        let rows = sqlx::query("SELECT state, COUNT(*) FROM message GROUP BY state")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        rows.iter()
            .map(|row| {
                let (state, count): (String, i64) = (column(row, 0)?, column(row, 1)?);
                Ok((state, u64::try_from(count).unwrap_or_default()))
            })
            .collect()
    }
}
