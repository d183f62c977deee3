//! Which links are followed. Whoever makes an answer or a webhook's message makes its links, and nobody signs
//! those: they must not lead into the network that this program runs in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

use crate::settings::{Settings, is_loopback};

/// Whether a link is followed, or why not.
pub(super) async fn check(settings: &Settings, base: &Url, url: &Url) -> Result<(), &'static str> {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    let is_named = settings.link_hosts.contains(&host);
    match url.scheme() {
        "https" => {}
        // The host that the client talks to anyway, or (in tests) another port of this machine.
        "http"
            if base.scheme() == "http"
                && (url.host() == base.host() || (is_loopback(url) && is_loopback(base))) => {}
        "http" if is_named => {}
        _ => return Err("the link is not to be trusted: it does not lead to https"),
    }
    let is_at_home = is_named || url.host() == base.host() || is_private_host(base).await;
    match !is_at_home && is_private_host(url).await {
        true => Err("the link is not to be trusted: it leads into a private network. Allow its host with \
                     `ClientBuilder::allow_link_host` if it is yours"),
        false => Ok(()),
    }
}

/// Whether a URL's host is an address that is not of the internet, or a name of one.
async fn is_private_host(url: &Url) -> bool {
    let (address, name) = match url.host() {
        Some(url::Host::Ipv4(address)) => (Some(IpAddr::V4(address)), ""),
        Some(url::Host::Ipv6(address)) => (Some(IpAddr::V6(address)), ""),
        Some(url::Host::Domain(name)) => (None, name.trim_end_matches('.')),
        None => return true,
    };
    if let Some(address) = address {
        return is_private(address);
    }
    if is_private_name(name) {
        return true;
    }
    // What cannot be resolved here may be for a proxy to resolve.
    let port = url.port_or_known_default().unwrap_or(443);
    match tokio::net::lookup_host((name, port)).await {
        Ok(mut addresses) => addresses.any(|address| is_private(address.ip())),
        Err(_) => false,
    }
}

/// Whether a name is one of this machine or of a network's own.
fn is_private_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let of_network = ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "localdomain"];
    let last = name.rsplit('.').next().unwrap_or_default();
    // A name without a dot is one of the network's.
    of_network.contains(&last) || !name.contains('.')
}

/// Whether an address is not of the internet.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || first == 0
        || first >= 240
        // Shared by providers, and of their own use; benchmarks.
        || (first == 100 && second & 0xc0 == 64)
        || (first == 192 && second == 0 && third == 0)
        || (first == 198 && second & 0xfe == 18)
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let last_four = || {
        let [.., high, low] = segments;
        Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
    };
    match segments {
        // An address of the other kind in disguise: mapped, compatible, translated.
        [0, 0, 0, 0, 0, 0xffff | 0, ..] | [0x64, 0xff9b, ..] => is_private_v4(last_four()),
        [0x2002, high, low, ..] => is_private_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))),
        [first, second, ..] => {
            address.is_multicast()
                || first & 0xfe00 == 0xfc00
                || first & 0xffc0 == 0xfe80
                || first & 0xffc0 == 0xfec0
                || (first == 0x2001 && second == 0x0db8)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_private_networks_are_known_in_any_disguise() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
        ] {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]
        {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn names_of_private_networks_are_known() {
        for private in
            ["localhost", "a.localhost", "metadata.google.internal", "printer.local", "storage", "nas.lan"]
        {
            assert!(is_private_name(private), "{private}");
        }
        assert!(!is_private_name("files.example.com") && !is_private_name("internal.example.com"));
    }

    #[tokio::test]
    async fn numbers_and_other_spellings_of_an_address_are_that_address() {
        for link in ["https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://[::ffff:7f00:1]/"] {
            assert!(is_private_host(&Url::parse(link).unwrap()).await, "{link}");
        }
    }
}
