//! Both sides of a sign-in: this service provider, and a directory's connection to its identity provider.

use jiff::SignedDuration;

use crate::certificate::Certificates;
use crate::mapping::AttributeMapping;
use crate::policy::{DEFAULT_SKEW, MAX_SKEW};

/// A setting of a connection cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSetting {
    /// An entity ID.
    #[error("an entity ID is a URI of 1 to 1,024 characters without white space")]
    EntityId,
    /// An endpoint.
    #[error(
        "a SAML endpoint is an https:// URL of at most 2,048 characters (http:// for this machine alone)"
    )]
    Endpoint,
    /// The clock skew.
    #[error("the clock skew is 0 to 180 seconds")]
    Skew,
}

/// The name of an identity provider or of this service in SAML (SAML core §8.3.6). Compared character by character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(String);

impl EntityId {
    /// Reads an entity ID.
    ///
    /// # Errors
    /// When it is empty, longer than 1,024 characters, or has white space or control characters.
    pub fn new(text: &str) -> Result<Self, InvalidSetting> {
        let length = text.chars().count();
        let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
        if (1..=1024).contains(&length) && plain {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSetting::EntityId)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A URL that browsers are sent to or come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint(String);

impl Endpoint {
    /// Reads a URL: `https`, or `http` on this machine, where tests run. No other scheme can be made to run in a browser.
    ///
    /// # Errors
    /// When it is no such URL, has characters that a URL has not, or a fragment.
    pub fn new(text: &str) -> Result<Self, InvalidSetting> {
        let rest = text.strip_prefix("https://").or_else(|| {
            let rest = text.strip_prefix("http://")?;
            let host = rest.split(['/', '?']).next()?;
            let host = host.rsplit_once(':').map_or(host, |(host, port)| {
                if port.chars().all(|c| c.is_ascii_digit()) { host } else { "" }
            });
            ["127.0.0.1", "localhost", "[::1]"].contains(&host).then_some(rest)
        });
        let clean = text.chars().all(|c| c.is_ascii_graphic() && !"\"'<>\\^`{|}#".contains(c));
        let host = rest.and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
        if clean && !host.is_empty() && !host.contains('@') && text.len() <= 2048 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSetting::Endpoint)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// This service, as one directory's identity provider knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceProvider {
    /// Its entity ID: the audience of assertions.
    pub entity_id: EntityId,
    /// The assertion consumer service: where responses are posted.
    pub acs: Endpoint,
    /// The single logout service, if there is one.
    pub logout: Option<Endpoint>,
}

/// The other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Its entity ID: the issuer of assertions.
    pub entity_id: EntityId,
    /// Where sign-ins begin (HTTP-Redirect).
    pub sign_in: Endpoint,
    /// Where logouts go (HTTP-Redirect), if it has such a place.
    pub logout: Option<Endpoint>,
    /// Its signing certificates.
    pub certificates: Certificates,
}

/// How far the clocks of both sides may be apart (A12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skew(SignedDuration);

impl Skew {
    /// A number of seconds.
    ///
    /// # Errors
    /// When it is negative or more than 180.
    pub fn from_secs(seconds: i64) -> Result<Self, InvalidSetting> {
        let skew = SignedDuration::from_secs(seconds);
        if skew.is_negative() || skew > MAX_SKEW { Err(InvalidSetting::Skew) } else { Ok(Self(skew)) }
    }

    /// As a duration.
    pub const fn as_duration(self) -> SignedDuration {
        self.0
    }
}

impl Default for Skew {
    fn default() -> Self {
        Self(DEFAULT_SKEW)
    }
}

/// A directory's sign-in settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The identity provider.
    pub identity_provider: IdentityProvider,
    /// Whether responses are accepted that answer no request (A14). Off, unless an administrator says otherwise.
    pub allow_idp_initiated: bool,
    /// The tolerated clock skew.
    pub skew: Skew,
    /// Which attributes mean what.
    pub mapping: AttributeMapping,
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, EntityId, Skew};

    #[test]
    fn threat_a15_endpoints_are_urls_that_run_nothing() {
        for good in
            ["https://idp.example/sso?x=1", "http://127.0.0.1:8080/a", "http://localhost/", "http://[::1]:1/"]
        {
            assert!(Endpoint::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "http://idp.example/",
            "http://localhost.evil.example/",
            "http://localhost:80@evil.example/",
            "https://user@evil.example/",
            "https://",
            "https:///path",
            "https://a\\b",
            "https://a b",
            "https://a/\r\nSet-Cookie:x",
            "https://a/#fragment",
            "HTTPS://a/\"onload",
        ] {
            assert!(Endpoint::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn threat_a12_skew_is_bounded() {
        assert_eq!(Skew::default(), Skew::from_secs(60).unwrap());
        assert!(Skew::from_secs(180).is_ok());
        assert!(Skew::from_secs(181).is_err());
        assert!(Skew::from_secs(-1).is_err());
    }

    #[test]
    fn threat_a11_entity_ids_are_plain() {
        assert!(EntityId::new("https://sts.windows.net/0000/").is_ok());
        for bad in ["", "a b", "a\n"] {
            assert!(EntityId::new(bad).is_err(), "{bad}");
        }
    }
}
