//! Where a request comes from. Whoever connects can write forwarding headers: they are believed from trusted proxies alone (S36).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap, HeaderName};

use crate::Network;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED: HeaderName = HeaderName::from_static("forwarded");

/// The address of the other end of the connection; behind a trusted proxy, the address that the proxy names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The address as text, when the request came through a connection.
    pub(crate) fn of(extensions: &Extensions) -> Option<String> {
        extensions.get::<Self>().map(|address| address.0.to_string())
    }

    /// The address, when the request came through a connection.
    pub(crate) fn ip(extensions: &Extensions) -> Option<IpAddr> {
        extensions.get::<Self>().map(|address| address.0)
    }

    /// The address, or its network: whoever has one address of version 6 has as many as she likes in its network of 64 bits.
    pub(crate) fn network(&self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        }
    }

    /// The client behind trusted proxies: each proxy adds the address it was reached from at the end, so the list is read from its
    /// end, and the first address that is no trusted proxy is the client. What stands before it was written by the client.
    ///
    /// A proxy sets one of the two headers and lets the other through. If both are there and differ, one is forged, and the
    /// connection's own address counts.
    pub(super) fn behind(self, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let is_proxy = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
        if !is_proxy(self.0) {
            return self;
        }
        let client = |hops: Vec<Option<IpAddr>>| {
            let mut client = self.0;
            for hop in hops.into_iter().rev() {
                // What cannot be read ends what can be believed.
                let Some(hop) = hop else { break };
                client = hop.to_canonical();
                if !is_proxy(client) {
                    break;
                }
            }
            client
        };
        let hops = |name: &HeaderName, read: fn(&str) -> Option<IpAddr>| {
            let mut found = Vec::new();
            for value in headers.get_all(name) {
                match value.to_str() {
                    Ok(text) => found.extend(text.split(',').map(|hop| read(hop.trim()))),
                    Err(_) => found.push(None),
                }
            }
            (!found.is_empty()).then(|| client(found))
        };
        let found = match (hops(&X_FORWARDED_FOR, address), hops(&FORWARDED, forwarded)) {
            (Some(one), Some(other)) if one != other => {
                tracing::warn!("X-Forwarded-For and Forwarded name different clients: neither is believed");
                None
            }
            (one, other) => one.or(other),
        };
        found.map_or(self, Self)
    }
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

/// The `for` of one element of `Forwarded` (RFC 7239 §4): `for="[2001:db8::1]:4711";proto=https`.
fn forwarded(element: &str) -> Option<IpAddr> {
    let value = element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim())
    })?;
    address(value.trim_matches('"'))
}

impl From<SocketAddr> for ClientAddress {
    fn from(address: SocketAddr) -> Self {
        Self(address.ip().to_canonical())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::{ClientAddress, FORWARDED, X_FORWARDED_FOR};

    #[test]
    fn l36_addresses_of_one_network_of_version_6_are_one() {
        let network = |text: &str| ClientAddress(text.parse().unwrap()).network().to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("203.0.113.9"), "203.0.113.9");
    }

    fn client(peer: &str, trusted: &[&str], headers: &[(&str, &str)]) -> String {
        let trusted: Vec<_> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = if *name == "xff" { X_FORWARDED_FOR } else { FORWARDED };
            map.append(name, value.parse().unwrap());
        }
        ClientAddress(peer.parse().unwrap()).behind(&map, &trusted).0.to_string()
    }

    #[test]
    fn s36_forwarding_headers_are_believed_from_trusted_proxies_alone() {
        let sent = [("xff", "203.0.113.9"), ("forwarded", "for=203.0.113.9")];
        assert_eq!(client("198.51.100.1", &[], &sent), "198.51.100.1");
        assert_eq!(client("198.51.100.1", &["10.0.0.0/8"], &sent), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["10.0.0.0/8"], &sent), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["10.0.0.0/8"], &[]), "10.0.0.1");
    }

    #[test]
    fn s36_what_a_client_has_put_in_front_is_not_believed() {
        let trusted = ["10.0.0.0/8"];
        assert_eq!(client("10.0.0.1", &trusted, &[("xff", "1.1.1.1, 203.0.113.9")]), "203.0.113.9");
        assert_eq!(
            client("10.0.0.1", &trusted, &[("xff", "1.1.1.1"), ("xff", "203.0.113.9, 10.0.0.2")]),
            "203.0.113.9"
        );
        assert_eq!(client("10.0.0.1", &trusted, &[("xff", "1.1.1.1, junk, 10.0.0.2")]), "10.0.0.2");
        assert_eq!(
            client("10.0.0.1", &trusted, &[("xff", "10.1.1.1, 10.0.0.2")]),
            "10.1.1.1",
            "all are proxies"
        );
        let both = [("xff", "203.0.113.9"), ("forwarded", "for=1.1.1.1")];
        assert_eq!(client("10.0.0.1", &trusted, &both), "10.0.0.1", "one of the two is forged");
    }

    #[test]
    fn s36_addresses_are_read_in_every_form_that_proxies_write() {
        let trusted = ["10.0.0.0/8"];
        for (name, value, expected) in [
            ("xff", "203.0.113.9:4711", "203.0.113.9"),
            ("xff", "2001:db8::1", "2001:db8::1"),
            ("xff", "[2001:db8::1]:4711", "2001:db8::1"),
            ("xff", "::ffff:203.0.113.9", "203.0.113.9"),
            ("forwarded", "for=1.1.1.1, For=\"[2001:db8::1]:4711\";proto=https", "2001:db8::1"),
            ("forwarded", "proto=https;for=203.0.113.9", "203.0.113.9"),
            ("forwarded", "for=_hidden", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", &trusted, &[(name, value)]), expected, "{value}");
        }
    }
}
