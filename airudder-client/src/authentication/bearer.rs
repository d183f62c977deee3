//! API keys, as the header that carries them.

use reqwest::header::HeaderValue;
use secrecy::ExposeSecret;

use super::credentials::Credentials;
use crate::error::{Context, Error};

/// The header `Authorization` of a family that takes an API key.
pub(crate) fn bearer(credentials: Option<&Credentials>, context: &Context) -> Result<HeaderValue, Error> {
    let Some(Credentials::ApiKey(key)) = credentials else {
        return Err(context.config(
            "calls of this family carry an API key and the client has none: give it with \
             `ClientBuilder::family(family, |f| f.api_key(key))`",
        ));
    };
    let mut header = HeaderValue::try_from(format!("Bearer {}", key.expose_secret().trim()))
        .map_err(|_| context.config("the API key has characters that no HTTP header can hold"))?;
    header.set_sensitive(true);
    Ok(header)
}
