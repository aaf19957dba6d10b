//! The cookie that binds the answer of an identity provider to the browser that asked (threat A14).
//!
//! Identity providers send the answer by a form on a page of theirs, and browsers leave cookies of the kinds `Lax` and `Strict` out
//! then. This one is of the kind `None`, and opens nothing: it only says which begun sign-ins are this browser's.

use axum::http::{HeaderMap, HeaderValue};
use enroll_service::{Browser, PublicUrl};

use crate::parse::cookie;

const NAME: &str = "__Host-enroll_sign_in";

/// Where the service is reached over plain http on this machine alone: browsers refuse the prefix there.
const PLAIN_NAME: &str = "enroll_sign_in";

fn name(public_url: &PublicUrl) -> &'static str {
    if public_url.is_plain_loopback() { PLAIN_NAME } else { NAME }
}

/// The value that the browser has sent.
pub(super) fn value<'h>(headers: &'h HeaderMap, public_url: &PublicUrl) -> Option<&'h str> {
    cookie::value(headers, name(public_url))
}

/// The `Set-Cookie` of a begun sign-in.
pub(super) fn set(public_url: &PublicUrl, browser: &Browser) -> HeaderValue {
    let kind = if public_url.is_plain_loopback() { "" } else { "; SameSite=None; Secure" };
    let text = format!("{}={}; Path=/; HttpOnly; Max-Age=600{kind}", name(public_url), browser.reveal());
    // A secret is base64url: it fits.
    let mut header = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    header.set_sensitive(true);
    header
}
