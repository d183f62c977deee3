//! The tables, and how an older ledger becomes one of this version.
//!
//! Not by sqlx's `migrate`: it takes no lock on SQLite, so that two processes that open a new ledger at once
//! would both create it. Here the version is read and raised in the transaction that changes the tables.

/// Steps from an empty database to the newest version. One that was released is never changed again.
pub(super) const STEPS: &[Step] = &[
    Step::Tables(FIRST),
    Step::Tables(SECOND),
    Step::Tables(KEYS),
    Step::SqliteTables(NEW_KEYS),
    Step::MakeKeys,
    Step::Tables(WITHOUT_OLD_KEYS),
];

/// A step.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// For both databases: `BLOB` becomes `BYTEA` on PostgreSQL, where all tables are `WITHOUT ROWID`.
    Tables(&'static str),
    /// For SQLite alone.
    SqliteTables(&'static str),
    /// Fills the table of keys.
    MakeKeys,
}

/// Times are milliseconds since 1970, in UTC.
const FIRST: &str = "
CREATE TABLE campaign (
    id TEXT NOT NULL PRIMARY KEY,
    backend TEXT NOT NULL,
    plan TEXT NOT NULL,
    state TEXT NOT NULL,
    created BIGINT NOT NULL,
    hands_out TEXT,
    hands_out_until BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE batch (
    campaign TEXT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    size BIGINT NOT NULL,
    state TEXT NOT NULL,
    task TEXT,
    sent BIGINT,
    problem TEXT,
    stopped BIGINT NOT NULL DEFAULT 0,
    is_over BIGINT NOT NULL DEFAULT 0,
    due BIGINT NOT NULL DEFAULT 0,
    tries BIGINT NOT NULL DEFAULT 0,
    owner TEXT,
    lease BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign, number)
);
CREATE INDEX batch_task ON batch (task);
CREATE INDEX batch_due ON batch (campaign, is_over, due);
CREATE TABLE contact (
    campaign TEXT NOT NULL,
    seq BIGINT NOT NULL,
    line BIGINT NOT NULL,
    reference TEXT NOT NULL,
    phone_key TEXT NOT NULL,
    phone TEXT,
    fields TEXT,
    batch BIGINT,
    taken_out BIGINT,
    is_told BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign, seq),
    UNIQUE (campaign, reference),
    UNIQUE (campaign, phone_key)
);
CREATE INDEX contact_batch ON contact (campaign, batch);
CREATE TABLE outcome (
    campaign TEXT NOT NULL,
    seq BIGINT NOT NULL,
    status TEXT NOT NULL,
    is_final BIGINT NOT NULL,
    answered BIGINT,
    talk_ms BIGINT,
    intention TEXT,
    ring_type TEXT,
    hangup_type TEXT,
    problem TEXT,
    rank BIGINT NOT NULL,
    happened BIGINT NOT NULL,
    raw TEXT,
    changes BIGINT NOT NULL,
    handled BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign, seq)
);
CREATE INDEX outcome_unhandled ON outcome (campaign, seq) WHERE handled < changes;
CREATE TABLE message (
    id TEXT NOT NULL PRIMARY KEY,
    webhook TEXT NOT NULL,
    body BLOB,
    arrived BIGINT NOT NULL,
    copies BIGINT NOT NULL,
    state TEXT NOT NULL,
    applied BIGINT
);
CREATE INDEX message_new ON message (arrived) WHERE state = 'new';
CREATE TABLE message_task (
    task TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (task, message)
);
CREATE TABLE message_contact (
    campaign TEXT NOT NULL,
    seq BIGINT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (campaign, seq, message)
);
CREATE TABLE recording (
    campaign TEXT NOT NULL,
    seq BIGINT NOT NULL,
    state TEXT NOT NULL,
    file TEXT,
    bytes BIGINT,
    digest TEXT,
    tries BIGINT NOT NULL DEFAULT 0,
    due BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign, seq)
);
";

/// Who is in a batch, or in none, is found in order without a look at everybody else.
const SECOND: &str = "
DROP INDEX contact_batch;
CREATE INDEX contact_of_batch ON contact (campaign, batch, seq);
";

/// What nobody else in the campaign may have; see the module `keys`.
const KEYS: &str = "
CREATE TABLE contact_key (
    digest BLOB NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL
) WITHOUT ROWID;
";

const NEW_KEYS: &str = "
CREATE TABLE new_contact_key (
    digest BLOB NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL
) WITHOUT ROWID;
";

/// SQLite cannot take a constraint from a table. Who is in no batch has an index, as PostgreSQL makes no use
/// of the order of another where a column is null.
const WITHOUT_OLD_KEYS: &str = "
CREATE TABLE new_contact (
    campaign TEXT NOT NULL,
    seq BIGINT NOT NULL,
    line BIGINT NOT NULL,
    reference TEXT NOT NULL,
    phone TEXT,
    fields TEXT,
    batch BIGINT,
    taken_out BIGINT,
    is_told BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign, seq)
);
INSERT INTO new_contact (campaign, seq, line, reference, phone, fields, batch, taken_out, is_told)
    SELECT campaign, seq, line, reference, phone, fields, batch, taken_out, is_told FROM contact
    ORDER BY campaign, seq;
DROP TABLE contact;
ALTER TABLE new_contact RENAME TO contact;
CREATE INDEX contact_of_batch ON contact (campaign, batch, seq) WHERE batch IS NOT NULL;
CREATE INDEX contact_of_no_batch ON contact (campaign, seq) WHERE batch IS NULL AND taken_out IS NULL;
";
