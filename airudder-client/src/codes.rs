//! Families and error codes.

use crate::catalogue::Evidence;

airudder_macros::errors_of!("spec");

impl ErrorCode {
    /// The number.
    pub fn code(self) -> i64 {
        match self {
            Self::Other { code, .. } => code,
            named => named.row().map_or(0, |row| row.code),
        }
    }

    /// The family whose table it stands in.
    pub fn family(self) -> Family {
        match self {
            Self::Other { family, .. } => family,
            named => named.row().map_or(Family::Cloud, |row| row.family),
        }
    }

    /// What it means.
    pub fn meaning(self) -> &'static str {
        self.row().map_or("not in the table of its family", |row| row.meaning)
    }

    /// The limit that the vendor's text states, in words.
    pub fn limit(self) -> Option<&'static str> {
        self.row().and_then(|row| row.limit)
    }

    /// Name of its variant; `Other` for a code that stands in no table.
    pub fn name(self) -> &'static str {
        self.row().map_or("Other", |row| row.name)
    }

    /// How well it is known; `None` for a code that stands in no table.
    pub fn evidence(self) -> Option<Evidence> {
        self.row().map(|row| row.evidence)
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.code(), self.name())
    }
}
