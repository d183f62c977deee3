//! Signing requests of the chatbot family.
//!
//! The chatbot endpoints want the headers `X-AIRudder-Sign` and `X-AIRudder-Sign-Key`. How the signature is
//! made is not public, so this crate ships no algorithm and guesses none: implement [`Signer`] with what the
//! vendor gave you.
//!
//! ```
//! use airudder_client::signer::{HeaderName, HeaderValue, SignError, SignRequest, Signer};
//!
//! struct OurSigner;
//!
//! impl Signer for OurSigner {
//!     fn sign(&self, request: &SignRequest<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, SignError> {
//!         // What the vendor told you:
//!         let signature = format!("{} {} {}", request.method, request.path, request.body.len());
//!         Ok(vec![
//!             (HeaderName::from_static("x-airudder-sign"), HeaderValue::from_str(&signature)?),
//!             (
//!                 HeaderName::from_static("x-airudder-sign-key"),
//!                 HeaderValue::from_static("00000000000000000000000000000001"),
//!             ),
//!         ])
//!     }
//! }
//!
//! let client = airudder_client::Client::builder().signer(OurSigner).build()?;
//! # Ok::<(), airudder_client::Error>(())
//! ```

use std::fmt;

pub use reqwest::header::{HeaderName, HeaderValue};

/// Why a signer could not sign.
pub type SignError = Box<dyn std::error::Error + Send + Sync>;

/// Makes the signature headers of a request. Given to the client with
/// [`ClientBuilder::signer`](crate::ClientBuilder::signer).
///
/// It is asked once per attempt, so a time in the signature is always fresh. It must not block.
pub trait Signer: Send + Sync {
    /// The headers to add to this request.
    ///
    /// # Errors
    /// Whatever goes wrong ends the call as [`Error::Auth`](crate::Error::Auth), with nothing sent.
    fn sign(&self, request: &SignRequest<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, SignError>;
}

/// What there is to sign: the request as it goes out.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct SignRequest<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The path, without host and query.
    pub path: &'a str,
    /// The query string as sent, without the `?`; empty if there is none.
    pub query: &'a str,
    /// The body as sent; empty if there is none, and for multipart forms, whose bytes are made only while
    /// they are sent.
    pub body: &'a [u8],
}

/// Shows neither query nor body: they hold personal data.
impl fmt::Debug for SignRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query_len", &self.query.len())
            .field("body_len", &self.body.len())
            .finish()
    }
}
