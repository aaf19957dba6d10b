//! The beginning of a sign-in.

use enroll_domain::{OpaqueSecret, SecretHash};
use enroll_saml::{begin, begin_anew};
use enroll_store::sign_in::{self, SignInRequest};
use enroll_store::{StoreError, Tx};
use secrecy::{ExposeSecret as _, SecretString};

use super::connection::connected;
use crate::{Error, Service};

/// Begun sign-ins of a directory that are kept at a time. Each is there for ten minutes.
const MOST: i64 = 100_000;

/// Longest path, in bytes.
const PATH_BYTES: usize = 2048;

/// What somebody who wants to sign in asks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignInWish<'a> {
    /// The path to go to afterwards.
    pub return_to: Option<&'a str>,
    /// The key of a kept path: see [`Service::keep_return`].
    pub return_key: Option<&'a str>,
    /// Whether to prove anew who she is.
    pub anew: bool,
    /// The cookie of a browser that has begun sign-ins before: those go on.
    pub browser: Option<&'a str>,
}

/// A browser with begun sign-ins: the value of its cookie (threat A14).
#[derive(Debug, Clone)]
pub struct Browser(SecretString);

impl Browser {
    /// The value of the cookie.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

/// A begun sign-in.
#[derive(Debug, Clone)]
pub struct BegunSignIn {
    /// Where to send the browser.
    pub redirect: String,
    /// What binds the answer to it.
    pub browser: Browser,
}

impl Service {
    /// Begins a sign-in at the identity provider of a directory.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory or connection; [`Error::Invalid`] for a path that is none of this
    /// service (threat A15); [`Error::Store`] when 100,000 sign-ins of the directory are under way.
    pub async fn begin_sign_in(&self, directory: &str, wish: SignInWish<'_>) -> Result<BegunSignIn, Error> {
        let (row, stored) = self.db().look_up(|tx| connected(tx, directory))?;
        let (return_path, demanded) = match (wish.return_key, wish.return_to) {
            (Some(key), _) => (self.return_path(key)?, self.return_demands_sign_in(key)?),
            (None, Some(path)) => (local_path(path)?.to_owned(), false),
            (None, None) => ("/".to_owned(), false),
        };
        let ours = self.service_provider(row.name.as_str())?;
        let (connection, now) = (stored.connection()?, self.clock().now());
        let begin = if wish.anew || demanded { begin_anew } else { begin };
        let begun = begin(&ours, &connection, now, &self.random()?);
        let browser = match wish.browser.and_then(OpaqueSecret::parse) {
            Some(known) => known,
            None => OpaqueSecret::from_random(self.random()?),
        };
        let request = SignInRequest {
            expires: begun.pending.expires(),
            relay_state: begun.pending.relay_state,
            request_id: begun.pending.request_id,
            browser: SecretHash::of(&browser),
            return_path,
            begun: now,
            anew: begun.pending.anew,
        };
        let kept = self.db().write(move |tx: &Tx<'_>| sign_in::begin(tx, row.id, &request, MOST)).await?;
        if !kept {
            return Err(StoreError::Unavailable("too many people are signing in".to_owned()).into());
        }
        Ok(BegunSignIn { redirect: begun.redirect, browser: Browser(browser.reveal()) })
    }
}

/// Checks a path that a sign-in is to end at.
///
/// # Errors
/// [`Error::Invalid`] for one that is none of this service (threat A15).
pub fn check_return_path(path: &str) -> Result<(), Error> {
    local_path(path).map(drop)
}

/// A path of this service, and nothing that a browser would take for another place (threat A15): browsers read a backslash as a
/// slash, leave tabs and line ends out, and take two slashes for the beginning of a host.
fn local_path(path: &str) -> Result<&str, Error> {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if path.starts_with('/') && !path.starts_with("//") && plain && path.len() <= PATH_BYTES {
        Ok(path)
    } else {
        Err(Error::Invalid(format!(
            "return_to has to be a path of this service, for example /settings, of at most {PATH_BYTES} bytes"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn threat_a15_only_paths_of_this_service_are_returned_to() {
        for good in ["/", "/a/b?c=d&e=%2F%2F", "/a//b", "/%5Cevil"] {
            assert_eq!(local_path(good).unwrap(), good);
        }
        let long = format!("/{}", "a".repeat(2048));
        for bad in [
            "",
            "a",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\tevil",
            "/\r\nSet-Cookie: a=b",
            "/ä",
            " /",
            &long,
        ] {
            assert!(local_path(bad).is_err(), "{bad:?}");
        }
    }
}
