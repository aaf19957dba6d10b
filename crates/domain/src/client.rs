//! Applications that let Enroll sign users in: their words and their URIs (OpenID Connect Core 1.0, RFC 9700 §2.1).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::word::words;

words! {
    /// Whether a client can keep a secret (RFC 6749 §2.1).
    ClientKind: "a kind of client" {
        /// It runs on a server and has a secret.
        Confidential = "confidential",
        /// It runs in a browser or on a device of the user, and PKCE is all it has.
        Public = "public",
    }
}

words! {
    /// What a client may be told of a user.
    ClientScope: "a scope of a client" {
        /// That and who she is: `sub`.
        OpenId = "openid",
        /// Her names: `preferred_username`, `name`, `given_name`, `family_name`, `locale`, `updated_at`.
        Profile = "profile",
        /// Her address: `email`, `email_verified`.
        Email = "email",
        /// Her organizations with her roles: `organizations`.
        Organizations = "organizations",
        /// The same as a list of texts such as `acme:writer`: `groups`.
        Groups = "groups",
    }
}

words! {
    /// How ID tokens are signed (RFC 7518 §3.1).
    SigningAlgorithm: "a signing algorithm" {
        /// What every client library can check, and expects when nothing is said (OpenID Connect Core 1.0 §15.1).
        Rs256 = "RS256",
        /// Shorter keys and signatures.
        Es256 = "ES256",
    }
}

/// Longest URI of a client, in bytes.
const URI_BYTES: usize = 1000;

/// A URI of a client that users or messages are sent to: `https`, or `http` on this machine. It is compared character by
/// character (RFC 9700 §2.1), so it has no pattern in it.
///
/// ```
/// use enroll_domain::ClientUri;
///
/// assert!("https://app.example.com/callback".parse::<ClientUri>().is_ok());
/// assert!("http://127.0.0.1:3000/callback".parse::<ClientUri>().is_ok());
/// assert!("http://app.example.com/callback".parse::<ClientUri>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
#[serde(try_from = "String", into = "String")]
pub struct ClientUri(String);

/// The text is no URI that a client may have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no URI for a client: write https:// and a host, or http:// with 127.0.0.1, [::1] or localhost, at most {URI_BYTES} \
     characters, without fragment, user, wildcard or spaces"
)]
pub struct InvalidClientUri(String);

impl ClientUri {
    /// The URI as it was registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The URI with parameters added to its query.
    pub fn with_query(&self, encoded: &str) -> String {
        let separator = match self.0.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        format!("{}{separator}{encoded}", self.0)
    }
}

impl FromStr for ClientUri {
    type Err = InvalidClientUri;

    fn from_str(text: &str) -> Result<Self, InvalidClientUri> {
        let invalid = || InvalidClientUri(text.chars().take(100).collect());
        let (plain, rest) = match text.split_once("://") {
            Some(("https", rest)) => (false, rest),
            Some(("http", rest)) => (true, rest),
            _ => return Err(invalid()),
        };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let clean = text.bytes().all(|byte| {
            byte.is_ascii_graphic()
                && !matches!(
                    byte,
                    b'#' | b'*'
                        | b'"'
                        | b'<'
                        | b'>'
                        | b'\\'
                        | b'^'
                        | b'`'
                        | b'{'
                        | b'|'
                        | b'}'
                        | b';'
                        | b'\''
                )
        });
        let host =
            !authority.is_empty() && !authority.starts_with(':') && !authority.contains(['@', '%', ',']);
        if clean && host && text.len() <= URI_BYTES && (!plain || is_loopback(authority)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid())
        }
    }
}

impl TryFrom<String> for ClientUri {
    type Error = InvalidClientUri;

    fn try_from(text: String) -> Result<Self, InvalidClientUri> {
        text.parse()
    }
}

impl From<ClientUri> for String {
    fn from(uri: ClientUri) -> Self {
        uri.0
    }
}

impl fmt::Display for ClientUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a host, perhaps with a port, is this machine by its name or address.
pub fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::ClientUri;

    #[test]
    fn rfc9700_2_1_only_https_and_http_on_this_machine_are_uris_of_a_client() {
        for good in [
            "https://app.example.com/callback",
            "https://app.example.com:8443/a?b=c",
            "https://app.example.com",
            "http://127.0.0.1:3000/cb",
            "http://[::1]/cb",
            "http://localhost:1/",
        ] {
            assert_eq!(good.parse::<ClientUri>().map(|uri| uri.to_string()).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "app.example.com",
            "http://app.example.com/",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "https://",
            "https:///cb",
            "https://:8/",
            "https://user@app.example.com/",
            "https://app.example.com/#x",
            "https://*.example.com/",
            "https://app.example.com/a b",
            "https://app.example.com/\\evil",
            "https://app.example.com/\u{e9}",
            "javascript://alert(1)",
            "HTTPS://app.example.com/",
            "data:text/html,x",
        ] {
            assert!(bad.parse::<ClientUri>().is_err(), "{bad}");
        }
        assert!(format!("https://a/{}", "x".repeat(991)).parse::<ClientUri>().is_err());
        assert!(format!("https://a/{}", "x".repeat(990)).parse::<ClientUri>().is_ok());
    }

    #[test]
    fn parameters_are_added_to_the_query_that_is_there() {
        for (uri, with) in [
            ("https://a.example/cb", "https://a.example/cb?x=1"),
            ("https://a.example/cb?y=2", "https://a.example/cb?y=2&x=1"),
            ("https://a.example?y=2", "https://a.example?y=2&x=1"),
            ("https://a.example/cb?", "https://a.example/cb?x=1"),
        ] {
            let uri: ClientUri = uri.parse().unwrap();
            assert_eq!(uri.with_query("x=1"), with);
        }
    }
}
