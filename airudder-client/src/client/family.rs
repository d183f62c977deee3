//! Settings of a single family.

use secrecy::SecretString;

use crate::authentication::Credentials;

/// Settings of one family of endpoints, which go before those of the client. See [`ClientBuilder::family`].
///
/// [`ClientBuilder::family`]: crate::ClientBuilder::family
#[must_use]
#[derive(Default)]
pub struct FamilyBuilder {
    pub(super) credentials: Option<Credentials>,
    pub(super) base_url: Option<String>,
}

impl FamilyBuilder {
    /// The API key, for families that take one (`Authorization: Bearer`).
    pub fn api_key(mut self, key: impl Into<SecretString>) -> Self {
        self.credentials = Some(Credentials::api_key(&key.into()));
        self
    }

    /// Application key and secret for this family alone.
    pub fn credentials(mut self, key: impl Into<SecretString>, secret: impl Into<SecretString>) -> Self {
        self.credentials = Some(Credentials::key_and_secret(&key.into(), &secret.into()));
        self
    }

    /// The host of this family, in place of the vendor's. It must be https, as [`ClientBuilder::base_url`]
    /// says.
    ///
    /// [`ClientBuilder::base_url`]: crate::ClientBuilder::base_url
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }
}
