//! Which addresses may be reached (threat S39): those of the public internet, and those that the operator has listed.
//!
//! A name is resolved once for a connection, and the connection goes to the very addresses that were checked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Networks that are not public and may be reached all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedNetworks(Vec<IpNet>);

/// The text is no list of networks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no network: write networks such as 10.1.0.0/16 or fd00::/8, or addresses, with commas between"
)]
pub struct InvalidNetwork(String);

impl FromStr for AllowedNetworks {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| {
            let address = || part.parse::<IpAddr>().ok().map(IpNet::from);
            part.parse().ok().or_else(address).ok_or_else(|| InvalidNetwork(part.to_owned()))
        };
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

/// Why an address may not be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no address of the public internet.
    #[error(
        "{0} is an address inside a network; if it may be reached from here, list it in outbound_allow_private"
    )]
    Private(IpAddr),
    /// It is, and the request would go there without TLS.
    #[error("{0} is not listed in outbound_allow_private: elsewhere only https is used")]
    Plain(IpAddr),
    /// The request would go to a name without TLS, and nothing is listed that it could lead to.
    #[error(
        "without TLS only what outbound_allow_private lists is reached, and it lists nothing: write https://"
    )]
    NothingListed,
    /// There is nobody of that name.
    #[error("the name has no address")]
    NoAddress,
}

impl AllowedNetworks {
    fn lists(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Checks where a URL leads to, as far as it can be told without looking up a name: what is refused here can never be reached.
    /// A text that is no URL is left to others.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn check_url(&self, text: &str) -> Result<(), Refused> {
        let Ok(url) = Url::parse(text) else { return Ok(()) };
        let tls = url.scheme() == "https";
        match literal(&url) {
            Some(address) => self.check(address, tls),
            None if !tls && self.0.is_empty() => Err(Refused::NothingListed),
            None => Ok(()),
        }
    }

    /// Checks an address; without TLS only a listed one will do.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn check(&self, address: IpAddr, tls: bool) -> Result<(), Refused> {
        let address = address.to_canonical();
        if self.lists(address) {
            Ok(())
        } else if !is_public(address) {
            Err(Refused::Private(address))
        } else if !tls {
            Err(Refused::Plain(address))
        } else {
            Ok(())
        }
    }
}

/// The address that stands in a URL in the place of a name. `localhost` is one (RFC 6761 §6.3).
pub(crate) fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        url::Host::Ipv4(address) => Some(address.into()),
        url::Host::Ipv6(address) => Some(address.into()),
        url::Host::Domain(name) => (name == "localhost").then_some(Ipv4Addr::LOCALHOST.into()),
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Not in the special-purpose registry of IANA, as far as one could reach something inside.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224.., ..)
    );
    !special
}

/// As above. Addresses that carry one of version 4 inside are judged by that one.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let inside = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // NAT64 and 6to4.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inside(high, low),
        [0x2002, high, low, ..] => inside(high, low),
        // Teredo and other protocols' own, documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] => false,
        [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast; everything else is loopback, local, multicast or unused.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Resolves names for the client, and gives it nothing but what may be reached.
pub(crate) struct GuardedResolver {
    pub(crate) networks: AllowedNetworks,
    pub(crate) tls: bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (networks, tls) = (self.networks.clone(), self.tls);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.is_empty() {
                return Err(Refused::NoAddress.into());
            }
            // One address inside is enough to refuse: a name that leads in and out is a trap.
            found.iter().try_for_each(|address| networks.check(address.ip(), tls))?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{AllowedNetworks, Refused};

    fn reaches(allowed: &str, address: &str, tls: bool) -> bool {
        let networks: AllowedNetworks = allowed.parse().unwrap();
        networks.check(address.parse().unwrap(), tls).is_ok()
    }

    #[test]
    fn threat_s39_addresses_inside_are_refused() {
        for address in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "100::1",
        ] {
            assert!(!reaches("", address, true), "{address}");
        }
        for address in
            ["1.1.1.1", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1111", "64:ff9b::101:101"]
        {
            assert!(reaches("", address, true), "{address}");
        }
    }

    #[test]
    fn threat_s39_what_is_listed_is_reached_and_needs_no_tls() {
        assert!(reaches("10.1.0.0/16, ::1", "10.1.2.3", false) && reaches("10.1.0.0/16, ::1", "::1", false));
        assert!(reaches("127.0.0.0/8", "::ffff:127.0.0.1", true), "however it is written");
        assert!(!reaches("10.1.0.0/16", "10.2.0.1", true));
        let networks = AllowedNetworks::default();
        let public = "1.1.1.1".parse().unwrap();
        assert_eq!(networks.check(public, false), Err(Refused::Plain(public)));
        for (url, refused) in [
            ("https://example.com/x", None),
            ("http://example.com/x", Some(Refused::NothingListed)),
            ("http://1.1.1.1/x", Some(Refused::Plain(public))),
            ("https://[::ffff:10.0.0.1]/x", Some(Refused::Private("10.0.0.1".parse().unwrap()))),
            ("https://localhost:8443/x", Some(Refused::Private("127.0.0.1".parse().unwrap()))),
            ("no URL", None),
        ] {
            assert_eq!(networks.check_url(url).err(), refused, "{url}");
        }
        let listed: AllowedNetworks = "10.1.0.0/16".parse().unwrap();
        assert!(listed.check_url("http://10.1.2.3/").is_ok() && listed.check_url("http://inside/").is_ok());
        assert!(listed.check_url("https://10.2.0.1/").is_err());
        for wrong in ["10.0.0.0/33", "private", "10.0.0"] {
            assert!(wrong.parse::<AllowedNetworks>().is_err(), "{wrong}");
        }
    }
}
