//! People in the ledger.

use std::collections::{HashMap, HashSet};

use airudder_client::types::Phone;
use futures_util::TryStreamExt as _;
use serde_json::{Map, Value};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::keys::Key;
use super::{Engine, Ledger, Writer, column, failed, storable};
use crate::error::Error;
use crate::person::Person;

/// A person as the ledger has it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) seq: i64,
    pub(crate) contact: Person,
}

/// What came of inserting people.
#[derive(Debug, Default)]
pub(crate) struct Inserted {
    pub(crate) accepted: u64,
    /// Those whose number is there already.
    pub(crate) duplicates: u64,
    /// Positions of those whose reference somebody else has.
    pub(crate) references_taken: Vec<usize>,
}

/// What is known of a person of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) seq: i64,
    /// Rank and time of the last word.
    pub(crate) last: Option<(i64, i64)>,
}

/// Where a person stands.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) seq: i64,
    pub(crate) phone: Option<Phone>,
    pub(crate) batch: Option<i64>,
    /// Whether the vendor may still have to be told that the person is taken out.
    pub(crate) is_untold: bool,
}

const COLUMNS: &str = "seq, line, reference, phone, fields";

fn stored(row: &AnyRow) -> Result<Stored, Error> {
    let phone: Option<String> = column(row, 3)?;
    let fields: Option<String> = column(row, 4)?;
    let line: i64 = column(row, 1)?;
    // What is erased has none.
    let fields: Map<String, Value> =
        fields.and_then(|fields| serde_json::from_str(&fields).ok()).unwrap_or_default();
    Ok(Stored {
        seq: column(row, 0)?,
        contact: Person {
            row: u64::try_from(line).unwrap_or_default(),
            reference: Some(column(row, 2)?),
            phone: phone.unwrap_or_default().into(),
            fields,
        },
    })
}

impl Writer {
    /// Adds people to a campaign, in their order. Whose number or reference is there already is left out.
    pub(crate) async fn insert_contacts(
        &mut self,
        campaign: &str,
        contacts: &[Person],
    ) -> Result<Inserted, Error> {
        let row = sqlx::query("SELECT COALESCE(MAX(seq), 0) FROM contact WHERE campaign = $1")
            .bind(campaign)
            .fetch_one(self.on())
            .await
            .map_err(failed)?;
        let mut seq: i64 = column(&row, 0)?;

        let phone_keys: Vec<Key> =
            contacts.iter().map(|contact| self.phone_key(campaign, contact.phone.as_str())).collect();
        let reference_keys: Vec<Option<Key>> = contacts
            .iter()
            .map(|contact| Some(self.reference_key(campaign, contact.reference.as_deref()?)))
            .collect();
        let given: HashSet<Key> = reference_keys.iter().flatten().copied().collect();
        let mut wanted = phone_keys.clone();
        wanted.extend(&given);
        if reference_keys.contains(&None) {
            let made = (seq..).take(contacts.len()).map(|seq| made_reference(seq + 1));
            wanted.extend(made.map(|reference| self.reference_key(campaign, &reference)));
        }
        let mut known = self.known_keys(wanted).await?;

        let mut inserted = Inserted::default();
        let mut rows = Vec::new();
        let mut keys = Vec::new();
        let all_keys = phone_keys.into_iter().zip(reference_keys);
        for (position, (contact, (phone_key, reference_key))) in contacts.iter().zip(all_keys).enumerate() {
            if known.contains(&phone_key) {
                inserted.duplicates += 1;
                continue;
            }
            let (reference, reference_key) = match (&contact.reference, reference_key) {
                (Some(reference), Some(key)) => (reference.clone(), key),
                (None, _) | (_, None) => {
                    let mut reference = made_reference(seq + 1);
                    let mut key = self.reference_key(campaign, &reference);
                    // Somebody was given that name.
                    while given.contains(&key) || known.contains(&key) {
                        reference.push('_');
                        key = self.reference_key(campaign, &reference);
                        known.extend(self.known_keys(vec![key]).await?);
                    }
                    (reference, key)
                }
            };
            if !known.insert(reference_key) {
                inserted.references_taken.push(position);
                continue;
            }
            known.insert(phone_key);
            seq += 1;
            keys.extend([(phone_key, seq), (reference_key, seq)]);
            rows.push((seq, contact, reference));
        }
        inserted.accepted = rows.len() as u64;
        for rows in rows.chunks(500) {
            let query = format!(
                "INSERT INTO contact (campaign, seq, line, reference, phone, fields) VALUES {}",
                self.engine.places(1, rows.len(), 6)
            );
            let mut query = sqlx::query(AssertSqlSafe(query));
            for (seq, contact, reference) in rows {
                query = query
                    .bind(campaign.to_owned())
                    .bind(*seq)
                    .bind(i64::try_from(contact.row).unwrap_or(i64::MAX))
                    .bind(storable(reference))
                    .bind(storable(contact.phone.as_str()))
                    .bind(serde_json::to_string(&contact.fields).unwrap_or_default());
            }
            query.execute(self.on()).await.map_err(failed)?;
        }
        self.insert_keys(keys).await?;
        Ok(inserted)
    }

