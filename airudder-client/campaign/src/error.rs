//! What can go wrong with a campaign.

use std::error::Error as StdError;
use std::{fmt, io};

use crate::load::LoadError;
use crate::preview::Preview;

/// Why something about a campaign failed. It shows no phone number, no name and no secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The ledger could not be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A call to the vendor failed, and trying again later does not help: credentials, a setting, a refusal
    /// that is not about single people.
    #[error(transparent)]
    Client(#[from] airudder_client::Error),
    /// The vendor refuses the tasks of this plan, whoever is called. Nothing was created, nothing is lost:
    /// mend what it names, and run again.
    #[error("the vendor refuses task {name}: {source}")]
    PlanRefused {
        /// The name of the first task that was refused.
        name: String,
        /// What the vendor says.
        source: airudder_client::Error,
    },
    /// The list cannot be read.
    #[error(transparent)]
    List(#[from] LoadError),
    /// A setting that cannot be used.
    #[error("{0}")]
    Setting(String),
    /// Nobody has confirmed that people are to be called.
    #[error("nobody has confirmed that {} people are to be called", .0.people)]
    NotConfirmed(Box<Preview>),
    /// The campaign runs on another product of the vendor.
    #[error("campaign {id} runs on {product}")]
    OtherProduct {
        /// The campaign.
        id: String,
        /// The [key](crate::Backend::key) of its product.
        product: String,
    },
    /// There is no such campaign, batch or contact in the ledger.
    #[error("the ledger has no {0}")]
    Unknown(String),
    /// It is not known whether the vendor has the contact: settle the batch first.
    #[error("batch {0} is in doubt: settle it first")]
    InDoubt(String),
    /// A file other than the ledger could not be written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system says.
        source: io::Error,
    },
}

/// What is the matter with a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LedgerProblem {
    /// No room is left on the disk. What was acknowledged is safe; make room, and run again.
    Full,
    /// Somebody else kept it locked for too long.
    Locked,
    /// The file is no ledger, or it is damaged. Take a copy before anything else.
    Damaged,
    /// It was written by a newer version of this crate.
    Newer,
    /// It cannot be reached: no such server or folder, or the connection broke.
    Unreachable,
    /// It may not be read or written.
    Denied,
    /// Anything else.
    Other,
}

/// The ledger could not be read or written.
#[derive(Debug)]
pub struct LedgerError {
    problem: LedgerProblem,
    source: Box<dyn StdError + Send + Sync>,
}

impl LedgerError {
    pub(crate) fn new(problem: LedgerProblem, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { problem, source: source.into() }
    }

    /// A failure of the database. No `From`: which library there is below is nobody's concern.
    pub(crate) fn of(error: sqlx::Error) -> Self {
        Self { problem: problem_of(&error), source: error.into() }
    }

    pub(crate) fn source_text(&self) -> String {
        self.source.to_string()
    }

    /// What is the matter.
    pub fn problem(&self) -> LedgerProblem {
        self.problem
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.problem {
            LedgerProblem::Full => "no room is left for the ledger",
            LedgerProblem::Locked => "the ledger is locked by somebody else",
            LedgerProblem::Damaged => "the ledger is damaged, or no ledger at all",
            LedgerProblem::Newer => "the ledger is newer than this program",
            LedgerProblem::Unreachable => "the ledger cannot be reached",
            LedgerProblem::Denied => "the ledger may not be used",
            LedgerProblem::Other => "the ledger failed",
        };
        write!(f, "{what}: {}", self.source)
    }
}

impl StdError for LedgerError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.source.as_ref())
    }
}

// sqlx's enum may grow.
#[allow(clippy::wildcard_enum_match_arm)]
fn problem_of(error: &sqlx::Error) -> LedgerProblem {
    match error {
        sqlx::Error::Database(error) => error.code().map_or(LedgerProblem::Other, |code| of_code(&code)),
        sqlx::Error::Io(error) => match error.kind() {
            io::ErrorKind::PermissionDenied => LedgerProblem::Denied,
            io::ErrorKind::StorageFull => LedgerProblem::Full,
            _ => LedgerProblem::Unreachable,
        },
        sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            LedgerProblem::Unreachable
        }
        sqlx::Error::PoolTimedOut => LedgerProblem::Locked,
        _ => LedgerProblem::Other,
    }
}

/// SQLite has numbers (the lowest byte says what it is), PostgreSQL five characters.
fn of_code(code: &str) -> LedgerProblem {
    if code.len() == 5 {
        return match &code[..2] {
            "53" if code == "53100" => LedgerProblem::Full,
            "53" | "57" | "08" | "3D" => LedgerProblem::Unreachable,
            "55" | "40" => LedgerProblem::Locked,
            "28" | "42" if code == "42501" || code.starts_with("28") => LedgerProblem::Denied,
            "XX" if code != "XX000" => LedgerProblem::Damaged,
            _ => LedgerProblem::Other,
        };
    }
    match code.parse::<u32>().unwrap_or_default() & 0xff {
        5 | 6 => LedgerProblem::Locked,
        3 | 8 | 23 => LedgerProblem::Denied,
        11 | 26 => LedgerProblem::Damaged,
        13 => LedgerProblem::Full,
        14 => LedgerProblem::Unreachable,
        // An input or output error may be anything, from a broken disk to a file that was taken away.
        _ => LedgerProblem::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (code, problem) in [
            ("13", LedgerProblem::Full),
            ("53100", LedgerProblem::Full),
            ("5", LedgerProblem::Locked),
            ("517", LedgerProblem::Locked),
            ("40P01", LedgerProblem::Locked),
            ("55P03", LedgerProblem::Locked),
            ("26", LedgerProblem::Damaged),
            ("267", LedgerProblem::Damaged),
            ("XX001", LedgerProblem::Damaged),
            ("28P01", LedgerProblem::Denied),
            ("42501", LedgerProblem::Denied),
            ("8", LedgerProblem::Denied),
            ("14", LedgerProblem::Unreachable),
            ("57P01", LedgerProblem::Unreachable),
            ("42601", LedgerProblem::Other),
            ("2067", LedgerProblem::Other),
            ("", LedgerProblem::Other),
        ] {
            assert_eq!(of_code(code), problem, "{code}");
        }
    }
}
