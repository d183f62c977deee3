//! Files that an answer only links to.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, LOCATION, USER_AGENT};

use super::{candidates, trust};
use crate::catalogue::Effect;
use crate::error::{self, Context, Error, HttpError, Masked, Raw, decode_error};
use crate::http::{self, Body, FileBody, Incoming, IncomingBody, Limits, Outgoing};
use crate::observe::Running;
use crate::retry::{self, Attempt, Failed, Operation};
use crate::settings::Settings;

const MAX_REDIRECTS: usize = 5;

/// The file behind a link.
pub(super) struct Linked {
    status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: FileBody,
}

/// Opens the file behind a link. It gets no token: links lead to storage on other hosts. Its attempts count
/// as attempts of the call that `context` is about.
pub(super) async fn follow(
    settings: &Settings,
    context: &mut Context,
    limits: Limits,
    link: &str,
    running: &mut Running,
) -> Result<Linked, Error> {
    let mut step = context.clone();
    step.during = Some("the linked file".into());
    // Reading a link changes nothing, whatever the call was that gave it.
    step.effect = Effect::Read;
    let mut operation = Link { settings, limits, text: link };
    let linked = retry::run(&settings.retry, &mut step, running, &mut operation).await?;
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

    fn status(linked: &Linked) -> Option<u16> {
        Some(linked.status)
    }

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
        let base = settings.hosts.url(context.family).map_err(|problem| unusable(&context, &problem))?;
        let mut url = candidates::whole(&base, self.text)
            .ok_or_else(|| unusable(&context, "the link is not a valid address"))?;
        for _ in 0..=MAX_REDIRECTS {
            if let Err(problem) = trust::check(settings, &base, &url).await {
                return Err(unusable(&context, problem));
            }
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, settings.user_agent.clone());
            headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
            let request = Outgoing { method: Method::GET, url: url.clone(), headers, body: Body::Empty };
            let Incoming { status, headers, body } = http::exchange(&settings.http, request, limits, true)
                .await
                .map_err(|failure| Failed::unanswered(failure, &context, limits))?;
            context.sent = true;
            match status {
                200..=299 => {
                    let (problem, bytes) = match body {
                        IncomingBody::File(body) => return Ok(Linked { status, headers, body }),
                        IncomingBody::Whole(bytes) if bytes.trim_ascii().is_empty() => {
                            ("there is no file (yet) behind the link, or a part of one only", bytes)
                        }
                        // Decrypted it cannot be: it comes from somebody else.
                        IncomingBody::Whole(bytes) if bytes.trim_ascii_start().starts_with(b"<") => {
                            ("the link leads to a web page, not to a file", bytes)
                        }
                        IncomingBody::Whole(bytes) => ("the link leads to a text, not to a recording", bytes),
                    };
                    let text = match error::excerpt(&bytes) {
                        shown if shown.is_empty() => problem.to_owned(),
                        shown => format!("{problem} ({shown})"),
                    };
                    return Err(Failed::fatal(decode_error(&context, None, String::new(), text, bytes)));
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
