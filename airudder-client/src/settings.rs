//! What a client was set up with, ready for use: hosts, paths, limits.

mod additions;
mod hosts;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use reqwest::header::HeaderValue;
use tokio::sync::Semaphore;

pub(crate) use self::additions::Additions;
pub(crate) use self::hosts::Hosts;
use crate::catalogue::{Effect, Endpoint, Family};
use crate::check::{self, Violation};
use crate::encryption;
use crate::error::{Context, Error, UnconfirmedError};
pub(crate) use crate::http::is_loopback;
use crate::http::{Connections, Limits};
use crate::observe::{CallKind, Details, Gate, Observers, Running, Subject};
use crate::retry::RetryPolicy;
use crate::wire::{self, Struct};

pub(crate) struct Settings {
    pub(crate) http: Connections,
    pub(crate) hosts: Hosts,
    /// Paths by endpoint key that take the place of the catalogue's.
    pub(crate) paths: HashMap<String, String>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Option<Duration>,
    /// The zone in which the vendor takes local times.
    pub(crate) zone: Option<TimeZone>,
    pub(crate) retry: RetryPolicy,
    pub(crate) max_response_bytes: usize,
    pub(crate) max_file_bytes: u64,
    /// Hosts of links that are followed though they are private.
    pub(crate) link_hosts: Vec<String>,
    pub(crate) encryption: Option<Encryption>,
    pub(crate) concurrency: Option<Arc<Semaphore>>,
    pub(crate) observers: Observers,
    /// Closed with the client.
    pub(crate) gate: Arc<Gate>,
    pub(crate) additions: Additions,
}

pub(crate) struct Encryption {
    pub(crate) key: encryption::Key,
    pub(crate) content_type: HeaderValue,
}

impl Settings {
    /// A call to an endpoint begins.
    pub(crate) fn begin(&self, endpoint: &'static Endpoint) -> Running {
        self.begin_kind(CallKind::Endpoint, endpoint)
    }

    /// A call for a token begins, that the client makes itself.
    pub(crate) fn begin_token(&self, endpoint: &'static Endpoint) -> Running {
        self.begin_kind(CallKind::Token, endpoint)
    }

    fn begin_kind(&self, kind: CallKind, endpoint: &'static Endpoint) -> Running {
        let subject = Subject {
            kind,
            endpoint: endpoint.key.into(),
            family: endpoint.family,
            effect: endpoint.effect,
            method: endpoint.method.as_str(),
        };
        Running::begin(&self.observers, &self.gate, subject, || {
            let own = self.paths.get(endpoint.key).map(String::as_str);
            let template = own.or(endpoint.path).and_then(|path| path.split('?').next());
            self.details(endpoint.family, template.map(str::to_owned))
        })
    }

    /// A call begins that is not to an endpoint. `shown` says what it is.
    pub(crate) fn begin_other(
        &self,
        kind: CallKind,
        shown: Cow<'static, str>,
        method: &str,
        family: Family,
        effect: Effect,
    ) -> Running {
        let subject = Subject { kind, endpoint: shown, family, effect, method };
        Running::begin(&self.observers, &self.gate, subject, || match kind {
            // Where a link leads is not the family's host.
            CallKind::Link => Details { address: None, port: None, template: None },
            CallKind::Endpoint | CallKind::Raw | CallKind::Token => self.details(family, None),
        })
    }

    fn details(&self, family: Family, template: Option<String>) -> Details {
        let url = self.hosts.url(family).ok();
        Details {
            address: url.as_ref().and_then(|url| url.host_str().map(str::to_owned)),
            port: url.as_ref().and_then(|url| url.port_or_known_default()),
            template,
        }
    }

    /// The key of encrypted calls, as it may stand in a text.
    pub(crate) fn encryption_key(&self) -> Option<&str> {
        self.encryption.as_ref()?.key.text()
    }

    /// The path of an endpoint.
    pub(crate) fn path(&self, endpoint: &'static Endpoint) -> Result<&str, Error> {
        match (self.paths.get(endpoint.key), endpoint.path) {
            (Some(path), _) => Ok(path),
            (None, Some(path)) => Ok(path),
            (None, None) => {
                let context = Context::of(endpoint);
                Err(Error::Unconfirmed(Box::new(UnconfirmedError { context })))
            }
        }
    }

    /// A request's fields as JSON, local times in the zone of the account, with what the client adds.
    pub(crate) fn encode<T: Struct>(
        &self,
        endpoint: &'static Endpoint,
        request: &T,
    ) -> Result<Vec<u8>, serde_json::Error> {
        let json = wire::in_zone(self.zone.as_ref(), || wire::encode(request))?;
        self.additions.add(endpoint, json)
    }

    /// The same, and what is wrong with it.
    pub(crate) fn encode_checked<T: Struct>(
        &self,
        endpoint: &'static Endpoint,
        request: &T,
    ) -> Result<(Vec<u8>, Vec<Violation>), serde_json::Error> {
        if self.additions.concern(endpoint) {
            // What is added is to be checked too.
            let json = self.encode(endpoint, request)?;
            let violations = self.check(endpoint, &json);
            return Ok((json, violations));
        }
        let now = self.now();
        wire::in_zone(self.zone.as_ref(), || {
            check::encode(endpoint.request, endpoint.family, now.as_ref(), request)
        })
    }

    /// The present of the account, where its zone is known.
    fn now(&self) -> Option<Zoned> {
        self.zone.as_ref().map(|zone| Timestamp::now().to_zoned(zone.clone()))
    }

    /// What is wrong with a request. What day and time it is for the vendor is known where the account's zone
    /// is.
    pub(crate) fn check(&self, endpoint: &'static Endpoint, json: &[u8]) -> Vec<Violation> {
        match self.now() {
            Some(now) => check::check_at(endpoint.request, endpoint.family, json, &now),
            None => check::check(endpoint.request, endpoint.family, json),
        }
    }

    /// How long an attempt may take and how long an answer may be. `own` is the call's own time-out.
    pub(crate) fn limits(&self, own: Option<Duration>, usual_secs: u32) -> Limits {
        let usual = Duration::from_secs(if usual_secs == 0 { 60 } else { usual_secs.into() });
        Limits {
            timeout: own.or(self.timeout).unwrap_or(usual),
            max_bytes: self.max_response_bytes,
            max_file_bytes: self.max_file_bytes,
        }
    }
}
