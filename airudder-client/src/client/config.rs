//! Settings out of a file.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::tz::TimeZone;
use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer};

use super::builder::ClientBuilder;
use crate::catalogue::Family;
use crate::encryption::Key;
use crate::error::Error;

/// Settings of a client as they stand in a configuration file: TOML, YAML, JSON, or whatever else [`serde`]
/// reads. What is left out is as [`Client::builder`](crate::Client::builder) has it; a key that does not
/// exist is an error.
///
/// ```
/// use airudder_client::{Client, ClientBuilder, ClientConfig};
///
/// let config: ClientConfig = serde_json::from_str(r#"{
///     "app_key": "application key",
///     "app_secret": "application secret",
///     "account_time_zone": "Asia/Jakarta",
///     "max_concurrent": 4,
///     "retry": {"max_attempts": 6},
///     "override_paths": {"collection.create_task": "/service/cloud/v2/task"}
/// }"#)?;
/// let client = ClientBuilder::from_config(config)?.build()?;
/// # let _: Client = client;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Secrets need not stand in the file: [`ClientBuilder::credentials`] can add them.
#[derive(Default, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ClientConfig {
    /// The application key.
    #[serde(deserialize_with = "secret")]
    pub app_key: Option<SecretString>,
    /// The application secret.
    #[serde(deserialize_with = "secret")]
    pub app_secret: Option<SecretString>,
    /// See [`ClientBuilder::base_url`].
    pub base_url: Option<String>,
    /// See [`ClientBuilder::allow_http`].
    pub allow_http: bool,
    /// Settings of single families, by their name (`cloud`, `callcenter`, ...).
    pub families: BTreeMap<String, FamilyConfig>,
    /// See [`ClientBuilder::timeout`].
    pub timeout_secs: Option<f64>,
    /// See [`ClientBuilder::connect_timeout`].
    pub connect_timeout_secs: Option<f64>,
    /// The name of the account's time zone, such as `Asia/Jakarta`; see
    /// [`ClientBuilder::account_time_zone`].
    pub account_time_zone: Option<String>,
    /// What is tried again how often.
    pub retry: RetryConfig,
    /// See [`ClientBuilder::token_scheme`].
    pub token_scheme: Option<String>,
    /// See [`ClientBuilder::encryption`].
    #[serde(deserialize_with = "secret")]
    pub encryption_key: Option<SecretString>,
    /// Paths by endpoint key, see [`ClientBuilder::override_path`].
    pub override_paths: BTreeMap<String, String>,
    /// See [`ClientBuilder::max_concurrent`].
    pub max_concurrent: Option<usize>,
    /// See [`ClientBuilder::max_response_bytes`].
    pub max_response_bytes: Option<usize>,
    /// See [`ClientBuilder::max_file_bytes`].
    pub max_file_bytes: Option<u64>,
    /// See [`ClientBuilder::allow_link_host`].
    pub allow_link_hosts: Vec<String>,
}

/// Settings of one family, see [`ClientBuilder::family`].
#[derive(Default, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct FamilyConfig {
    /// Its application key.
    #[serde(deserialize_with = "secret")]
    pub app_key: Option<SecretString>,
    /// Its application secret.
    #[serde(deserialize_with = "secret")]
    pub app_secret: Option<SecretString>,
    /// Its API key, for families that take one.
    #[serde(deserialize_with = "secret")]
    pub api_key: Option<SecretString>,
    /// Its host.
    pub base_url: Option<String>,
}

/// See [`RetryPolicy`](crate::RetryPolicy), whose defaults these are.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct RetryConfig {
    /// How often a call is sent at most.
    pub max_attempts: Option<u32>,
    /// The longest wait before the first repeat.
    pub base_delay_secs: Option<f64>,
    /// The longest wait before any repeat.
    pub max_delay_secs: Option<f64>,
    /// The time after which no repeat is started.
    pub budget_secs: Option<f64>,
    /// Whether `Retry-After` is obeyed.
    pub respect_retry_after: Option<bool>,
}

