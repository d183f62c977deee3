//! What nobody else in a campaign may have, number and reference, as digests.
//!
//! Digests come in any order. A commit of some thousand of them touches as many pages of a big tree, and
//! SQLite writes each page twice: the more people there are, the longer each takes. There, new keys go into
//! a small table first; once it has many, they are moved into the big one in their order, so that a page of
//! it takes many keys each time it is written.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};
use sqlx::AssertSqlSafe;

use super::{Engine, Writer, column, failed, storable};
use crate::error::Error;

/// A digest. That any two of a thousand million are the same has a probability below 10⁻¹¹.
pub(super) type Key = [u8; 12];

/// How many of the small table begin with a byte below 4, a sixty-fourth of all, when they are moved: there
/// are some 128,000 then.
const MANY: i64 = 2_000;
/// Keys of one statement.
const CHUNK: usize = 1_000;

impl Engine {
    /// The tables of keys: new ones go into the first. One that is not found there may have been moved to the
    /// next meanwhile, and never the other way.
    fn key_tables(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["new_contact_key", "contact_key"],
            Self::Postgres => &["contact_key"],
        }
    }

    /// Selects the seq of whoever has the key that is the parameter of this number.
    pub(super) fn seq_of_key(self, parameter: usize) -> String {
        let select = |table: &&str| format!("SELECT seq FROM {table} WHERE digest = ${parameter}");
        self.key_tables().iter().map(select).collect::<Vec<_>>().join(" UNION ALL ")
    }
}

impl Writer {
    /// It stays when the number is erased, so that the same list loaded again does not call the person again.
    pub(super) fn phone_key(&self, campaign: &str, phone: &str) -> Key {
        self.digest(&format!("{campaign}\n{phone}"))
    }

    pub(super) fn reference_key(&self, campaign: &str, reference: &str) -> Key {
        self.digest(&format!("{campaign}\nreference\n{}", storable(reference)))
    }

    fn digest(&self, text: &str) -> Key {
        let mut key = Key::default();
        let digest = Sha256::digest(format!("{}\n{text}", self.key));
        key.iter_mut().zip(digest).for_each(|(byte, of_digest)| *byte = of_digest);
        key
    }

    /// Those that somebody has.
    pub(super) async fn known_keys(&mut self, mut keys: Vec<Key>) -> Result<HashSet<Key>, Error> {
        keys.sort_unstable();
        keys.dedup();
        let mut known = HashSet::new();
        for table in self.engine.key_tables() {
            for keys in keys.chunks(CHUNK) {
                let places = self.engine.places(1, 1, keys.len());
                let query = format!("SELECT digest FROM {table} WHERE digest IN {places}");
                let mut query = sqlx::query(AssertSqlSafe(query));
                for key in keys {
                    query = query.bind(key.to_vec());
                }
                for row in query.fetch_all(self.on()).await.map_err(failed)? {
                    let key: Vec<u8> = column(&row, 0)?;
                    known.extend(Key::try_from(key));
                }
            }
        }
        Ok(known)
    }

    /// Adds keys that nobody has yet, each with the seq of its person.
    pub(super) async fn insert_keys(&mut self, mut keys: Vec<(Key, i64)>) -> Result<(), Error> {
        keys.sort_unstable();
        let Some(table) = self.engine.key_tables().first() else { return Ok(()) };
        for keys in keys.chunks(CHUNK) {
            let places = self.engine.places(1, keys.len(), 2);
            let query = format!("INSERT INTO {table} (digest, seq) VALUES {places}");
            let mut query = sqlx::query(AssertSqlSafe(query));
            for (key, seq) in keys {
                query = query.bind(key.to_vec()).bind(*seq);
            }
            query.execute(self.on()).await.map_err(failed)?;
        }
        self.move_keys().await
    }

