//! Outcomes in the ledger.

use std::collections::BTreeMap;
use std::time::Duration;

use airudder_client::types::Intention;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::{Ledger, Writer, column, failed, storable};
use crate::error::Error;
use crate::outcome::{Outcome, Status, WithoutOutcome};

/// How much a word about a person weighs. A greater one beats a smaller, and among equals the newer wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Rank {
    /// Still to be called.
    Pending = 0,
    /// Said while the task was running, or by a message.
    Said = 1,
    /// Read after the end of the task.
    ReadAfterEnd = 2,
    /// Decided here: nothing was sent.
    Local = 3,
}

/// A word about a person.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) seq: i64,
    /// `None`: still to be called.
    pub(crate) status: Option<Status>,
    pub(crate) answered: Option<bool>,
    pub(crate) talk_time: Option<Duration>,
    pub(crate) intention: Option<Intention>,
    pub(crate) ring_type: Option<String>,
    pub(crate) hangup_type: Option<String>,
    pub(crate) rank: Rank,
    pub(crate) happened: i64,
    pub(crate) raw: Value,
}

impl Change {
    /// Decided here.
    pub(crate) fn local(seq: i64, status: Status) -> Self {
        Self {
            seq,
            status: Some(status),
            answered: None,
            talk_time: None,
            intention: None,
            ring_type: None,
            hangup_type: None,
            rank: Rank::Local,
            happened: 0,
            raw: Value::Null,
        }
    }
}

/// How a campaign stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// People who were loaded.
    pub people: u64,
    /// People of whom the vendor has a task.
    pub submitted: u64,
    /// People with an outcome.
    pub outcomes: u64,
    /// Of those, who is known to have answered.
    pub answered: u64,
    /// Of those, who is known not to have answered.
    pub unanswered: u64,
    /// People in batches of which it is not known whether the vendor has them.
    pub in_doubt: u64,
    /// People with an outcome, by status.
    pub by_status: BTreeMap<String, u64>,
    /// People with an outcome, by grade; those without a grade are left out.
    pub by_intention: BTreeMap<String, u64>,
}

/// What became of a person, as a row of a table. Without `Debug`: it is personal.
pub(crate) struct Row {
    pub(crate) seq: i64,
    pub(crate) line: u64,
    pub(crate) reference: String,
    pub(crate) phone: Option<String>,
    pub(crate) batch: Option<String>,
    pub(crate) task: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) answered: Option<bool>,
    pub(crate) talk_seconds: Option<i64>,
    pub(crate) intention: Option<String>,
    pub(crate) ring_type: Option<String>,
    pub(crate) hangup_type: Option<String>,
    pub(crate) problem: Option<String>,
    pub(crate) recording: Option<String>,
}

const ROWS_AT_ONCE: usize = 200;

/// A word with the same content raises nothing but its weight.
const NEWER_WINS: &str = "ON CONFLICT (campaign, seq) DO UPDATE SET
    status = excluded.status, is_final = excluded.is_final, answered = excluded.answered,
    talk_ms = excluded.talk_ms, intention = excluded.intention, ring_type = excluded.ring_type,
    hangup_type = excluded.hangup_type, problem = excluded.problem, rank = excluded.rank,
    happened = excluded.happened, raw = excluded.raw,
    changes = outcome.changes + CASE WHEN outcome.status = excluded.status
        AND outcome.answered IS NOT DISTINCT FROM excluded.answered
        AND outcome.talk_ms IS NOT DISTINCT FROM excluded.talk_ms
        AND outcome.intention IS NOT DISTINCT FROM excluded.intention
        AND outcome.ring_type IS NOT DISTINCT FROM excluded.ring_type
        AND outcome.hangup_type IS NOT DISTINCT FROM excluded.hangup_type
        THEN 0 ELSE 1 END
  WHERE excluded.rank > outcome.rank
     OR (excluded.rank = outcome.rank AND excluded.happened > outcome.happened)";

