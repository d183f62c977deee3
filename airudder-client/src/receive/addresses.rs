//! Addresses that messages may come from.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The header in which proxies say whom they speak for, oldest entry first.
const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// A list of addresses that messages may come from. The vendor publishes none: ask for theirs.
///
/// Behind a reverse proxy every connection comes from the proxy, which names the sender in `X-Forwarded-For`.
/// Anybody can send that header, so it is believed only as far as proxies of yours wrote it: it is read from
/// the right, and the first address that is no proxy of yours counts. The proxies must append to the header
/// or replace it, as they do by default; `Forwarded` (RFC 7239) is not read.
///
/// ```
/// use airudder_client::receive::Addresses;
///
/// // The vendor's addresses, and the load balancers' in front of this program.
/// let addresses = Addresses::new(["203.0.113.7", "198.51.100.0/24"])?.behind_proxies(["10.0.0.0/8"])?;
/// # Ok::<(), airudder_client::receive::AddressError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Addresses {
    allowed: Vec<IpNet>,
    proxies: Vec<IpNet>,
}

impl Addresses {
    /// These addresses and networks (`198.51.100.0/24`), of IPv4 or IPv6. None: nobody is let in.
    ///
    /// # Errors
    /// [`AddressError`] for a text that is neither.
    pub fn new(allowed: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, AddressError> {
        Ok(Self { allowed: networks(allowed)?, proxies: Vec::new() })
    }

    /// The proxies whose `X-Forwarded-For` is believed.
    ///
    /// # Errors
    /// [`AddressError`] for a text that is neither an address nor a network.
    pub fn behind_proxies(
        mut self,
        proxies: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, AddressError> {
        self.proxies = networks(proxies)?;
        Ok(self)
    }

    /// Whether a request from this peer, with these headers, may come in.
    pub(super) fn allow(&self, peer: IpAddr, headers: &HeaderMap) -> bool {
        self.sender(peer.to_canonical(), headers).is_some_and(|sender| holds(&self.allowed, sender))
    }

    /// Who sent a request; `None` where a proxy of ours does not say it in a form that can be read.
    fn sender(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        if !holds(&self.proxies, peer) {
            return Some(peer);
        }
        let mut sender = peer;
        // Several headers are one list.
        for value in headers.get_all(X_FORWARDED_FOR).iter().rev() {
            for entry in value.to_str().ok()?.rsplit(',') {
                sender = address(entry.trim())?;
                if !holds(&self.proxies, sender) {
                    return Some(sender);
                }
            }
        }
        Some(sender)
    }
}

/// A text that is no address and no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an IP address nor a network such as 198.51.100.0/24")]
pub struct AddressError(String);

fn networks(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Vec<IpNet>, AddressError> {
    let network = |text: &str| {
        let one = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
        one.or_else(|_| text.parse::<IpNet>()).map_err(|_| AddressError(text.to_owned()))
    };
    texts.into_iter().map(|text| network(text.as_ref().trim())).collect()
}

fn holds(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// An entry of the header: an address, also with a port, IPv6 then in brackets.
fn address(entry: &str) -> Option<IpAddr> {
    let bare = match entry.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => match entry.split_once(':') {
            Some((host, port)) if !port.contains(':') => host,
            _ => entry,
        },
    };
    Some(bare.parse::<IpAddr>().ok()?.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(addresses: &Addresses, peer: &str, forwarded: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(X_FORWARDED_FOR, value.parse().unwrap());
        }
        addresses.allow(peer.parse().unwrap(), &headers)
    }

    #[test]
    fn without_proxies_the_header_is_nobodys_word() {
        let addresses = Addresses::new(["203.0.113.7", "2001:db8::/32"]).unwrap();
        assert!(allow(&addresses, "203.0.113.7", &[]));
        assert!(allow(&addresses, "203.0.113.7", &["198.51.100.1"]));
        assert!(allow(&addresses, "2001:db8::1", &[]));
        assert!(allow(&addresses, "::ffff:203.0.113.7", &[]), "an IPv4 address on an IPv6 socket");
        assert!(!allow(&addresses, "203.0.113.8", &[]));
        assert!(!allow(&addresses, "203.0.113.8", &["203.0.113.7"]), "forged");
        assert!(!allow(&Addresses::new([""; 0]).unwrap(), "203.0.113.7", &[]), "none is nobody");
    }

    #[test]
    fn behind_proxies_the_last_address_that_is_none_of_them_counts() {
        let addresses = Addresses::new(["203.0.113.7"]).unwrap();
        let addresses = addresses.behind_proxies(["10.0.0.0/8", "fd00::1"]).unwrap();
        for forwarded in [
            &["203.0.113.7"][..],
            &["203.0.113.7, 10.0.0.2"],
            &["203.0.113.7", "10.0.0.2, fd00::1"],
            &["1.1.1.1, 203.0.113.7"],
            &["203.0.113.7:4711"],
            &["[::ffff:203.0.113.7]:4711,10.1.1.1:80"],
        ] {
            assert!(allow(&addresses, "10.0.0.1", forwarded), "{forwarded:?}");
        }
        for forged in [
            &["203.0.113.7, 1.1.1.1"][..],
            &["203.0.113.7", "1.1.1.1, 10.0.0.2"],
            &["203.0.113.7, unknown"],
            &["203.0.113.7, "],
            &["203.0.113.7, _hidden, 10.0.0.2"],
            &["\u{e9}"],
            &[],
            &["10.0.0.2"],
        ] {
            assert!(!allow(&addresses, "10.0.0.1", forged), "{forged:?}");
        }
        assert!(!allow(&addresses, "1.1.1.1", &["203.0.113.7"]), "no proxy of ours");
        assert!(allow(&addresses, "203.0.113.7", &[]), "past the proxies");
    }

    #[test]
    fn what_is_no_address_is_named() {
        let error = Addresses::new(["203.0.113.7", "example.com"]).unwrap_err();
        assert!(error.to_string().contains("`example.com`"), "{error}");
        assert!(Addresses::new(["1.1.1.1"]).unwrap().behind_proxies(["10.0.0.0/33"]).is_err());
    }
}
