//! A connection to Redis when there is something to ask.
//!
//! Tokens are asked for once a day, so a connection is not kept for long: what lies idle for hours is often
//! dead (firewalls, restarts) just when it is needed. Nor is one used on another runtime than that which
//! drives it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, FromRedisValue};
use redis::{ConnectionAddr, ConnectionInfo, ErrorKind, IntoConnectionInfo, RedisError};
use rustls_platform_verifier::Verifier;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};

use super::Problem;

/// A connection that was idle for longer is not used again.
const FRESH: Duration = Duration::from_secs(10);

/// A Redis and how to get at it.
pub(super) struct Server {
    info: ConnectionInfo,
    tls: Option<Arc<ClientConfig>>,
    /// The last connection, while it is fresh.
    kept: Mutex<Option<Open>>,
}

struct Open {
    connection: MultiplexedConnection,
    driver: AbortHandle,
    runtime: tokio::runtime::Id,
    used: Instant,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Server {
    pub(super) fn new(url: &SecretString) -> Result<Self, Problem> {
        let invalid =
            || Problem("the address is not of the form redis://user:password@host:port/0".to_owned());
        let mut url = redis::parse_redis_url(url.expose_secret()).ok_or_else(invalid)?;
        if url.fragment().is_some() {
            return Err(Problem("the address ends in `#`: certificates are always checked".to_owned()));
        }
        // TLS is made here, in the same way as that of calls: redis would take whatever provider of
        // cryptography is the process's, and panic where there are two and none was chosen.
        let plain = match url.scheme() {
            "rediss" => Some("redis"),
            "valkeys" => Some("valkey"),
            _ => None,
        };
        if let Some(plain) = plain {
            url.set_scheme(plain).map_err(|()| invalid())?;
        }
        let info = url.into_connection_info().map_err(|_| invalid())?;
        let tls = plain.map(|_| config(Vec::new())).transpose()?;
        Ok(Self { info, tls, kept: Mutex::default() })
    }

    /// The same with more certificate authorities.
    pub(super) fn trusting(&self, pem: &[u8]) -> Result<Self, Problem> {
        if !self.is_tls() {
            return Err(Problem("certificates are of use only with rediss://".to_owned()));
        }
        let roots = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        match roots {
            Ok(roots) if !roots.is_empty() => {
                Ok(Self { info: self.info.clone(), tls: Some(config(roots)?), kept: Mutex::default() })
            }
            Ok(_) | Err(_) => Err(Problem("there is no certificate in PEM".to_owned())),
        }
    }

    pub(super) fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Host and port.
    pub(super) fn address(&self) -> String {
        self.info.addr().to_string()
    }

    /// Asks on the last connection if it is fresh, else, or if that fails, on a new one.
    pub(super) async fn ask<T: FromRedisValue>(&self, question: &Cmd) -> Result<T, Problem> {
        let Ok(runtime) = Handle::try_current().map(|runtime| runtime.id()) else {
            return Err(Problem("Redis is asked from within a tokio runtime".to_owned()));
        };
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut open) = kept.filter(|open| open.runtime == runtime && open.used.elapsed() < FRESH)
            && let Ok(answer) = question.query_async(&mut open.connection).await
        {
            self.keep(open);
            return Ok(answer);
        }
        let mut open = self.open(runtime).await?;
        let answer =
            question.query_async(&mut open.connection).await.map_err(|error| self.problem(&error))?;
        self.keep(open);
        Ok(answer)
    }

    fn keep(&self, mut open: Open) {
        open.used = Instant::now();
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(open);
    }

    async fn open(&self, runtime: tokio::runtime::Id) -> Result<Open, Problem> {
        match self.info.addr() {
            ConnectionAddr::Tcp(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port))
                    .await
                    .map_err(|error| self.unreachable(&error))?;
                // Commands are small, and each waits for its answer.
                let _ = stream.set_nodelay(true);
                let Some(config) = &self.tls else { return self.speak(stream, runtime).await };
                let name = ServerName::try_from(host.clone())
                    .map_err(|_| Problem(format!("{host} is no name of a server")))?;
                let connector = TlsConnector::from(Arc::clone(config));
                let stream =
                    connector.connect(name, stream).await.map_err(|error| self.unreachable(&error))?;
                self.speak(stream, runtime).await
            }
            #[cfg(unix)]
            ConnectionAddr::Unix(path) => {
                let stream =
                    tokio::net::UnixStream::connect(path).await.map_err(|error| self.unreachable(&error))?;
                self.speak(stream, runtime).await
            }
            // Of TLS there is none: see `new`. What redis may think of later is refused.
            _ => Err(Problem("Redis is not reached in this way".to_owned())),
        }
    }

    /// Greets the server, with user and password.
    async fn speak(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        runtime: tokio::runtime::Id,
    ) -> Result<Open, Problem> {
        // Bounded from outside, together with the connecting.
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let (connection, driver) =
            MultiplexedConnection::new_with_config(self.info.redis_settings(), stream, config)
                .await
                .map_err(|error| self.problem(&error))?;
        let driver = tokio::spawn(driver).abort_handle();
        Ok(Open { connection, driver, runtime, used: Instant::now() })
    }

    fn unreachable(&self, error: &dyn fmt::Display) -> Problem {
        Problem(format!("no connection to Redis at {}: {error}", self.address()))
    }

    /// The kind alone: the text of an error may hold what was sent.
    fn problem(&self, error: &RedisError) -> Problem {
        let kind = match (error.kind(), error.code()) {
            (ErrorKind::Io, _) => "the connection broke".to_owned(),
            (_, Some(code)) => format!("it says {code}"),
            (kind, None) => format!("{kind:?}"),
        };
        Problem(format!("Redis at {}: {kind}", self.address()))
    }
}

fn config(roots: Vec<CertificateDer<'static>>) -> Result<Arc<ClientConfig>, Problem> {
    let provider =
        CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
    let problem = |error: tokio_rustls::rustls::Error| Problem(format!("TLS: {error}"));
    let verifier = verifier(roots, Arc::clone(&provider)).map_err(problem)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(problem)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// That of the system.
#[cfg(not(target_os = "android"))]
fn verifier(
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, tokio_rustls::rustls::Error> {
    match roots.is_empty() {
        true => Verifier::new(provider),
        false => Verifier::new_with_extra_roots(roots, provider),
    }
}

#[cfg(target_os = "android")]
fn verifier(
    roots: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, tokio_rustls::rustls::Error> {
    match roots.is_empty() {
        true => Verifier::new(provider),
        false => Err(tokio_rustls::rustls::Error::General("no more authorities here".to_owned())),
    }
}
