//! Signing a request with the customer's signer.

use reqwest::header::HeaderMap;

use super::signer::{SignRequest, Signer};
use crate::error::{AuthError, AuthFailure, Context, Error};

/// Adds the signature's headers.
pub(crate) fn sign(
    signer: Option<&dyn Signer>,
    context: &Context,
    request: &SignRequest<'_>,
    headers: &mut HeaderMap,
) -> Result<(), Error> {
    let Some(signer) = signer else {
        return Err(context.config(
            "calls of this family are signed (X-AIRudder-Sign), the algorithm is not public, and the client \
             has no signer: give one with `ClientBuilder::signer`",
        ));
    };
    let signature = signer.sign(request).map_err(|reason| {
        Error::Auth(Box::new(AuthError {
            context: context.clone(),
            failure: AuthFailure::Signer,
            code: None,
            status: None,
            message: None,
            source: Some(reason.into()),
        }))
    })?;
    headers.extend(signature.into_iter().map(|(name, mut value)| {
        value.set_sensitive(true);
        (Some(name), value)
    }));
    Ok(())
}
