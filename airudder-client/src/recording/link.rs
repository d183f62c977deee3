//! Files that an answer only links to.

use bytes::Bytes;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, LOCATION, USER_AGENT};
use reqwest::{Method, Url};

use crate::catalogue::Effect;
use crate::error::{self, Context, Error, HttpError, Masked, Raw, decode_error};
use crate::http::{self, Body, FileBody, Incoming, IncomingBody, Limits, Outgoing};
use crate::retry::{self, Attempt, Failed, Operation};
use crate::settings::{Settings, is_loopback};

const MAX_REDIRECTS: usize = 5;

/// The file behind a link.
pub(super) struct Linked {
    pub(super) headers: HeaderMap,
    pub(super) body: FileBody,
}

/// The first text of a payload that is a web address.
#[allow(clippy::wildcard_enum_match_arm, reason = "JSON has no further kinds")]
pub(super) fn first(json: &serde_json::Value) -> Option<&str> {
    match json {
        serde_json::Value::String(text) => {
            Some(text.trim()).filter(|t| t.starts_with("https://") || t.starts_with("http://"))
        }
        serde_json::Value::Array(values) => values.iter().find_map(first),
        serde_json::Value::Object(fields) => fields.values().find_map(first),
        _ => None,
    }
}

/// Opens the file behind a link. It gets no token: links lead to storage on other hosts. Its attempts count
/// as attempts of the call that `context` is about.
pub(super) async fn follow(
    settings: &Settings,
    context: &mut Context,
    limits: Limits,
    link: &str,
) -> Result<Linked, Error> {
    let mut step = context.clone();
    step.during = Some("the linked file".into());
    // Reading a link changes nothing, whatever the call was that gave it.
    step.effect = Effect::Read;
    let linked = retry::run(&settings.retry, &mut step, &mut Link { settings, limits, text: link }).await?;
    context.attempts = step.attempts;
    context.sent = true;
    Ok(linked)
}

struct Link<'a> {
    settings: &'a Settings,
    limits: Limits,
    text: &'a str,
}

impl Operation for Link<'_> {
    type Output = Linked;

    async fn attempt(&mut self, context: &Context) -> Attempt<Linked> {
        match self.open(context).await {
            Ok(linked) => Attempt::Done(linked),
            Err(failed) => Attempt::Failed(failed),
        }
    }
}

impl Link<'_> {
    /// Goes through all redirects.
    async fn open(&self, context: &Context) -> Result<Linked, Failed> {
        let Self { settings, limits, .. } = *self;
        let mut context = context.clone();
        let unusable = |context: &Context, problem: &str| {
            Failed::fatal(decode_error(context, None, String::new(), problem.to_owned(), Bytes::new()))
        };
        let mut url =
            Url::parse(self.text).map_err(|_| unusable(&context, "the link is not a valid address"))?;
        for _ in 0..=MAX_REDIRECTS {
            if !is_allowed(settings, &context, &url) {
                let problem = "the link is not to be trusted: it does not lead to https";
                return Err(unusable(&context, problem));
            }
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, settings.user_agent.clone());
            headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
            let request = Outgoing { method: Method::GET, url: url.clone(), headers, body: Body::Empty };
            let Incoming { status, headers, body } = http::exchange(&settings.http, &request, limits, true)
                .await
                .map_err(|failure| Failed::unanswered(failure, &context, limits))?;
            context.sent = true;
            match status {
                200..=299 => {
                    return Ok(Linked {
                        body: match body {
                            IncomingBody::File(body) => body,
                            IncomingBody::Whole(_) if is_page(&headers) => {
                                let problem = "the link leads to a web page, not to a file";
                                return Err(unusable(&context, problem));
                            }
                            IncomingBody::Whole(bytes) => FileBody::buffered(bytes),
                        },
                        headers,
                    });
                }
                301 | 302 | 303 | 307 | 308 => {
                    let target = headers.get(LOCATION).and_then(|value| value.to_str().ok());
                    url = target
                        .and_then(|target| url.join(target).ok())
                        .ok_or_else(|| unusable(&context, "the link redirects to nowhere"))?;
                }
                _ => return Err(refused(context, status, &headers, body)),
            }
        }
        Err(unusable(&context, "the link redirects too often"))
    }
}

fn refused(context: Context, status: u16, headers: &HeaderMap, body: IncomingBody) -> Failed {
    let raw = match body {
        IncomingBody::Whole(bytes) => bytes,
        IncomingBody::File(_) => Bytes::new(),
    };
    let retry_after = http::retry_after(headers);
    let error = Error::Http(Box::new(HttpError {
        context,
        status,
        content_type: http::content_type(headers),
        excerpt: Masked(error::excerpt(&raw)),
        retry_after,
        raw: Raw(raw),
    }));
    Failed::refused(error, status, retry_after)
}

/// Whether an answer is somebody's page about something.
fn is_page(headers: &HeaderMap) -> bool {
    http::content_type(headers).as_deref() == Some("text/html")
}

/// https, or the host that the client talks to anyway, or (in tests) another port of this machine.
fn is_allowed(settings: &Settings, context: &Context, url: &Url) -> bool {
    let Ok(base) = Url::parse(settings.base_url(context.family)) else {
        return false;
    };
    match url.scheme() {
        "https" => true,
        "http" if base.scheme() == "http" => {
            url.host() == base.host() || (is_loopback(url) && is_loopback(&base))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_link_counts() {
        assert_eq!(
            first(&json!({"a": 1, "b": ["x", {"url": " https://x.example/1.wav "}]})),
            Some("https://x.example/1.wav")
        );
        assert_eq!(first(&json!("http://x.example/1.wav")), Some("http://x.example/1.wav"));
        assert_eq!(first(&json!({"a": "ftp://x", "b": null})), None);
    }
}
