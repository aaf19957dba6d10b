//! Requests that are not carried out twice: a client that got no answer sends the same request with the same `Idempotency-Key`.
//!
//! The key is taken in the transaction of the change, with its entry in the audit trail: either both are there or none is. The
//! answer is kept afterwards; where the server died in between, the key alone still keeps the change from being made again.
//!
//! Of requests with one key at once, the writer takes one first. What the others are refused for then (the name is taken, say) may be
//! the work of the first: whoever is refused looks at the key once more ([`Service::known`]).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use enroll_domain::TokenId;
use enroll_store::idempotency::{self, Attempt};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::{Error, Service};

/// How long a key is remembered.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// How long after a change its answer may still come to be kept: no request takes longer.
const KEEPING: SignedDuration = SignedDuration::from_mins(2);

/// Longest key, in bytes.
const KEY_BYTES: usize = 255;

/// The value of an `Idempotency-Key`: 1 to 255 visible ASCII characters; a UUID is a good one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is 1 to 255 visible ASCII characters, for example a new UUID for each request")]
pub struct InvalidIdempotencyKey;

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(text: &str) -> Result<Self, InvalidIdempotencyKey> {
        let fits = (1..=KEY_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidIdempotencyKey) }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request with a key that was not used before. [`Service::once`] carries it out.
#[derive(Debug, Clone)]
pub struct Once(Arc<Attempt>);

/// What a key means when its request arrives.
#[derive(Debug, Clone)]
pub enum Known {
    /// Nothing yet: carry the request out.
    New(Once),
    /// The same request was carried out and answered.
    Answered {
        /// The status of the answer.
        status: u16,
        /// Its body.
        body: String,
    },
    /// The same request was carried out just now, and its answer is about to be kept: to be asked again shortly.
    UnderWay,
    /// The same request was carried out, and its answer is not kept.
    Unanswered {
        /// When it was carried out.
        at: Timestamp,
        /// Whether it held a secret; else the server stopped before it was sent.
        secret: bool,
    },
    /// The key was used for another request.
    Other,
}

impl Service {
    /// What is known of a key. `request` is all that makes the request what it is.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub fn known(&self, token: TokenId, key: &IdempotencyKey, request: &[&[u8]]) -> Result<Known, Error> {
        let mut digest = Sha256::new();
        for part in request {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        let fingerprint: [u8; 32] = digest.finalize().into();
        let since = forgotten(self.clock().now());
        let used = self.db().look_up(|tx| idempotency::find(tx, token, &key.0, since))?;
        Ok(match used {
            None => {
                let (key, attempt) = (key.0.clone(), self.entropy().id());
                Known::New(Once(Arc::new(Attempt { token, key, attempt, fingerprint })))
            }
            Some(used) if used.fingerprint != fingerprint => Known::Other,
            Some(used) => match (used.status.and_then(|status| u16::try_from(status).ok()), used.answer) {
                (Some(status), Some(body)) => Known::Answered { status, body },
                (None, _) if self.clock().now().duration_since(used.created) < KEEPING => Known::UnderWay,
                (status, _) => Known::Unanswered { at: used.created, secret: status.is_some() },
            },
        })
    }

    /// The use cases, for a request with a key: a change takes the key, and is not made when another request has it.
    #[must_use]
    pub fn once(self, once: &Once) -> Self {
        self.with_attempt(Arc::clone(&once.0))
    }

    /// Keeps the answer to a request with a key; no `body` when it holds a secret. Answers of requests that changed nothing are
    /// not kept: they can be carried out again.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn keep_answer(&self, once: &Once, status: u16, body: Option<String>) -> Result<(), Error> {
        let attempt = Arc::clone(&once.0);
        self.db().write(move |tx| idempotency::keep(tx, &attempt, status, body.as_deref())).await?;
        Ok(())
    }
}

/// Keys from before this time are forgotten.
pub(crate) fn forgotten(now: Timestamp) -> Timestamp {
    now.checked_sub(KEPT).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_of_bounded_length() {
        for good in ["a", "0190c5a2-7b1e", &"k".repeat(255)] {
            assert_eq!(good.parse::<IdempotencyKey>().unwrap().to_string(), good);
        }
        for bad in ["", " ", "a b", "é", "a\n", &"k".repeat(256)] {
            assert_eq!(bad.parse::<IdempotencyKey>(), Err(InvalidIdempotencyKey), "{bad:?}");
        }
    }
}
