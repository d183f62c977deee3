//! Which column holds what.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::LoadError;
use super::format::Format;

/// Which column of a file holds which field of the contact.
///
/// Fields have their names on the wire (`Mobile`) or in Rust (`mobile`). A column is found by its name in the
/// header: the very name, else the name but for letter case, blanks and signs (`No. HP` and `no hp` are one).
/// Printed it is TOML, which can be read again; with `serde` it is saved in any format.
///
/// ```
/// use airudder_campaign::load::{AmountFormat, DateFormat, Mapping};
///
/// let mapping = Mapping::new()
///     .column("Mobile", "No HP")
///     .column("Debtor", "Nama")
///     .column("DueDate", "Jatuh Tempo")
///     .column("Arrears", "Tunggakan")
///     .variable("ExtraB", "Cabang")
///     .constant("Unit", "Rupiah")
///     .format("DueDate", DateFormat::DayMonthYear)
///     .format("Arrears", AmountFormat::Comma);
/// let saved = mapping.to_string();
/// assert!(saved.contains(r#"DueDate = "day/month/year""#));
/// assert_eq!(saved.parse::<Mapping>()?, mapping);
/// # Ok::<(), airudder_campaign::load::LoadError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Names of columns, by field.
    #[serde(default)]
    pub(super) columns: BTreeMap<String, String>,
    /// Names of columns, by variable of the robot's script.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) variables: BTreeMap<String, String>,
    /// What is the same in all rows, by field or variable.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) constants: BTreeMap<String, String>,
    /// Formats of dates and amounts, by field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) formats: BTreeMap<String, Format>,
}

impl Mapping {
    /// No column yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The field's values stand in the column of this name.
    #[must_use]
    pub fn column(mut self, field: impl Into<String>, header: impl Into<String>) -> Self {
        self.columns.insert(field.into(), header.into());
        self
    }

    /// The values of a variable of the robot's script stand in the column of this name.
    #[must_use]
    pub fn variable(mut self, variable: impl Into<String>, header: impl Into<String>) -> Self {
        self.variables.insert(variable.into(), header.into());
        self
    }

    /// The field or variable is this in all rows. Dates are written `2026-02-01`, amounts `1234.56`, phone
    /// numbers with plus.
    #[must_use]
    pub fn constant(mut self, field: impl Into<String>, value: impl Into<String>) -> Self {
        self.constants.insert(field.into(), value.into());
        self
    }

    /// The field's column of dates or amounts has this format. Without it the column's values decide.
    #[must_use]
    pub fn format(mut self, field: impl Into<String>, format: impl Into<Format>) -> Self {
        self.formats.insert(field.into(), format.into());
        self
    }
}

/// TOML.
impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&toml::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for Mapping {
    type Err = LoadError;

    fn from_str(text: &str) -> Result<Self, LoadError> {
        toml::from_str(text).map_err(|error| LoadError::MappingText(error.to_string()))
    }
}
