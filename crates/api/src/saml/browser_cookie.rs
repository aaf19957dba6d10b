//! Cookies that a browser has to bring back from the identity provider: they bind what comes from there to the browser that was sent
//! there (threat A14).
//!
//! Identity providers send answers by a form on a page of theirs, and browsers leave cookies of the kinds `Lax` and `Strict` out
//! then. These are of the kind `None`, and open nothing: they only say which begun sign-ins and logouts are this browser's.

use axum::http::{HeaderMap, HeaderValue};
use enroll_service::PublicUrl;

use crate::parse::cookie;

/// Seconds for which an answer is waited for.
const WAITS: u32 = 600;

/// A cookie by its names.
pub(super) struct BrowserCookie {
    name: &'static str,
    /// Where the service is reached over plain http on this machine alone: browsers refuse the prefix there.
    plain_name: &'static str,
}

/// The browser with its begun sign-ins.
pub(super) const SIGN_IN: BrowserCookie =
    BrowserCookie { name: "__Host-enroll_sign_in", plain_name: "enroll_sign_in" };

/// The id of the logout request that was sent to the identity provider.
pub(super) const LOGOUT: BrowserCookie =
    BrowserCookie { name: "__Host-enroll_logout", plain_name: "enroll_logout" };

impl BrowserCookie {
    fn name(&self, public_url: &PublicUrl) -> &'static str {
        if public_url.is_plain_loopback() { self.plain_name } else { self.name }
    }

    /// The value that the browser has sent.
    pub(super) fn value<'h>(&self, headers: &'h HeaderMap, public_url: &PublicUrl) -> Option<&'h str> {
        cookie::value(headers, self.name(public_url)).filter(|value| !value.is_empty())
    }

    /// The `Set-Cookie` of something that was begun.
    pub(super) fn set(&self, public_url: &PublicUrl, value: &str) -> HeaderValue {
        self.header(public_url, value, WAITS)
    }

    /// The `Set-Cookie` that takes it out of the browser.
    pub(super) fn clear(&self, public_url: &PublicUrl) -> HeaderValue {
        self.header(public_url, "", 0)
    }

    fn header(&self, public_url: &PublicUrl, value: &str, seconds: u32) -> HeaderValue {
        let kind = if public_url.is_plain_loopback() { "" } else { "; SameSite=None; Secure" };
        let text = format!("{}={value}; Path=/; HttpOnly; Max-Age={seconds}{kind}", self.name(public_url));
        // A secret is base64url, the id of a request hexadecimal: they fit.
        let mut header = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
        header.set_sensitive(true);
        header
    }
}
