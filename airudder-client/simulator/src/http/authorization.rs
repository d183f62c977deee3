//! Who may call: tokens, keys and signature headers.

use airudder_client::catalogue::{Auth, Code, Endpoint};
use axum::http::{HeaderMap, HeaderValue, header};

use crate::endpoints::failure::{Failure, family};
use crate::http::shared::Shared;
use crate::world::World;

/// Whether the request may be answered at all.
pub(super) fn authorize(
    shared: &Shared,
    world: &World,
    endpoint: &'static Endpoint,
    headers: &HeaderMap,
) -> Result<(), Failure> {
    match endpoint.auth {
        Auth::None => Ok(()),
        Auth::Bearer => {
            let key = after_scheme(headers, &["Bearer"]);
            let good = match &shared.credentials {
                Some((good, _)) => key == Some(good.as_str()),
                None => key.is_some_and(|key| !key.is_empty()),
            };
            if good { Ok(()) } else { Err(Failure::unauthorized(token_code(endpoint))) }
        }
        Auth::Token(auth) => {
            // Token is documented; Bearer is what one public client sends.
            let token = after_scheme(headers, &["Token", "Bearer"]);
            let good = token.is_some_and(|token| world.tokens.accepts(auth.endpoint.key, token, world.now));
            if good { Ok(()) } else { Err(Failure::unauthorized(token_code(endpoint))) }
        }
        Auth::Signature => {
            let there =
                ["X-AIRudder-Sign", "X-AIRudder-Sign-Key"].iter().all(|name| headers.contains_key(*name));
            let mut failure = Failure::unauthorized(token_code(endpoint));
            "the headers X-AIRudder-Sign and X-AIRudder-Sign-Key are missing"
                .clone_into(&mut failure.message);
            if there { Ok(()) } else { Err(failure) }
        }
    }
}

/// What follows the name of a scheme, which is the same in capitals and small letters.
fn after_scheme<'a>(headers: &'a HeaderMap, schemes: &[&str]) -> Option<&'a str> {
    let (scheme, rest) = text(headers, header::AUTHORIZATION.as_str())?.split_once(' ')?;
    schemes.iter().any(|known| known.eq_ignore_ascii_case(scheme)).then_some(rest)
}

/// How to come in, for who was not let in.
pub(super) fn challenge(endpoint: &Endpoint) -> Option<HeaderValue> {
    let scheme = match endpoint.auth {
        Auth::Bearer => "Bearer",
        Auth::Token(_) => "Token",
        Auth::Signature => "Signature",
        Auth::None => return None,
    };
    HeaderValue::try_from(format!("{scheme} realm=\"{}\"", endpoint.family)).ok()
}

/// The code for a bad token; 401 where the family has none of its own (made up).
pub(super) fn token_code(endpoint: &Endpoint) -> Code {
    family(endpoint).token_codes.first().copied().unwrap_or(Code::Number(401))
}

pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