impl ClientBuilder {
    /// Takes settings from a configuration, to set up more or to build.
    ///
    /// # Errors
    /// [`Error::Config`] for a key without its secret, an unknown family or time zone, a number of seconds
    /// that is none, and an encryption key of the wrong length.
    pub fn from_config(config: ClientConfig) -> Result<Self, Error> {
        let mut builder = Self::new().allow_http(config.allow_http);
        if let Some((key, secret)) = pair(config.app_key, config.app_secret, "")? {
            builder = builder.credentials(key, secret);
        }
        if let Some(url) = config.base_url {
            builder = builder.base_url(url);
        }
        for (name, family) in config.families {
            builder = family.apply(&name, builder)?;
        }
        if let Some(timeout) = seconds("timeout_secs", config.timeout_secs)? {
            builder = builder.timeout(timeout);
        }
        if let Some(timeout) = seconds("connect_timeout_secs", config.connect_timeout_secs)? {
            builder = builder.connect_timeout(timeout);
        }
        if let Some(name) = config.account_time_zone {
            let zone = TimeZone::get(&name)
                .map_err(|error| Error::config(format!("`account_time_zone`: {error}")))?;
            builder = builder.account_time_zone(zone);
        }
        if let Some(scheme) = config.token_scheme {
            builder = builder.token_scheme(scheme);
        }
        if let Some(key) = config.encryption_key {
            let key = Key::new(secrecy::ExposeSecret::expose_secret(&key).trim())
                .map_err(|error| Error::config(format!("`encryption_key`: {error}")))?;
            builder = builder.encryption(key);
        }
        for (key, path) in config.override_paths {
            builder = builder.override_path(key, path);
        }
        if let Some(calls) = config.max_concurrent {
            builder = builder.max_concurrent(calls);
        }
        if let Some(bytes) = config.max_response_bytes {
            builder = builder.max_response_bytes(bytes);
        }
        if let Some(bytes) = config.max_file_bytes {
            builder = builder.max_file_bytes(bytes);
        }
        for host in config.allow_link_hosts {
            builder = builder.allow_link_host(host);
        }
        config.retry.apply(builder)
    }
}

impl FamilyConfig {
    fn apply(self, name: &str, builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        let Some(family) = Family::ALL.iter().find(|family| family.as_str() == name) else {
            let known: Vec<&str> = Family::ALL.iter().map(|family| family.as_str()).collect();
            let problem = format!("`families.{name}`: there are the families {}", known.join(", "));
            return Err(Error::config(problem));
        };
        let credentials = pair(self.app_key, self.app_secret, &format!("families.{name}."))?;
        Ok(builder.family(*family, |settings| {
            let settings = match (credentials, self.api_key) {
                (Some((key, secret)), _) => settings.credentials(key, secret),
                (None, Some(key)) => settings.api_key(key),
                (None, None) => settings,
            };
            match self.base_url {
                Some(url) => settings.base_url(url),
                None => settings,
            }
        }))
    }
}

impl RetryConfig {
    fn apply(self, builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        let mut policy = crate::retry::RetryPolicy::default();
        if let Some(attempts) = self.max_attempts {
            policy = policy.max_attempts(attempts);
        }
        if let Some(delay) = seconds("retry.base_delay_secs", self.base_delay_secs)? {
            policy = policy.base_delay(delay);
        }
        if let Some(delay) = seconds("retry.max_delay_secs", self.max_delay_secs)? {
            policy = policy.max_delay(delay);
        }
        if let Some(budget) = seconds("retry.budget_secs", self.budget_secs)? {
            policy = policy.budget(budget);
        }
        if let Some(respect) = self.respect_retry_after {
            policy = policy.respect_retry_after(respect);
        }
        Ok(builder.retry(policy))
    }
}

/// A key and its secret: both, or neither.
fn pair(
    key: Option<SecretString>,
    secret: Option<SecretString>,
    place: &str,
) -> Result<Option<(SecretString, SecretString)>, Error> {
    match (key, secret) {
        (Some(key), Some(secret)) => Ok(Some((key, secret))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Error::config(format!("`{place}app_secret` is missing beside `app_key`"))),
        (None, Some(_)) => Err(Error::config(format!("`{place}app_key` is missing beside `app_secret`"))),
    }
}

fn seconds(place: &str, seconds: Option<f64>) -> Result<Option<Duration>, Error> {
    let problem = |seconds: f64| Error::config(format!("`{place}`: {seconds} is no number of seconds"));
    seconds.map(|s| Duration::try_from_secs_f64(s).map_err(|_| problem(s))).transpose()
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
}

/// Shows no secret.
impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("app_key", &self.app_key.is_some())
            .field("app_secret", &self.app_secret.is_some())
            .field("base_url", &self.base_url)
            .field("families", &self.families)
            .field("timeout_secs", &self.timeout_secs)
            .field("account_time_zone", &self.account_time_zone)
            .field("retry", &self.retry)
            .field("encryption_key", &self.encryption_key.is_some())
            .field("override_paths", &self.override_paths)
            .field("max_concurrent", &self.max_concurrent)
            .finish_non_exhaustive()
    }
}

/// Shows no secret.
impl fmt::Debug for FamilyConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FamilyConfig")
            .field("app_key", &self.app_key.is_some())
            .field("app_secret", &self.app_secret.is_some())
            .field("api_key", &self.api_key.is_some())
            .field("base_url", &self.base_url)
            .finish()
    }
}
