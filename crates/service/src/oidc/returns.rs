//! Where somebody wanted to go before signing in (threat A15). The browser carries a random key to the sign-in and back; the path
//! stays here, so that no link can send anybody elsewhere.

use enroll_domain::{OpaqueSecret, SecretHash};
use enroll_store::oidc::sign_in_return::{self, ReturnRow};
use secrecy::SecretString;

use super::SIGN_IN;
use super::authorize::demands_sign_in;
use crate::{Error, Service};

/// Paths that are kept at a time. Each is there for ten minutes.
const MOST: i64 = 100_000;

/// Longest path, in bytes.
const BYTES: usize = 8 * 1024;

/// Where a request of a client is taken up again.
const AUTHORIZE: &str = "/oidc/authorize?";

impl Service {
    /// Keeps a path of this service for after a sign-in, and gives the key to it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no path of this service or is longer than 8 KiB; [`Error::Store`] when 100,000 are kept.
    pub async fn keep_return(&self, path: &str) -> Result<SecretString, Error> {
        let of_ours = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']);
        if !of_ours || path.len() > BYTES {
            return Err(Error::Invalid(format!(
                "the request is longer than {BYTES} bytes: shorten its parameters"
            )));
        }
        let key = OpaqueSecret::from_random(self.random()?);
        let (hash, now) = (SecretHash::of(&key), self.clock().now());
        let expires = now.checked_add(SIGN_IN).unwrap_or(now);
        let row = ReturnRow { path: path.to_owned(), created: now };
        let kept = self.db().write(move |tx| sign_in_return::insert(tx, hash, &row, expires, MOST)).await?;
        if kept {
            Ok(key.reveal())
        } else {
            Err(enroll_store::StoreError::Unavailable("too many people are signing in".to_owned()).into())
        }
    }

    /// The path of this service that a browser goes to after a sign-in: that of the key, or `/` for a key that is not known or is
    /// older than ten minutes.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub fn return_path(&self, key: &str) -> Result<String, Error> {
        let path = match self.find_return(key)? {
            Some(row) if row.path.starts_with(AUTHORIZE) => format!("/oidc/resume?request={key}"),
            Some(row) => row.path,
            None => "/".to_owned(),
        };
        Ok(path)
    }

    /// Whether the request that is kept under a key wants a new sign-in.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub(crate) fn return_demands_sign_in(&self, key: &str) -> Result<bool, Error> {
        Ok(self.find_return(key)?.is_some_and(|row| demands_sign_in(&row.path)))
    }

    /// What is kept under a key.
    pub(super) fn find_return(&self, key: &str) -> Result<Option<ReturnRow>, Error> {
        let Some(secret) = OpaqueSecret::parse(key) else { return Ok(None) };
        let (hash, now) = (SecretHash::of(&secret), self.clock().now());
        Ok(self.db().look_up_one(|tx| sign_in_return::find(tx, hash, now))?)
    }
}