    /// Moves the new keys to the others, if there are many.
    async fn move_keys(&mut self) -> Result<(), Error> {
        if self.engine != Engine::Sqlite {
            return Ok(());
        }
        let row = sqlx::query("SELECT COUNT(*) FROM new_contact_key WHERE digest < x'04'")
            .fetch_one(self.on())
            .await
            .map_err(failed)?;
        if column::<i64>(&row, 0)? < MANY {
            return Ok(());
        }
        for step in [
            "INSERT INTO contact_key (digest, seq) SELECT digest, seq FROM new_contact_key ORDER BY digest",
            "DELETE FROM new_contact_key",
        ] {
            sqlx::query(step).execute(self.on()).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Nobody has this key any longer.
    pub(super) async fn delete_key(&mut self, key: Key) -> Result<(), Error> {
        for table in self.engine.key_tables() {
            let query = format!("DELETE FROM {table} WHERE digest = $1");
            let query = sqlx::query(AssertSqlSafe(query)).bind(key.to_vec());
            query.execute(self.on()).await.map_err(failed)?;
        }
        Ok(())
    }

    /// The keys of everybody who was added when there were no tables for them: the number's is taken from
    /// where it was, for the number may be erased.
    pub(super) async fn make_keys(&mut self) -> Result<(), Error> {
        let mut after = (String::new(), 0_i64);
        loop {
            let rows = sqlx::query(
                "SELECT campaign, seq, phone_key, reference, phone FROM contact
                 WHERE (campaign, seq) > ($1, $2) ORDER BY campaign, seq LIMIT 4000",
            )
            .bind(after.0.clone())
            .bind(after.1)
            .fetch_all(self.on())
            .await
            .map_err(failed)?;
            let mut keys = Vec::new();
            for row in &rows {
                after = (column(row, 0)?, column(row, 1)?);
                let (campaign, seq) = &after;
                let (old, phone): (String, Option<String>) = (column(row, 2)?, column(row, 4)?);
                keys.push((from_hexadecimal(&old), *seq));
                // What was erased has no reference.
                if phone.is_some() {
                    let reference: String = column(row, 3)?;
                    keys.push((self.reference_key(campaign, &reference), *seq));
                }
            }
            match keys.is_empty() {
                true => return Ok(()),
                false => self.insert_keys(keys).await?,
            }
        }
    }
}

/// The key that was written as more hexadecimal digits than it has now.
fn from_hexadecimal(digits: &str) -> Key {
    let mut key = Key::default();
    for (byte, digits) in key.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
    }
    key
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;
    use crate::ledger::Ledger;

    async fn rows(writer: &mut Writer, table: &str) -> i64 {
        let query = sqlx::query_scalar(AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}")));
        query.fetch_one(writer.on()).await.unwrap()
    }

    #[tokio::test]
    async fn keys_are_found_wherever_they_lie() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path().join("ledger")).await.unwrap();
        let mut writer = ledger.write().await.unwrap();
        let key = |n: i64| writer.phone_key("first", &n.to_string());
        let (first, second): (Vec<_>, Vec<_>) =
            (0..140_000).map(|n| (key(n), n)).partition(|(_, n)| *n < 100_000);
        let third = [(key(140_000), 140_000)];
        let nobodys = key(140_001);

        writer.insert_keys(first.clone()).await.unwrap();
        assert_eq!(
            (rows(&mut writer, "new_contact_key").await, rows(&mut writer, "contact_key").await),
            (100_000, 0)
        );
        writer.insert_keys(second.clone()).await.unwrap();
        writer.insert_keys(third.to_vec()).await.unwrap();
        assert_eq!(
            (rows(&mut writer, "new_contact_key").await, rows(&mut writer, "contact_key").await),
            (1, 140_000)
        );

        let wanted = [first[5].0, second[7].0, third[0].0];
        let known = writer.known_keys([wanted.as_slice(), &[nobodys, nobodys]].concat()).await.unwrap();
        assert_eq!(known, HashSet::from(wanted));
        let query = writer.engine.seq_of_key(1);
        for (key, seq) in [first[5], second[7], third[0]] {
            let query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(query.clone())).bind(key.to_vec());
            assert_eq!(query.fetch_all(writer.on()).await.unwrap(), [seq]);
            writer.delete_key(key).await.unwrap();
        }
        assert!(writer.known_keys(wanted.to_vec()).await.unwrap().is_empty());
    }
}
