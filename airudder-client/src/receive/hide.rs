//! Takes the secret out of a request's URI, for layers that log it.

use axum::extract::{OriginalUri, Request, State};
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::middleware::Next;
use axum::response::Response;

use super::presented::{Hidden, secret_of};
use super::receiver::Receiver;

/// What stands in its place.
const HIDDEN: &str = "-";

/// A middleware that takes the secret out of the URI, before layers that log it see it: add it last, so that
/// it is the outermost. What stands where the secret belongs, right or wrong, becomes `-`, and so does each
/// segment that is a secret of this receiver, wherever it stands. (Where a router is held by `nest_service`,
/// which hides its paths, and in paths that no route has, it is the right secrets alone.)
///
/// axum itself and this crate log no URI, and axum's `MatchedPath` is the template of the route
/// (`/{secret}/{name}`). But `tower_http::trace::TraceLayer` logs the URI if it is not told otherwise, as
/// reverse proxies do: see to theirs too.
///
/// ```
/// use airudder_client::receive::{self, Authenticator, Delivery, Receiver, Secret};
/// use axum::{Router, middleware};
///
/// let receiver = Receiver::new(Authenticator::secret(Secret::new("kZ0vQx7w2uYbN4mEr9TfLs1p")?));
/// let inbox = |_: Delivery| async { Ok::<_, std::io::Error>(()) };
/// let router: Router = receiver
///     .clone()
///     .routes()
///     .all()
///     .router(inbox)?
///     // .layer(TraceLayer::new_for_http())
///     .layer(middleware::from_fn_with_state(receiver, receive::hide_secret));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub async fn hide_secret(State(receiver): State<Receiver>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if parts.extensions.get::<Hidden>().is_none() {
        let original = parts.extensions.get::<OriginalUri>().map(|original| original.0.clone());
        let uri = original.unwrap_or_else(|| parts.uri.clone());
        let is_secret = |segment: &str| receiver.authenticator().is_secret(segment);
        // A router that is held as a service has not been asked yet: then it is the segment that is right.
        let secret = match secret_of(&mut parts).await {
            Some(secret) => Some(secret),
            None => segments(&uri).find(|segment| is_secret(segment)),
        };
        let hidden = |segment: &str| secret.as_deref() == Some(segment) || is_secret(segment);
        parts.uri = without(&parts.uri, hidden);
        if let Some(OriginalUri(original)) = parts.extensions.get_mut::<OriginalUri>() {
            *original = without(original, hidden);
        }
        parts.extensions.insert(Hidden { secret, uri });
    }
    next.run(Request::from_parts(parts, body)).await
}

/// The segments of the path, unescaped.
fn segments(uri: &Uri) -> impl Iterator<Item = String> {
    uri.path().split('/').map(unescaped)
}

fn unescaped(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// The URI with `-` for these segments of its path.
fn without(uri: &Uri, is_secret: impl Fn(&str) -> bool) -> Uri {
    let hide = |segment: &str| {
        if is_secret(&unescaped(segment)) { HIDDEN.to_owned() } else { segment.to_owned() }
    };
    let path: Vec<String> = uri.path().split('/').map(hide).collect();
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    // What could not be put together again shows nothing.
    let text = format!("{}{query}", path.join("/"));
    parts.path_and_query = Some(text.parse().unwrap_or_else(|_| PathAndQuery::from_static("/")));
    Uri::from_parts(parts).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_hidden_also_where_they_are_escaped() {
        for (uri, left) in [
            ("/s3cret/a.b", "/-/a.b"),
            ("/%73%33cret/a.b?x=1", "/-/a.b?x=1"),
            ("/a/s3cret", "/a/-"),
            ("http://host:1/s3cret/s3cret/x/", "http://host:1/-/-/x/"),
            ("/a/s3cret2", "/a/s3cret2"),
            ("*", "*"),
        ] {
            let hidden = without(&uri.parse().unwrap(), |segment| segment == "s3cret");
            assert_eq!(hidden.to_string(), left);
        }
    }
}
