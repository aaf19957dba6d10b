//! The cookie of a session (OWASP ASVS 3.3.1 to 3.3.4; design.md §8).

use axum::http::HeaderValue;
use enroll_service::{NewSession, PublicUrl};

/// The name where the service is reached over TLS. The prefix makes browsers keep it to this host, and to TLS.
pub(crate) const NAME: &str = "__Host-enroll_session";

/// The name where the service is reached over plain http on this machine alone: browsers refuse the prefix there.
const PLAIN_NAME: &str = "enroll_session";

/// What the cookie is called.
pub(crate) fn name(public_url: &PublicUrl) -> &'static str {
    if public_url.is_plain_loopback() { PLAIN_NAME } else { NAME }
}

/// The value of the `Set-Cookie` that puts a new session into a browser. It has no expiry: the server ends the session, and the
/// browser forgets it when it is closed.
pub fn set_session_cookie(public_url: &PublicUrl, session: &NewSession) -> HeaderValue {
    header(public_url, session.reveal(), "")
}

/// The value of the `Set-Cookie` that takes the session out of a browser.
pub(crate) fn clear(public_url: &PublicUrl) -> HeaderValue {
    header(public_url, "", "; Max-Age=0")
}

fn header(public_url: &PublicUrl, value: &str, more: &str) -> HeaderValue {
    let secure = if public_url.is_plain_loopback() { "" } else { "; Secure" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}", name(public_url));
    // A secret is base64url: it fits.
    let mut header = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    header.set_sensitive(true);
    header
}
