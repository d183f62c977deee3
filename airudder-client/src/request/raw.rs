//! The escape hatch: calls to paths that the catalogue does not know.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde::Serialize;

use crate::call::{self, Content, Core, Plan, split_query};
use crate::catalogue::Effect;
use crate::catalogue::{Family, SuccessRule};
use crate::error::{Context, Error, mask};
use crate::http;
use crate::observe::CallKind;
use crate::response::{Payload, Reader, Received, Response};
use crate::wire::{self, PayloadSlot};

/// A call to any path, with the token, the retries and the envelope of its family. Made by
/// [`Client::raw`](crate::Client::raw).
///
/// ```no_run
/// use airudder_client::catalogue::Effect;
///
/// # async fn run(client: airudder_client::Client) -> Result<(), airudder_client::Error> {
/// let robots = client.raw("GET", "/service/cloud/robot").query("Page", 1).send().await?;
/// println!("{}", robots.data);
///
/// let counted = client
///     .raw("POST", "/service/cloud/v3/count")
///     .json(&serde_json::json!({"TaskID": "1"}))
///     .effect(Effect::Read) // a POST that only reads: it may be repeated
///     .send()
///     .await?;
/// # Ok(()) }
/// ```
#[must_use = "nothing is sent before `send` is called and awaited"]
pub struct RawRequest {
    core: Arc<Core>,
    method: String,
    path: String,
    family: Option<Family>,
    query: Vec<(String, String)>,
    json: Option<Result<Vec<u8>, String>>,
    effect: Option<Effect>,
    timeout: Option<Duration>,
}

impl RawRequest {
    pub(crate) fn new(core: Arc<Core>, method: &str, path: &str) -> Self {
        Self {
            core,
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            family: None,
            query: Vec::new(),
            json: None,
            effect: None,
            timeout: None,
        }
    }

    /// The family whose host, authentication and envelope are used. Default: that of the beginning of the
    /// path, else [`Family::Cloud`].
    pub fn family(mut self, family: Family) -> Self {
        self.family = Some(family);
        self
    }

    /// Adds a query parameter; it is encoded here.
    pub fn query(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.query.push((name.into(), value.to_string()));
        self
    }

    /// Sets the body. A value that cannot be written as JSON is reported by [`send`](Self::send).
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.json = Some(serde_json::to_vec(body).map_err(|error| problem(&error)));
        self
    }

    /// What the call does, which decides whether it may be repeated. Default: [`Effect::Read`] for GET, else
    /// [`Effect::Changes`].
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// How long one attempt may take.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends the call. The answer is the payload of the envelope, `null` if there is none.
    ///
    /// # Errors
    /// As any call, but for [`Error::Invalid`]: nothing is known of the path, so nothing is checked.
    pub async fn send(self) -> Result<Response<serde_json::Value>, Error> {
        let core = Arc::clone(&self.core);
        let context = self.context();
        let (shown, family, effect) = (context.endpoint.clone(), context.family, context.effect);
        let running = core.settings.begin_other(CallKind::Raw, shown, &self.method, family, effect);
        let plan = match self.plan(context) {
            Ok(plan) => plan,
            Err(error) => return Err(running.failed(error)),
        };
        let mut slot = PayloadSlot::<wire::Json>::default();
        let reply = call::send(&core, running, &plan, Some(&mut slot)).await?;
        Payload::read(Received { core, reply }, slot).await
    }

    fn context(&self) -> Context {
        let family = self.family.unwrap_or_else(|| family_of(&self.path));
        let effect = self.effect.unwrap_or(if self.method == "GET" { Effect::Read } else { Effect::Changes });
        // Without its query, which may be personal, and without longer numbers: it goes into errors and
        // traces.
        let shown = mask(self.path.split('?').next().unwrap_or_default(), 200);
        Context::new(format!("{} {shown}", self.method), family, effect)
    }

    fn plan(self, context: Context) -> Result<Plan, Error> {
        let (family, effect) = (context.family, context.effect);
        let method = Method::from_bytes(self.method.as_bytes())
            .map_err(|_| context.config("this is not an HTTP method"))?;
        if !self.path.starts_with('/') {
            return Err(context.config("the path must begin with a slash"));
        }
        let content = match self.json {
            None => Content::None,
            Some(Ok(json)) => Content::Json(json.into()),
            Some(Err(problem)) => {
                return Err(context.config(format!("the body cannot be written as JSON: {problem}")));
            }
        };
        let info = family.info();
        let query = http::encode(self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let (path, query) = split_query(self.path, query);
        Ok(Plan {
            family,
            method,
            query,
            headers: HeaderMap::new(),
            fields: &[],
            content,
            auth: info.auth,
            limits: self.core.settings.limits(self.timeout, 0),
            wants_file: false,
            any_answer: true,
            needs_fields: false,
            needs_code: effect != Effect::Read,
            success: SuccessRule::Envelope,
            payload_required: false,
            gives_token: false,
            path,
            context,
        })
    }
}

/// Shows neither query nor body.
impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("family", &self.family)
            .field("effect", &self.effect)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// The families have their own corners of the vendor's host.
fn family_of(path: &str) -> Family {
    let named = |family: &&Family| family.info().paths.iter().any(|start| path.starts_with(start));
    Family::ALL.iter().find(named).copied().unwrap_or(Family::ALL[0])
}

/// Why a value is no JSON, without what its own `Serialize` quotes of it.
fn problem(error: &serde_json::Error) -> String {
    mask(&wire::without_values(&error.to_string()), 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_by_path() {
        for (path, family) in [
            ("/service/cloud/robot", Family::Cloud),
            ("/service/callcenter/call/predict/createtask", Family::Callcenter),
            ("/service/sms/message/v2/send", Family::Sms),
            ("/api/v1/session/messages", Family::Chatbot),
            ("/elsewhere", Family::Cloud),
        ] {
            assert_eq!(family_of(path), family, "{path}");
        }
    }
}
