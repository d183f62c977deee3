//! Families and error codes.

use airudder_model::{Category, Code, Evidence};

airudder_macros::errors_of!("spec");

impl Family {
    /// Whether it belongs to the account of the API as a whole, and so takes its credentials.
    pub(crate) fn shares_account(self) -> bool {
        self.info().credentials == Self::ALL[0].info().credentials
    }
}

impl ErrorCode {
    /// The number; 0 for a code that is a word (see [`value`](Self::value)).
    pub fn code(self) -> i64 {
        self.value().number().unwrap_or(0)
    }

    /// The number or word.
    #[allow(clippy::wildcard_enum_match_arm, reason = "one variant per row of the tables")]
    #[allow(unreachable_patterns, reason = "there is no row where a table cannot be read")]
    pub fn value(self) -> Code {
        match self {
            Self::Other { code, .. } => code,
            named => named.row().map_or(Code::Number(0), |row| row.code),
        }
    }

    /// Whether it is of a category of its family: *already done*, *not found*, *transient*.
    pub fn is(self, category: Category) -> bool {
        self.family().info().categories.has(category, self.value())
    }

    /// The family whose table it stands in.
    #[allow(clippy::wildcard_enum_match_arm, reason = "one variant per row of the tables")]
    #[allow(unreachable_patterns, reason = "there is no row where a table cannot be read")]
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
        write!(f, "{} {}", self.value(), self.name())
    }
}
