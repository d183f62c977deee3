//! What a client authenticates with: the API's own key and secret, and credentials of single families.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use crate::catalogue::Family;

/// One set of credentials.
#[derive(Clone)]
pub(crate) enum Credentials {
    /// An application's key and secret.
    KeyAndSecret { key: SecretString, secret: SecretString },
    /// An API key.
    ApiKey(SecretString),
}

/// All credentials of a client. A family gets its own, or those of the API if it belongs to the same account;
/// never another family's.
#[derive(Clone, Default)]
pub(crate) struct CredentialSet {
    /// Those of the API as a whole.
    pub(crate) shared: Option<Credentials>,
    pub(crate) own: BTreeMap<Family, Credentials>,
}

impl CredentialSet {
    /// What a family's calls may carry.
    pub(crate) fn of(&self, family: Family) -> Option<&Credentials> {
        self.own.get(&family).or_else(|| self.shared.as_ref().filter(|_| family.shares_account()))
    }

    /// What must never show in a text.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        self.shared.iter().chain(self.own.values()).flat_map(Credentials::secrets).collect()
    }
}

impl Credentials {
    pub(crate) fn key_and_secret(key: &SecretString, secret: &SecretString) -> Self {
        Self::KeyAndSecret { key: trimmed(key), secret: trimmed(secret) }
    }

    pub(crate) fn api_key(key: &SecretString) -> Self {
        Self::ApiKey(trimmed(key))
    }

    /// Whether a part of it is empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.secrets().any(|part| part.trim().is_empty())
    }

    fn secrets(&self) -> impl Iterator<Item = &str> {
        let parts = match self {
            Self::KeyAndSecret { key, secret } => [Some(key), Some(secret)],
            Self::ApiKey(key) => [Some(key), None],
        };
        parts.into_iter().flatten().map(ExposeSecret::expose_secret)
    }
}

/// What is read from a file ends in a line break, and may begin with a byte order mark. Neither belongs to a
/// key.
fn trimmed(text: &SecretString) -> SecretString {
    let around = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    text.expose_secret().trim_matches(around).into()
}