    /// The next people who are in no batch.
    pub(crate) async fn unbatched(&mut self, campaign: &str, limit: u32) -> Result<Vec<Stored>, Error> {
        let query = format!(
            "SELECT {COLUMNS} FROM contact WHERE campaign = $1 AND batch IS NULL AND taken_out IS NULL
             ORDER BY seq LIMIT $2"
        );
        let rows = sqlx::query(AssertSqlSafe(query))
            .bind(campaign)
            .bind(i64::from(limit))
            .fetch_all(self.on())
            .await
            .map_err(failed)?;
        rows.iter().map(stored).collect()
    }

    /// Puts people without a batch, from one seq to another, into a batch.
    pub(crate) async fn put_into_batch(
        &mut self,
        campaign: &str,
        batch: i64,
        first: i64,
        last: i64,
    ) -> Result<(), Error> {
        sqlx::query(
            "UPDATE contact SET batch = $2
             WHERE campaign = $1 AND seq BETWEEN $3 AND $4 AND batch IS NULL AND taken_out IS NULL",
        )
        .bind(campaign)
        .bind(batch)
        .bind(first)
        .bind(last)
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// Who of a batch is taken out.
    pub(crate) async fn taken_out_of(&mut self, campaign: &str, batch: i64) -> Result<Vec<i64>, Error> {
        let rows = sqlx::query(
            "SELECT seq FROM contact WHERE campaign = $1 AND batch = $2 AND taken_out IS NOT NULL",
        )
        .bind(campaign)
        .bind(batch)
        .fetch_all(self.on())
        .await
        .map_err(failed)?;
        rows.iter().map(|row| column(row, 0)).collect()
    }

    /// Takes the people out of a batch of which nothing was sent.
    pub(crate) async fn empty_batch(&mut self, campaign: &str, batch: i64) -> Result<(), Error> {
        sqlx::query("UPDATE contact SET batch = NULL WHERE campaign = $1 AND batch = $2")
            .bind(campaign)
            .bind(batch)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    pub(crate) async fn place_of(&mut self, campaign: &str, reference: &str) -> Result<Option<Place>, Error> {
        let seq = self.engine.seq_of_key(2);
        let query = format!(
            "SELECT seq, phone, batch, taken_out, is_told FROM contact
             WHERE campaign = $1 AND seq IN ({seq})"
        );
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(campaign.to_owned())
            .bind(self.reference_key(campaign, reference).to_vec())
            .fetch_optional(self.on())
            .await
            .map_err(failed)?;
        row.map(|row| {
            let phone: Option<String> = column(&row, 1)?;
            let (taken_out, is_told): (Option<i64>, i64) = (column(&row, 3)?, column(&row, 4)?);
            Ok(Place {
                seq: column(&row, 0)?,
                phone: phone.map(Phone::from),
                batch: column(&row, 2)?,
                is_untold: taken_out.is_some() && is_told == 0,
            })
        })
        .transpose()
    }

    pub(crate) async fn mark_taken_out(&mut self, campaign: &str, seq: i64) -> Result<(), Error> {
        sqlx::query("UPDATE contact SET taken_out = $3 WHERE campaign = $1 AND seq = $2")
            .bind(campaign)
            .bind(seq)
            .bind(self.now())
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Nobody without a batch, up to a seq, is called.
    pub(crate) async fn not_called_up_to(&mut self, campaign: &str, seq: i64) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO outcome (campaign, seq, status, is_final, rank, happened, changes)
             SELECT campaign, seq, 'not_called', 1, 3, 0, 1 FROM contact
             WHERE campaign = $1 AND seq <= $2 AND batch IS NULL AND taken_out IS NULL
             ON CONFLICT (campaign, seq) DO NOTHING",
        )
        .bind(campaign)
        .bind(seq)
        .execute(self.on())
        .await
        .map_err(failed)?;
        sqlx::query(
            "UPDATE contact SET taken_out = $3
             WHERE campaign = $1 AND seq <= $2 AND batch IS NULL AND taken_out IS NULL",
        )
        .bind(campaign)
        .bind(seq)
        .bind(self.now())
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// The vendor was told that the person is taken out.
    pub(crate) async fn mark_told(&mut self, campaign: &str, seq: i64) -> Result<(), Error> {
        sqlx::query("UPDATE contact SET is_told = 1 WHERE campaign = $1 AND seq = $2")
            .bind(campaign)
            .bind(seq)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Who of these was erased. None of the others is until the transaction ends.
    pub(crate) async fn erased(
        &mut self,
        campaign: &str,
        people: impl Iterator<Item = i64>,
    ) -> Result<HashSet<i64>, Error> {
        let people: Vec<i64> = people.collect();
        let lock = match self.engine {
            Engine::Sqlite => "",
            Engine::Postgres => " FOR SHARE",
        };
        let query = format!(
            "SELECT seq, phone FROM contact WHERE campaign = {} AND seq IN {}{lock}",
            self.engine.places(1, 1, 1),
            self.engine.places(2, 1, people.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(query)).bind(campaign.to_owned());
        for seq in people {
            query = query.bind(seq);
        }
        let mut erased = HashSet::new();
        for row in query.fetch_all(self.on()).await.map_err(failed)? {
            if column::<Option<String>>(&row, 1)?.is_none() {
                erased.insert(column(&row, 0)?);
            }
        }
        Ok(erased)
    }

    /// Removes what is personal of the person of this reference: number, fields, reference, raw record. The
    /// key of the number stays.
    pub(crate) async fn erase_contact(
        &mut self,
        campaign: &str,
        seq: i64,
        reference: &str,
    ) -> Result<(), Error> {
        self.delete_key(self.reference_key(campaign, reference)).await?;
        sqlx::query(
            "UPDATE contact SET phone = NULL, fields = NULL, reference = $3 WHERE campaign = $1 AND seq = $2",
        )
        .bind(campaign)
        .bind(seq)
        .bind(format!("erased-{seq}"))
        .execute(self.on())
        .await
        .map_err(failed)?;
        sqlx::query("UPDATE outcome SET raw = NULL, problem = NULL WHERE campaign = $1 AND seq = $2")
            .bind(campaign)
            .bind(seq)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }
}

/// The reference of somebody who was given none.
fn made_reference(seq: i64) -> String {
    format!("c{seq}")
}

impl Ledger {
    /// The people of a batch by reference: seq, and rank and time of the last word about each.
    pub(crate) async fn known(&self, campaign: &str, batch: i64) -> Result<HashMap<String, Known>, Error> {
        let rows = sqlx::query(
            "SELECT c.reference, c.seq, o.rank, o.happened FROM contact c
             LEFT JOIN outcome o ON o.campaign = c.campaign AND o.seq = c.seq
             WHERE c.campaign = $1 AND c.batch = $2",
        )
        .bind(campaign)
        .bind(batch)
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| {
                let (rank, happened): (Option<i64>, Option<i64>) = (column(row, 2)?, column(row, 3)?);
                Ok((column(row, 0)?, Known { seq: column(row, 1)?, last: rank.zip(happened) }))
            })
            .collect()
    }

    /// People of a batch who are taken out, of which the vendor was not told.
    pub(crate) async fn untold(&self, campaign: &str, batch: i64) -> Result<Vec<(i64, Phone)>, Error> {
        let rows = sqlx::query(
            "SELECT seq, phone FROM contact
             WHERE campaign = $1 AND batch = $2
               AND taken_out IS NOT NULL AND is_told = 0 AND phone IS NOT NULL",
        )
        .bind(campaign)
        .bind(batch)
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.iter().map(|row| Ok((column(row, 0)?, Phone::from(column::<String>(row, 1)?)))).collect()
    }

    /// Whether anybody is in no batch.
    pub(crate) async fn has_unbatched(&self, campaign: &str) -> Result<bool, Error> {
        let row = sqlx::query(
            "SELECT 1 FROM contact WHERE campaign = $1 AND batch IS NULL AND taken_out IS NULL
             ORDER BY seq LIMIT 1",
        )
        .bind(campaign)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        Ok(row.is_some())
    }

    /// People who are in no batch, after a seq.
    pub(crate) async fn unbatched_after(
        &self,
        campaign: &str,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<Stored>, Error> {
        let query = format!(
            "SELECT {COLUMNS} FROM contact
             WHERE campaign = $1 AND seq > $2 AND batch IS NULL AND taken_out IS NULL ORDER BY seq LIMIT $3"
        );
        let rows = sqlx::query(AssertSqlSafe(query))
            .bind(campaign)
            .bind(seq)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        rows.iter().map(stored).collect()
    }

    /// References after a seq, each with its seq.
    pub(crate) async fn references_after(
        &self,
        campaign: &str,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<(i64, String)>, Error> {
        let rows = sqlx::query(
            "SELECT seq, reference FROM contact
             WHERE campaign = $1 AND seq > $2 AND phone IS NOT NULL ORDER BY seq LIMIT $3",
        )
        .bind(campaign)
        .bind(seq)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.iter().map(|row| Ok((column(row, 0)?, column(row, 1)?))).collect()
    }

    /// The people of a batch, in their order.
    pub(crate) async fn batch_contacts(&self, campaign: &str, batch: i64) -> Result<Vec<Stored>, Error> {
        let query = format!("SELECT {COLUMNS} FROM contact WHERE campaign = $1 AND batch = $2 ORDER BY seq");
        let mut rows = sqlx::query(AssertSqlSafe(query)).bind(campaign).bind(batch).fetch(&self.pool);
        let mut contacts = Vec::new();
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            contacts.push(stored(&row)?);
        }
        Ok(contacts)
    }
}
