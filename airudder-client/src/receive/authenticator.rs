//! Who may send messages here.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::{HeaderMap, Method};

use super::addresses::Addresses;
use super::secret::{self, Secret};

/// How the sender of a message is known. There is no receiver without one, and none that lets everybody in.
///
/// The vendor documents no signature for most webhooks, and the algorithm of none. What works without one is
/// a secret in the URL's path, and a list of addresses; [`and_verifier`](Self::and_verifier) is for the day
/// on which the vendor tells you more. What is combined must hold together.
///
/// ```
/// use airudder_client::receive::{Addresses, Authenticator, Secret};
///
/// let current = Secret::new("kZ0vQx7w2uYbN4mEr9TfLs1p")?;
/// let previous = Secret::new("Tq8sWd3jHc6nBv5xKa2gPy7r")?; // until the vendor has the new URL
/// let authenticator =
///     Authenticator::secrets(current, [previous]).and_addresses(Addresses::new(["203.0.113.0/24"])?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Authenticator {
    secrets: Vec<Secret>,
    addresses: Option<Addresses>,
    verifier: Option<Arc<dyn Verifier>>,
}

impl Authenticator {
    /// A secret, as a segment of the path.
    pub fn secret(secret: Secret) -> Self {
        Self::secrets(secret, [])
    }

    /// Any of several secrets: while one takes the place of another.
    pub fn secrets(secret: Secret, others: impl IntoIterator<Item = Secret>) -> Self {
        let secrets = std::iter::once(secret).chain(others).collect();
        Self { secrets, addresses: None, verifier: None }
    }

    /// Addresses alone. Where others can reach the program from the same network, add a secret.
    pub fn addresses(addresses: Addresses) -> Self {
        Self { secrets: Vec::new(), addresses: Some(addresses), verifier: None }
    }

    /// A verifier alone.
    pub fn verifier(verifier: impl Verifier + 'static) -> Self {
        Self { secrets: Vec::new(), addresses: None, verifier: Some(Arc::new(verifier)) }
    }

    /// And one of these addresses.
    pub fn and_addresses(mut self, addresses: Addresses) -> Self {
        self.addresses = Some(addresses);
        self
    }

    /// And what a verifier says.
    pub fn and_verifier(mut self, verifier: impl Verifier + 'static) -> Self {
        self.verifier = Some(Arc::new(verifier));
        self
    }

    /// Whether the path has a secret.
    pub(super) fn has_secret(&self) -> bool {
        !self.secrets.is_empty()
    }

    /// Whether the address of the sender must be known.
    pub(super) fn has_addresses(&self) -> bool {
        self.addresses.is_some()
    }

    /// What can be told before the body is read. `peer`: the other end of the connection.
    pub(super) fn lets_in(&self, peer: Option<IpAddr>, headers: &HeaderMap, secret: Option<&str>) -> bool {
        let address = match &self.addresses {
            Some(addresses) => peer.is_some_and(|peer| addresses.allow(peer, headers)),
            None => true,
        };
        address && (!self.has_secret() || secret.is_some_and(|secret| self.is_secret(secret)))
    }

    /// Whether this segment of a path is a secret.
    pub(super) fn is_secret(&self, segment: &str) -> bool {
        secret::is_one_of(&self.secrets, segment)
    }

    /// What the verifier says, if there is one.
    pub(super) async fn verify(&self, request: VerifyRequest<'_>) -> Result<Verdict, VerifyError> {
        match &self.verifier {
            Some(verifier) => verifier.verify(request).await,
            None => Ok(Verdict::Genuine),
        }
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("secrets", &self.secrets.len())
            .field("addresses", &self.addresses)
            .field("verifier", &self.verifier.is_some())
            .finish()
    }
}

/// Why a verifier could not tell.
pub type VerifyError = Box<dyn std::error::Error + Send + Sync>;

/// What a verifier returns.
pub type VerifyFuture<'a> = Pin<Box<dyn Future<Output = Result<Verdict, VerifyError>> + Send + 'a>>;

/// Tells genuine messages from forged ones, by their bytes and headers. How the vendor signs messages
/// (`X-AIRudder-Sign`) is not public, so this crate ships no algorithm and guesses none: implement this with
/// what the vendor gave you, and compare in constant time. It may wait, say for a service that keeps keys.
///
/// ```
/// use airudder_client::receive::{Authenticator, Verdict, Verifier, VerifyFuture, VerifyRequest};
///
/// struct OurVerifier;
///
/// impl Verifier for OurVerifier {
///     fn verify<'a>(&'a self, request: VerifyRequest<'a>) -> VerifyFuture<'a> {
///         Box::pin(async move {
///             let signature = request.headers.get("x-airudder-sign");
///             // What the vendor told you; this is no algorithm of theirs.
///             let right = signature.is_some_and(|s| s.len() == request.body.len());
///             Ok(if right { Verdict::Genuine } else { Verdict::Forged })
///         })
///     }
/// }
///
/// let authenticator = Authenticator::verifier(OurVerifier);
/// ```
pub trait Verifier: Send + Sync {
    /// Tells whether a message is genuine.
    ///
    /// # Errors
    /// Where it cannot tell now: the message is refused with 503, so that it comes again.
    fn verify<'a>(&'a self, request: VerifyRequest<'a>) -> VerifyFuture<'a>;
}

/// What a verifier has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It comes from the vendor.
    Genuine,
    /// It does not, or not as it is.
    Forged,
}

/// What there is to verify: the message as it came.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct VerifyRequest<'a> {
    /// The HTTP method.
    pub method: &'a Method,
    /// The path as it came, with the secret in it.
    pub path: &'a str,
    /// The query string as it came, without the `?`; empty if there is none.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body as it came: not decompressed, not decrypted.
    pub body: &'a [u8],
}

/// Shows neither path, query nor body: they hold the secret and personal data.
impl fmt::Debug for VerifyRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyRequest")
            .field("method", &self.method)
            .field("headers", &self.headers.len())
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}
