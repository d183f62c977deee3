//! What a request presents: the secret in its path, and the path as it came.

use std::fmt;

use axum::extract::{FromRequestParts as _, OriginalUri, RawPathParams};
use axum::http::Uri;
use axum::http::request::Parts;

/// The parameter of a path that holds the secret.
pub(super) const SECRET: &str = "secret";

/// The secret that stood in the path, and the whole URI. `Debug` shows neither.
#[derive(Clone)]
pub(super) struct Hidden {
    pub(super) secret: Option<String>,
    pub(super) uri: Uri,
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(<redacted>)")
    }
}

/// The secret that a request has brought.
pub(super) async fn secret_of(parts: &mut Parts) -> Option<String> {
    if let Some(secret) = parts.extensions.get::<Hidden>().and_then(|hidden| hidden.secret.clone()) {
        return Some(secret);
    }
    let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    // Where routers are nested, the innermost comes last.
    params.iter().filter(|(name, _)| *name == SECRET).last().map(|(_, value)| value.to_owned())
}

/// The URI as it came: routers that hold others cut it, and a layer may have taken the secret out of it.
pub(super) fn original_uri(parts: &Parts) -> &Uri {
    let hidden = parts.extensions.get::<Hidden>().map(|hidden| &hidden.uri);
    hidden.or_else(|| parts.extensions.get::<OriginalUri>().map(|original| &original.0)).unwrap_or(&parts.uri)
}
