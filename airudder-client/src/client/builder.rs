//! Setting up a client.

mod account;
mod nearest;
mod refusals;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::SecretString;
use tokio::sync::Semaphore;

use self::refusals::{base_url_of, check_path};
use super::Client;
use super::family::FamilyBuilder;
use crate::authentication::signer::Signer;
use crate::authentication::token::{MemoryTokenStore, TokenStore};
use crate::authentication::{CredentialSet, Credentials, Lifetimes, Tokens};
use crate::call::Core;
use crate::catalogue::{CredentialVariables, Family};
use crate::encryption;
use crate::error::Error;
use crate::http::Connections;
use crate::observe::{Interceptor, Interceptors, Observer};
use crate::retry::RetryPolicy;
use crate::settings::{Additions, Encryption, Hosts, Settings};

/// Sets up a [`Client`]. Made by [`Client::builder`].
///
/// Nothing fails before [`build`](Self::build), which reports what is wrong as [`Error::Config`].
///
/// ```no_run
/// use std::time::Duration;
/// use airudder_client::{Client, RetryPolicy};
///
/// # fn main() -> Result<(), airudder_client::Error> {
/// let client = Client::builder()
///     .credentials("application key", "application secret")
///     .connect_timeout(Duration::from_secs(5))
///     .retry(RetryPolicy::default().max_attempts(6))
///     .max_concurrent(4) // be kind to the result queries
///     .override_path("collection.create_task", "/service/cloud/v2/task")
///     .build()?;
/// # Ok(()) }
/// ```
#[must_use = "a builder does nothing before `build`"]
pub struct ClientBuilder {
    credentials: CredentialSet,
    base_url: Option<String>,
    family_urls: BTreeMap<Family, String>,
    allow_http: bool,
    timeout: Option<Duration>,
    zone: Option<TimeZone>,
    connect_timeout: Duration,
    retry: RetryPolicy,
    token_store: Arc<dyn TokenStore>,
    token_scheme: String,
    auth_as_form: bool,
    lifetimes: Lifetimes,
    additions: Additions,
    encryption: Option<encryption::Key>,
    encryption_content_type: String,
    signer: Option<Arc<dyn Signer>>,
    http: Option<reqwest::Client>,
    paths: BTreeMap<String, String>,
    user_agent: String,
    max_response_bytes: usize,
    max_file_bytes: u64,
    link_hosts: Vec<String>,
    max_concurrent: Option<usize>,
    observers: Vec<Arc<dyn Observer>>,
    interceptors: Interceptors,
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            credentials: CredentialSet::default(),
            base_url: None,
            family_urls: BTreeMap::new(),
            allow_http: false,
            timeout: None,
            zone: None,
            connect_timeout: Duration::from_secs(10),
            retry: RetryPolicy::default(),
            token_store: Arc::new(MemoryTokenStore::new()),
            token_scheme: "Token".to_owned(),
            auth_as_form: false,
            lifetimes: Lifetimes::default(),
            additions: Additions::default(),
            encryption: None,
            encryption_content_type: "application/json".to_owned(),
            signer: None,
            http: None,
            paths: BTreeMap::new(),
            user_agent: concat!("airudder-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_response_bytes: 64 * 1024 * 1024,
            max_file_bytes: 4 * 1024 * 1024 * 1024,
            link_hosts: Vec::new(),
            max_concurrent: None,
            observers: Vec::new(),
            interceptors: Interceptors::new(),
        }
    }

    /// Takes credentials and base URLs from the environment, like [`Client::from_env`], to set up more.
    ///
    /// Which variables there are is said by the families of the catalogue ([`FamilyInfo`]):
    /// `AIRUDDER_APP_KEY`, `AIRUDDER_APP_SECRET` and `AIRUDDER_BASE_URL` for the API's own account, others
    /// for products with credentials of their own. One account is enough.
    ///
    /// [`FamilyInfo`]: crate::catalogue::FamilyInfo
    ///
    /// # Errors
    /// [`Error::Config`] if no account has its variables, or one of a key and its secret is missing or empty.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let needed = |name: &str| {
            variable(name).ok_or_else(|| {
                Error::config(format!("the environment variable {name} is not set (or empty, or not text)"))
            })
        };
        let mut builder = Self::new();
        for family in Family::ALL.iter().copied() {
            let info = family.info();
            let credentials = match info.credentials {
                CredentialVariables::KeyAndSecret { key, secret } => {
                    match variable(key).is_some() || variable(secret).is_some() {
                        true => {
                            Some(Credentials::key_and_secret(&needed(key)?.into(), &needed(secret)?.into()))
                        }
                        false => None,
                    }
                }
                CredentialVariables::ApiKey(key) => {
                    variable(key).map(|key| Credentials::api_key(&key.into()))
                }
                CredentialVariables::None => None,
            };
            let base_url = info.base_url_variable.and_then(&variable);
            if family.shares_account() {
                builder.credentials.shared = credentials;
                builder.base_url = base_url;
            } else {
                builder.credentials.own.extend(credentials.map(|credentials| (family, credentials)));
                builder.family_urls.extend(base_url.map(|url| (family, url)));
            }
        }
        if builder.credentials.shared.is_none() && builder.credentials.own.is_empty() {
            // Nothing at all is set: that is said of the API's own account.
            if let CredentialVariables::KeyAndSecret { key, .. } | CredentialVariables::ApiKey(key) =
                Family::ALL[0].info().credentials
            {
                needed(key)?;
            }
        }
        Ok(builder)
    }

    /// The application key and secret that the vendor gave you; spaces and line breaks around them are not
    /// taken for a part of them. A client without them can call only what needs no token (the chatbot, with a
    /// [`signer`](Self::signer)).
    pub fn credentials(
        mut self,
        app_key: impl Into<SecretString>,
        app_secret: impl Into<SecretString>,
    ) -> Self {
        self.credentials.shared = Some(Credentials::key_and_secret(&app_key.into(), &app_secret.into()));
        self
    }

    /// Settings of one family: credentials or a host of its own. They go before those of the client, and no
    /// other family gets them.
    ///
    /// ```
    /// use airudder_client::{Client, Family};
    ///
    /// let client = Client::builder()
    ///     .credentials("application key", "application secret")
    ///     .family(Family::Callcenter, |dialer| dialer.base_url("https://dialer.example.com"))
    ///     .build()?;
    /// # Ok::<(), airudder_client::Error>(())
    /// ```
    pub fn family(mut self, family: Family, set: impl FnOnce(FamilyBuilder) -> FamilyBuilder) -> Self {
        let FamilyBuilder { credentials, base_url } = set(FamilyBuilder::default());
        self.credentials.own.extend(credentials.map(|credentials| (family, credentials)));
        self.family_urls.extend(base_url.map(|url| (family, url)));
        self
    }

    /// The host to talk to in place of the vendor's, for all families of the API's account: the simulator, a
    /// gateway of yours. May have a path, which then precedes that of the endpoints.
    ///
    /// It must be https; http is accepted for this very machine, and for other hosts with
    /// [`allow_http`](Self::allow_http).
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Accepts an http base URL of another machine. Key, secret and the data of people then travel in the
    /// clear: only for networks of your own.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// How long one attempt of any call may take, its answer included. Default: what the spec says for each
    /// endpoint (60 seconds for most, more for uploads and downloads). A request's own time-out goes before
    /// this one.
    ///
    /// For files it is the time until the first bytes and between any two pieces, not of the whole. It also
    /// bounds how long an attempt waits for a token, for a place among the calls that may run at the same
    /// time and for interceptors, all together; that ends as [`Error::Timeout`] with
    /// [`Phase::Waiting`](crate::error::Phase::Waiting).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How long making a connection may take. Default: 10 seconds. No effect together with
    /// [`http_client`](Self::http_client).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// What is tried again how often. Default: up to 4 attempts within 2 minutes, for calls that may be
    /// repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Where tokens are kept. Default: in memory. Processes that work for one account should share a store:
    /// see [tokens in a fleet](crate::token#tokens-in-a-fleet).
    pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
        self.token_store = Arc::new(store);
        self
    }

    /// The word before the token in the header `Authorization`. Default and documented: `Token`. Some
    /// accounts are said to use `Bearer`. Empty: the bare token.
    pub fn token_scheme(mut self, scheme: impl Into<String>) -> Self {
        self.token_scheme = scheme.into();
        self
    }

    /// Sends key and secret as a URL-encoded form wherever a token is asked for. Default: as JSON where that
    /// is documented, as a form for the predictive dialer.
    pub fn auth_as_form(mut self, form: bool) -> Self {
        self.auth_as_form = form;
        self
    }

    /// Encrypts requests and decrypts answers. This is compatibility, not protection: see
    /// [`encryption`](crate::encryption).
    pub fn encryption(mut self, key: encryption::Key) -> Self {
        self.encryption = Some(key);
        self
    }

    /// The media type of encrypted bodies, which the vendor's pages leave open. Default: `application/json`.
    pub fn encryption_content_type(mut self, media_type: impl Into<String>) -> Self {
        self.encryption_content_type = media_type.into();
        self
    }

    /// Makes the signatures of the chatbot's calls, see [`signer`](crate::signer).
    pub fn signer(mut self, signer: impl Signer + 'static) -> Self {
        self.signer = Some(Arc::new(signer));
        self
    }

    /// The HTTP client to use, for a proxy, another TLS or certificates of one's own. It brings its own
    /// connection settings, so [`connect_timeout`](Self::connect_timeout) has no effect then, and its own
    /// proxies: the client of this crate takes those of the environment, but never for this very machine.
    ///
    /// Let it follow no redirects (`redirect::Policy::none()`) and do no retries, as the client's own: a
    /// redirect could carry a body full of personal data to another host, and a retry make a phone ring
    /// twice.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Gives an endpoint another path: a newer version, one that is not public, one for an endpoint that has
    /// none.
    ///
    /// The key is the endpoint's in the [catalogue](crate::catalogue::ENDPOINTS) (`collection.create_task`).
    /// One that the catalogue does not have is an error if it has the section (it is a misspelling then), and
    /// is taken as one of your own specs if not.
    pub fn override_path(mut self, key: impl Into<String>, path: impl Into<String>) -> Self {
        self.paths.insert(key.into(), path.into());
        self
    }

    /// The header `User-Agent`. Default: `airudder-client/` and the version.
    pub fn user_agent(mut self, agent: impl Into<String>) -> Self {
        self.user_agent = agent.into();
        self
    }

    /// How long an answer may be that is read into memory. Default: 64 MiB. Longer ones are
    /// [`Error::Decode`]. Compressed answers count as they are when decoded. For files that are streamed see
    /// [`max_file_bytes`](Self::max_file_bytes).
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// How long a recording may be that is read piece by piece or into a file. Default: 4 GiB. Longer ones
    /// are
    /// [`Error::Decode`].
    pub fn max_file_bytes(mut self, bytes: u64) -> Self {
        self.max_file_bytes = bytes;
        self
    }

    /// Follows links to recordings on this host (`storage.internal`, `10.0.0.7`) though it is in a private
    /// network. Without it, links out of answers and webhooks to such hosts are followed only where the base
    /// URL is one itself: nobody signs what comes in an answer or a message.
    pub fn allow_link_host(mut self, host: impl Into<String>) -> Self {
        self.link_hosts.push(host.into().trim().to_ascii_lowercase());
        self
    }

    /// How many calls may run at the same time; others wait, as long as their [`timeout`](Self::timeout).
    /// Default: no limit. Token calls do not count; a recording counts until it is read or dropped, so that
    /// who holds as many as are allowed and asks for another waits in vain.
    pub fn max_concurrent(mut self, calls: usize) -> Self {
        self.max_concurrent = Some(calls);
        self
    }

    /// Is told what becomes of each call, for metrics: see [`observe`](crate::observe). Several are told one
    /// after the other, in the order in which they were given.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Is asked before each attempt of a call, and may delay it, refuse it, or add headers to it: see
    /// [`observe`](crate::observe). Several are asked one after the other, in the order in which they were
    /// given.
    pub fn interceptor(mut self, interceptor: impl Interceptor + 'static) -> Self {
        self.interceptors.push(Arc::new(interceptor));
        self
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] for the first thing that cannot work: an empty key or secret, a base URL that is
    /// none or is http, a path for an endpoint that does not exist (with the nearest names), a header value
    /// that no header can hold.
    pub fn build(self) -> Result<Client, Error> {
        let base_url = self.base_url.as_deref().map(|url| base_url_of(url, self.allow_http)).transpose()?;
        for (key, path) in &self.paths {
            check_path(key, path)?;
        }
        let family_urls = self
            .family_urls
            .iter()
            .map(|(family, url)| Ok((*family, base_url_of(url, self.allow_http)?)))
            .collect::<Result<_, Error>>()?;
        if self.credentials.shared.as_ref().is_some_and(Credentials::is_empty) {
            return Err(Error::config("the application key or the application secret is empty"));
        }
        if let Some((family, _)) = self.credentials.own.iter().find(|(_, credentials)| credentials.is_empty())
        {
            return Err(Error::config(format!("the credentials of the family {family} are empty")));
        }
        if self.max_concurrent == Some(0) {
            return Err(Error::config("max_concurrent(0) would let no call through"));
        }
        let header = |what: &str, value: &str| {
            HeaderValue::from_str(value)
                .map_err(|_| Error::config(format!("the {what} has characters that no HTTP header can hold")))
        };
        header("token scheme", &self.token_scheme)?;
        let encryption = match self.encryption {
            Some(key) => Some(Encryption {
                key,
                content_type: header("content type of encrypted bodies", &self.encryption_content_type)?,
            }),
            None => None,
        };
        let http = match self.http {
            Some(client) => Connections::Given(client),
            None => Connections::own(self.connect_timeout),
        };
        let settings = Arc::new(Settings {
            http,
            hosts: Hosts::new(base_url, family_urls),
            paths: self.paths.into_iter().collect(),
            user_agent: header("user agent", &self.user_agent)?,
            timeout: self.timeout,
            zone: self.zone,
            retry: self.retry,
            max_response_bytes: self.max_response_bytes,
            max_file_bytes: self.max_file_bytes,
            link_hosts: self.link_hosts,
            encryption,
            concurrency: self
                .max_concurrent
                .map(|calls| Arc::new(Semaphore::new(calls.min(Semaphore::MAX_PERMITS)))),
            observers: self.observers.into(),
            gate: Arc::default(),
            additions: self.additions,
        });
        // What would fail at the first call fails here.
        if let Ok(url) = settings.hosts.url(Family::ALL[0]) {
            settings.http.to(&url).map_err(|error| {
                Error::config(format!("the HTTP client cannot be made: {}", error.without_url()))
            })?;
        }
        let tokens = Tokens::new(
            Arc::clone(&settings),
            self.credentials,
            self.token_store,
            self.token_scheme,
            self.auth_as_form,
            self.lifetimes,
        );
        Ok(Client {
            core: Arc::new(Core { settings, tokens, signer: self.signer, interceptors: self.interceptors }),
        })
    }
}

/// Shows no secret.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("credentials", &self.credentials.shared.is_some())
            .field(
                "families",
                &self.credentials.own.keys().chain(self.family_urls.keys()).collect::<Vec<_>>(),
            )
            .field(
                "base_url",
                &self.base_url.as_deref().and_then(|url| Url::parse(url).ok()?.host_str().map(str::to_owned)),
            )
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("retry", &self.retry)
            .field("encryption", &self.encryption.is_some())
            .field("signer", &self.signer.is_some())
            .field("paths", &self.paths)
            .field("user_agent", &self.user_agent)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("max_file_bytes", &self.max_file_bytes)
            .field("link_hosts", &self.link_hosts)
            .field("max_concurrent", &self.max_concurrent)
            .field("name_prefix", &self.additions.name_prefix)
            .field("default_fields", &self.additions.defaults.keys().collect::<Vec<_>>())
            .field("observers", &self.observers.len())
            .field("interceptors", &self.interceptors.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
