//! From where a SCIM token may be used (enrollment.md §5.1).

use std::fmt;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use serde::{Serialize, Serializer};

/// Networks in one list at most.
pub const MOST_NETWORKS: usize = 64;

/// Networks and single addresses from which requests are taken; an empty list takes them from anywhere.
///
/// An IPv4 address that is written as IPv6 (`::ffff:203.0.113.7`) is the IPv4 address, in the list and in what is compared with it.
///
/// ```
/// use enroll_domain::AllowList;
///
/// let list = AllowList::read(["203.0.113.0/24", "2001:db8::7"])?;
/// assert!(list.admits(Some("::ffff:203.0.113.9".parse()?)));
/// assert!(!list.admits(Some("198.51.100.1".parse()?)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList(Vec<IpNet>);

/// The texts are no allow list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAllowList {
    /// A text is neither an address nor a network.
    #[error(
        "{0:?} is no network: write an address such as 203.0.113.7 or 2001:db8::7, or a network such as 203.0.113.0/24 or 2001:db8::/32"
    )]
    NoNetwork(String),
    /// There are too many.
    #[error(
        "a token takes {MOST_NETWORKS} networks at most: name larger networks instead of single addresses"
    )]
    TooMany,
}

impl AllowList {
    /// Reads networks such as `203.0.113.0/24` and addresses. What stands behind a network's prefix is taken off, and
    /// what is there twice counts once.
    ///
    /// # Errors
    /// [`InvalidAllowList`] names what is no network.
    pub fn read<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Result<Self, InvalidAllowList> {
        let mut networks = Vec::new();
        for text in texts {
            let text = text.as_ref().trim();
            let network = network(text).ok_or_else(|| InvalidAllowList::NoNetwork(text.to_owned()))?;
            if networks.contains(&network) {
                continue;
            }
            if networks.len() == MOST_NETWORKS {
                return Err(InvalidAllowList::TooMany);
            }
            networks.push(network);
        }
        Ok(Self(networks))
    }

    /// Whether requests are taken from anywhere.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a request from this address is taken. An address that is not known is in no list.
    pub fn admits(&self, address: Option<IpAddr>) -> bool {
        self.0.is_empty()
            || address.is_some_and(|address| {
                let address = address.to_canonical();
                self.0.iter().any(|network| network.contains(&address))
            })
    }
}

fn network(text: &str) -> Option<IpNet> {
    let network: IpNet = text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
    let network = network.trunc();
    // Addresses are compared as IPv4 where they are: so is a network of them.
    Some(match (network.network().to_canonical(), network.prefix_len().checked_sub(96)) {
        (IpAddr::V4(address), Some(bits)) if matches!(network, IpNet::V6(_)) => {
            IpNet::V4(Ipv4Net::new(address, bits).ok()?)
        }
        _ => network,
    })
}

/// With commas between, as the store keeps it and a person reads it.
impl fmt::Display for AllowList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, network) in self.0.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { ", " })?;
            if network.prefix_len() == network.max_prefix_len() {
                write!(f, "{}", network.addr())?;
            } else {
                write!(f, "{network}")?;
            }
        }
        Ok(())
    }
}

/// A list of texts.
impl Serialize for AllowList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|network| Self(vec![*network]).to_string()))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{AllowList, InvalidAllowList, MOST_NETWORKS};

    fn admits(list: &[&str], address: &str) -> bool {
        AllowList::read(list).unwrap().admits(Some(address.parse().unwrap()))
    }

    #[test]
    fn e5_1_an_address_is_let_in_by_a_network_that_has_it() {
        assert!(admits(&["203.0.113.0/24"], "203.0.113.255"));
        assert!(!admits(&["203.0.113.0/24"], "203.0.114.0"));
        assert!(admits(&["198.51.100.1", "2001:db8::/32"], "2001:db8:ffff::1"));
        assert!(!admits(&["198.51.100.1", "2001:db8::/32"], "2001:db9::1"));
        assert!(admits(&[], "198.51.100.1") && AllowList::default().admits(None));
        assert!(!AllowList::read(["0.0.0.0/0"]).unwrap().admits(None), "nobody knows from where");
    }

    #[test]
    fn e5_1_ipv4_written_as_ipv6_is_ipv4_on_both_sides() {
        assert!(admits(&["203.0.113.0/24"], "::ffff:203.0.113.9"));
        assert!(admits(&["::ffff:203.0.113.0/120"], "203.0.113.9"));
        assert!(admits(&["::ffff:203.0.113.9"], "203.0.113.9"));
        assert!(!admits(&["::ffff:203.0.113.9"], "203.0.113.8"));
        assert!(!admits(&["::/0"], "203.0.113.9"), "all of IPv6 has nothing of IPv4");
    }

    #[test]
    fn e5_1_a_list_is_shown_short_and_read_again() {
        let list =
            AllowList::read(["203.0.113.77/24", " 198.51.100.1 ", "2001:DB8::7/128", "198.51.100.1/32"]);
        let list = list.unwrap();
        assert_eq!(list.to_string(), "203.0.113.0/24, 198.51.100.1, 2001:db8::7");
        assert_eq!(AllowList::read(list.to_string().split(',')).unwrap(), list);
        assert_eq!(
            serde_json::to_value(&list).unwrap(),
            serde_json::json!(["203.0.113.0/24", "198.51.100.1", "2001:db8::7"])
        );
    }

    #[test]
    fn e5_1_what_is_no_network_is_named() {
        for wrong in ["", "10.0.0.0/33", "fd00::/129", "10.0.0/8", "okta.com", "10.0.0.0/-1", "10.0.0.0/"] {
            let error = AllowList::read(["192.0.2.1", wrong]).unwrap_err();
            assert_eq!(error, InvalidAllowList::NoNetwork(wrong.to_owned()));
        }
        let many = |count: usize| AllowList::read((0..count).map(|last| format!("10.0.0.{last}")));
        assert!(many(MOST_NETWORKS).is_ok());
        assert_eq!(many(MOST_NETWORKS + 1).unwrap_err(), InvalidAllowList::TooMany);
        assert!(many(MOST_NETWORKS).unwrap().admits(Some(IpAddr::from([10, 0, 0, 63]))));
    }
}
