//! The URL under which the service is reached, from configuration and never from a request.

use std::fmt;
use std::str::FromStr;

use enroll_domain::client::is_loopback;

/// The public base URL, for example `https://enroll.example.com`, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Box<str>);

/// The text is not a usable base URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a public URL: write http:// or https://, a host, and no query or fragment")]
pub struct InvalidPublicUrl(String);

impl PublicUrl {
    /// The base URL of SCIM: where resource endpoints such as `/Users` hang (RFC 7644 §1.3).
    pub fn scim_base(&self) -> String {
        format!("{}/scim/v2", self.0)
    }

    /// Scheme, host and port: what a browser calls the origin of a page of this service (RFC 6454).
    pub fn origin(&self) -> &str {
        let path = self.0.match_indices('/').nth(2).map_or(self.0.len(), |(at, _)| at);
        self.0.get(..path).unwrap_or_default()
    }

    /// Whether the service is reached over http on this machine alone. Only then may cookies travel without TLS (design.md §8).
    pub fn is_plain_loopback(&self) -> bool {
        let Some(authority) = self.origin().strip_prefix("http://") else { return false };
        is_loopback(authority)
    }

    /// The URL as configured.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PublicUrl {
    type Err = InvalidPublicUrl;

    fn from_str(text: &str) -> Result<Self, InvalidPublicUrl> {
        let invalid = || InvalidPublicUrl(text.to_owned());
        let trimmed = text.trim_end_matches('/');
        let rest = trimmed
            .strip_prefix("https://")
            .or_else(|| trimmed.strip_prefix("http://"))
            .ok_or_else(invalid)?;
        let clean = rest
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#' | b'"' | b'<' | b'>' | b'\\' | b'@'));
        let host = rest.split('/').next().unwrap_or_default();
        if clean && !host.is_empty() && !host.starts_with(':') {
            Ok(Self(trimmed.into()))
        } else {
            Err(invalid())
        }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::PublicUrl;

    #[test]
    fn design_8_only_plain_http_on_this_machine_is_plain_loopback() {
        for (text, plain, origin) in [
            ("http://127.0.0.1:8080", true, "http://127.0.0.1:8080"),
            ("http://127.9.9.9/enroll", true, "http://127.9.9.9"),
            ("http://localhost:1", true, "http://localhost:1"),
            ("http://[::1]:1/x/y", true, "http://[::1]:1"),
            ("https://127.0.0.1:8080", false, "https://127.0.0.1:8080"),
            ("http://10.0.0.1", false, "http://10.0.0.1"),
            ("http://localhost.example.com", false, "http://localhost.example.com"),
            ("http://127.0.0.1.example.com/a", false, "http://127.0.0.1.example.com"),
        ] {
            let url: PublicUrl = text.parse().unwrap();
            assert_eq!((url.is_plain_loopback(), url.origin()), (plain, origin), "{text}");
        }
    }

    #[test]
    fn h1_l15_public_url_is_checked_and_kept_without_trailing_slash() {
        for (text, kept) in [
            ("https://enroll.example.com/", "https://enroll.example.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("https://example.com/enroll", "https://example.com/enroll"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().as_str(), kept);
        }
        for text in [
            "enroll.example.com",
            "https://",
            "https://a?b",
            "https://a#b",
            "ftp://a",
            "https://u@a",
            "http://:80",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