impl Writer {
    /// Writes what is said of people, where it is newer than what is known. The same again changes nothing.
    pub(crate) async fn apply(&mut self, campaign: &str, changes: Vec<Change>) -> Result<(), Error> {
        // One of each person, and all in one order, so that two writers do not wait for each other.
        let mut best: BTreeMap<i64, Change> = BTreeMap::new();
        for change in changes {
            let known = best.get(&change.seq).map(|known| (known.rank, known.happened));
            if known.is_none_or(|known| (change.rank, change.happened) > known) {
                best.insert(change.seq, change);
            }
        }
        let changes: Vec<Change> = best.into_values().collect();
        for changes in changes.chunks(ROWS_AT_ONCE) {
            // What is said of somebody who was erased is not kept.
            let erased = self.erased(campaign, changes.iter().map(|change| change.seq)).await?;
            let query = format!(
                "INSERT INTO outcome (campaign, seq, status, is_final, answered, talk_ms, intention,
                    ring_type, hangup_type, problem, rank, happened, raw, changes)
                 VALUES {} {NEWER_WINS}",
                self.engine.places(1, changes.len(), 14)
            );
            let mut query = sqlx::query(AssertSqlSafe(query));
            for change in changes {
                let problem = match &change.status {
                    Some(Status::Refused { problem }) => Some(problem.clone()),
                    Some(Status::Finished | Status::Cancelled | Status::TakenOut | Status::NotCalled)
                    | None => None,
                };
                let is_kept = !erased.contains(&change.seq);
                let talk = change.talk_time.map(|talk| i64::try_from(talk.as_millis()).unwrap_or(i64::MAX));
                // Nobody is told that somebody is still to be called.
                let is_final = i64::from(change.status.is_some());
                query = query
                    .bind(campaign.to_owned())
                    .bind(change.seq)
                    .bind(change.status.as_ref().map_or("pending", Status::as_str))
                    .bind(is_final)
                    .bind(change.answered.map(i64::from))
                    .bind(talk)
                    .bind(change.intention.as_ref().map(|grade| storable(grade.as_str())))
                    .bind(change.ring_type.as_deref().map(storable))
                    .bind(change.hangup_type.as_deref().map(storable))
                    .bind(problem.as_deref().filter(|_| is_kept).map(storable))
                    .bind(change.rank as i64)
                    .bind(change.happened)
                    .bind((is_kept && !change.raw.is_null()).then(|| change.raw.to_string()))
                    .bind(is_final);
            }
            query.execute(self.on()).await.map_err(failed)?;
        }
        Ok(())
    }

    /// The outcome was handed out in this version.
    pub(crate) async fn handled(&mut self, campaign: &str, versions: &[(i64, i64)]) -> Result<(), Error> {
        for (seq, version) in versions {
            sqlx::query("UPDATE outcome SET handled = $3 WHERE campaign = $1 AND seq = $2 AND handled < $3")
                .bind(campaign)
                .bind(*seq)
                .bind(*version)
                .execute(self.on())
                .await
                .map_err(failed)?;
        }
        Ok(())
    }
}

const COLUMNS: &str =
    "o.seq, o.changes, c.reference, o.status, o.problem, o.answered, o.talk_ms, o.intention, o.raw";
const FROM: &str = "FROM outcome o JOIN contact c ON c.campaign = o.campaign AND c.seq = o.seq";

/// Seq, version and outcome.
fn outcome(campaign: &str, row: &AnyRow) -> Result<(i64, i64, Outcome), Error> {
    let (seq, version): (i64, i64) = (column(row, 0)?, column(row, 1)?);
    let (word, problem): (String, Option<String>) = (column(row, 3)?, column(row, 4)?);
    let (answered, talk): (Option<i64>, Option<i64>) = (column(row, 5)?, column(row, 6)?);
    let (intention, raw): (Option<String>, Option<String>) = (column(row, 7)?, column(row, 8)?);
    let outcome = Outcome {
        reference: column(row, 2)?,
        status: Status::from_parts(&word, problem).unwrap_or(Status::NotCalled),
        answered: answered.map(|answered| answered != 0),
        talk_time: talk.map(|talk| Duration::from_millis(u64::try_from(talk).unwrap_or_default())),
        intention: intention.map(|grade| Intention::from(grade.as_str())),
        raw: raw.and_then(|raw| serde_json::from_str(&raw).ok()).unwrap_or_default(),
        id: format!("{campaign}/{seq}/{version}"),
    };
    Ok((seq, version, outcome))
}

impl Ledger {
    /// Outcomes that nobody was told of, each with its seq and version.
    pub(crate) async fn unhandled(
        &self,
        campaign: &str,
        limit: u32,
    ) -> Result<Vec<(i64, i64, Outcome)>, Error> {
        let query = format!(
            "SELECT {COLUMNS} {FROM} WHERE o.campaign = $1 AND o.handled < o.changes ORDER BY o.seq LIMIT $2"
        );
        let rows = sqlx::query(AssertSqlSafe(query))
            .bind(campaign)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        rows.iter().map(|row| outcome(campaign, row)).collect()
    }

    /// Outcomes after a seq, in the order of the list, with the seq of each.
    pub(crate) async fn outcomes_after(
        &self,
        campaign: &str,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Outcome)>, Error> {
        let query = format!(
            "SELECT {COLUMNS} {FROM} WHERE o.campaign = $1 AND o.seq > $2 AND o.is_final = 1
             ORDER BY o.seq LIMIT $3"
        );
        let rows = sqlx::query(AssertSqlSafe(query))
            .bind(campaign)
            .bind(seq)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        let outcomes = rows.iter().map(|row| outcome(campaign, row).map(|(seq, _, outcome)| (seq, outcome)));
        outcomes.collect()
    }

