//! The pools of connections of a client.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Client, Url, redirect};

/// The consumer's own HTTP client, or two of ours. Each of those is made when it is first needed: loading the
/// certificates of the system takes its time.
pub(crate) enum Connections {
    Given(Client),
    Own {
        connect_timeout: Duration,
        /// Goes through the proxy of the environment or the system, if there is one.
        outside: OnceLock<Client>,
        /// Goes through none. A proxy for this very machine would be another machine: it would see key and
        /// secret in the clear, and cannot reach what listens here.
        loopback: OnceLock<Client>,
    },
}

impl Connections {
    pub(crate) fn own(connect_timeout: Duration) -> Self {
        Self::Own { connect_timeout, outside: OnceLock::new(), loopback: OnceLock::new() }
    }

    /// The client for an address.
    pub(crate) fn to(&self, url: &Url) -> Result<&Client, reqwest::Error> {
        let (connect_timeout, outside, loopback) = match self {
            Self::Given(client) => return Ok(client),
            Self::Own { connect_timeout, outside, loopback } => (*connect_timeout, outside, loopback),
        };
        let direct = is_loopback(url);
        let place = if direct { loopback } else { outside };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let client = make(connect_timeout, direct)?;
        Ok(place.get_or_init(|| client))
    }
}

fn make(connect_timeout: Duration, direct: bool) -> Result<Client, reqwest::Error> {
    let builder = Client::builder()
        .connect_timeout(connect_timeout)
        // A connection that the other side has closed for idleness breaks the next call on it, and
        // calls that change something are not repeated then. Gateways wait for a minute or more.
        .pool_idle_timeout(Duration::from_secs(30))
        .redirect(redirect::Policy::none())
        // What is repeated, and when, is decided in one place, by the endpoint's effect.
        .retry(reqwest::retry::never());
    if direct { builder.no_proxy() } else { builder }.build()
}

/// Whether a URL's host is this very machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let name = host.trim_end_matches('.');
    if name == "localhost" || name.ends_with(".localhost") {
        return true;
    }
    match host.trim_matches(['[', ']']).parse::<IpAddr>().map(|address| address.to_canonical()) {
        // Whoever connects to "any address" reaches this machine.
        Ok(address) => address.is_loopback() || address.is_unspecified(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_many_names() {
        for (url, is_local) in [
            ("http://localhost:8080", true),
            ("http://LOCALHOST", true),
            ("http://localhost.", true),
            ("http://simulator.localhost", true),
            ("http://127.0.0.1", true),
            ("http://127.1:80", true),
            ("http://127.8.9.10", true),
            ("http://2130706433", true),
            ("http://[::1]:80", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://0.0.0.0:9", true),
            ("http://localhost.example.com", false),
            ("http://notlocalhost", false),
            ("http://10.0.0.1", false),
            ("http://[fe80::1]", false),
            ("https://api.airudder.com", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), is_local, "{url}");
        }
    }
}