    /// People without an outcome after a seq: seq, reference and why.
    pub(crate) async fn without_outcome_after(
        &self,
        campaign: &str,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<(i64, String, WithoutOutcome)>, Error> {
        let rows = sqlx::query(
            "SELECT c.seq, c.reference, b.state, b.task, o.status FROM contact c
             LEFT JOIN batch b ON b.campaign = c.campaign AND b.number = c.batch
             LEFT JOIN outcome o ON o.campaign = c.campaign AND o.seq = c.seq
             WHERE c.campaign = $1 AND c.seq > $2 AND (o.is_final IS NULL OR o.is_final = 0)
             ORDER BY c.seq LIMIT $3",
        )
        .bind(campaign)
        .bind(seq)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| {
                let (state, task): (Option<String>, Option<String>) = (column(row, 2)?, column(row, 3)?);
                let word: Option<String> = column(row, 4)?;
                let why = match (state.as_deref(), task, word) {
                    (Some("created"), None, _) => WithoutOutcome::TaskUnknown,
                    (Some("created"), Some(_), Some(_)) => WithoutOutcome::Pending,
                    (Some("created"), Some(_), None) => WithoutOutcome::NotInTask,
                    (Some("sending" | "in_doubt"), ..) => WithoutOutcome::InDoubt,
                    _ => WithoutOutcome::NotSubmitted,
                };
                Ok((column(row, 0)?, column(row, 1)?, why))
            })
            .collect()
    }

    /// Everybody after a seq, with what became of them.
    pub(crate) async fn results_after(
        &self,
        campaign: &str,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<Row>, Error> {
        let rows = sqlx::query(
            "SELECT c.seq, c.line, c.reference, c.phone, b.name, b.task, o.status, o.is_final, o.answered,
                o.talk_ms, o.intention, o.ring_type, o.hangup_type, o.problem, r.file
             FROM contact c
             LEFT JOIN batch b ON b.campaign = c.campaign AND b.number = c.batch
             LEFT JOIN outcome o ON o.campaign = c.campaign AND o.seq = c.seq
             LEFT JOIN recording r ON r.campaign = c.campaign AND r.seq = c.seq
             WHERE c.campaign = $1 AND c.seq > $2 ORDER BY c.seq LIMIT $3",
        )
        .bind(campaign)
        .bind(seq)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| {
                let (line, is_final): (i64, Option<i64>) = (column(row, 1)?, column(row, 7)?);
                let (answered, talk): (Option<i64>, Option<i64>) = (column(row, 8)?, column(row, 9)?);
                let status: Option<String> = column(row, 6)?;
                Ok(Row {
                    seq: column(row, 0)?,
                    line: u64::try_from(line).unwrap_or_default(),
                    reference: column(row, 2)?,
                    phone: column(row, 3)?,
                    batch: column(row, 4)?,
                    task: column(row, 5)?,
                    status: status.filter(|_| is_final == Some(1)),
                    answered: answered.map(|answered| answered != 0),
                    talk_seconds: talk.map(|talk| talk / 1_000),
                    intention: column(row, 10)?,
                    ring_type: column(row, 11)?,
                    hangup_type: column(row, 12)?,
                    problem: column(row, 13)?,
                    recording: column(row, 14)?,
                })
            })
            .collect()
    }

    /// How a campaign stands.
    pub(crate) async fn counts(&self, campaign: &str) -> Result<Counts, Error> {
        let mut counts = Counts::default();
        let count = |value: i64| u64::try_from(value).unwrap_or_default();
        let row = sqlx::query("SELECT COUNT(*) FROM contact WHERE campaign = $1")
            .bind(campaign)
            .fetch_one(&self.pool)
            .await
            .map_err(failed)?;
        counts.people = count(column(&row, 0)?);
        let rows = sqlx::query(
            "SELECT state, CAST(SUM(size) AS BIGINT) FROM batch WHERE campaign = $1 GROUP BY state",
        )
        .bind(campaign)
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        for row in &rows {
            let (state, size): (String, i64) = (column(row, 0)?, column(row, 1)?);
            match state.as_str() {
                "created" => counts.submitted = count(size),
                "sending" | "in_doubt" => counts.in_doubt += count(size),
                _ => {}
            }
        }
        let rows = sqlx::query(
            "SELECT status, answered, intention, COUNT(*) FROM outcome
             WHERE campaign = $1 AND is_final = 1 GROUP BY status, answered, intention",
        )
        .bind(campaign)
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        for row in &rows {
            let (status, answered): (String, Option<i64>) = (column(row, 0)?, column(row, 1)?);
            let (intention, number): (Option<String>, i64) = (column(row, 2)?, column(row, 3)?);
            let number = count(number);
            counts.outcomes += number;
            match answered {
                Some(0) => counts.unanswered += number,
                Some(_) => counts.answered += number,
                None => {}
            }
            *counts.by_status.entry(status).or_default() += number;
            if let Some(intention) = intention.filter(|grade| *grade != Intention::NoGrade.as_str()) {
                *counts.by_intention.entry(intention).or_default() += number;
            }
        }
        Ok(counts)
    }
}
