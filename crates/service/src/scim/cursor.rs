//! Cursors: where the next page of a query begins (RFC 9865).
//!
//! A cursor holds everything that the next page needs, so the server keeps nothing for it and cannot be filled up with cursors. It is
//! encrypted and authenticated with the directory and the query: a forged one, one of another directory and one of another
//! query cannot be told from each other, and none of them gives anything (RFC 9865 §5.2).

use std::fmt;

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;
use enroll_domain::DirectoryId;
use enroll_scim::ScimError;
use enroll_scim::sort::SortKey;
use enroll_store::server_key::{self, Secret};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ListRequest, ResourceKind};
use crate::{Error, Service};

/// Seconds for which a cursor is good.
pub const CURSOR_TIMEOUT: u32 = 3600;

/// A sort key longer than this many bytes is cut in a cursor, which has to fit into a URL.
pub(super) const KEY_BYTES: usize = 512;

/// The longest cursor that is looked at. One with the longest key is half as long.
const CURSOR_BYTES: usize = 4096;

/// A nonce of XChaCha20 may be drawn at random: it has 192 bits.
const NONCE_BYTES: usize = 24;

/// The key of all cursors of a database.
pub(crate) struct CursorKey(XChaCha20Poly1305);

/// The last resource of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Position {
    #[serde(flatten)]
    pub(super) place: Place,
    /// What it was sorted by, cut to [`KEY_BYTES`].
    #[serde(rename = "k", skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<SortKey>,
}

/// A resource among the results of a query: types come in the order in which they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    /// The number of its type among those that are asked for.
    #[serde(rename = "t")]
    pub(super) kind: usize,
    /// Its id.
    #[serde(rename = "i")]
    pub(super) id: Uuid,
}

/// What is inside a cursor.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Content {
    /// In seconds since 1970.
    #[serde(rename = "x")]
    expires: i64,
    #[serde(rename = "n")]
    count: u32,
    #[serde(flatten)]
    position: Position,
}

/// What a cursor belongs to: cursors are good for one query in one directory.
pub(super) struct Query<'q> {
    pub(super) directory: DirectoryId,
    pub(super) kinds: &'q [ResourceKind],
    pub(super) request: &'q ListRequest,
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(..)")
    }
}

impl CursorKey {
    fn new(secret: &Secret) -> Self {
        Self(XChaCha20Poly1305::new(secret.into()))
    }

    /// The key of this database; made when there is none yet.
    pub(crate) async fn open(
        db: &enroll_store::Db,
        clock: &crate::Clock,
        entropy: crate::Entropy,
    ) -> Result<Self, Error> {
        const PURPOSE: &str = "cursors";
        if let Some(secret) = db.look_up(|tx| server_key::find(tx, PURPOSE))? {
            return Ok(Self::new(&secret));
        }
        let now = clock.now();
        let fresh = entropy.secret().map_err(|error| Error::Internal(format!("no randomness: {error}")))?;
        let write = move |tx: &enroll_store::Tx<'_>| server_key::find_or_insert(tx, PURPOSE, &fresh, now);
        Ok(Self::new(&db.write(write).await?))
    }
}

impl Service {
    /// A cursor to what follows `position`, on pages of `count`.
    pub(super) fn seal_cursor(
        &self,
        query: &Query<'_>,
        count: u32,
        position: Position,
    ) -> Result<String, Error> {
        let expires = self.clock().now().as_second().saturating_add(CURSOR_TIMEOUT.into());
        let content = serde_json::to_vec(&Content { expires, count, position })
            .map_err(|error| Error::Internal(format!("a cursor cannot be written: {error}")))?;
        let nonce =
            self.entropy().secret().map_err(|error| Error::Internal(format!("no randomness: {error}")))?;
        let nonce = &nonce[..NONCE_BYTES];
        let payload = Payload { msg: &content, aad: &query.to_bytes() };
        let sealed = self
            .cursor_key()
            .0
            .encrypt(&nonce_of(nonce)?, payload)
            .map_err(|_| Error::Internal("a cursor cannot be encrypted".to_owned()))?;
        Ok(BASE64URL_NOPAD.encode(&[nonce, &sealed].concat()))
    }

    /// What follows a cursor, and the count of its pages.
    ///
    /// # Errors
    /// 400 `invalidCursor` for what this server has not given for this query in this directory; 400 `expiredCursor`.
    pub(super) fn open_cursor(&self, query: &Query<'_>, cursor: &str) -> Result<(Position, u32), Error> {
        let content = self.unseal(query, cursor).ok_or_else(|| {
            ScimError::invalid_cursor(
                "the cursor is not one that was given for this query: repeat the query with nothing but its cursor \
                 changed, or begin again with an empty cursor",
            )
        })?;
        if content.expires < self.clock().now().as_second() {
            return Err(ScimError::expired_cursor(format!(
                "the cursor has expired: cursors are good for {CURSOR_TIMEOUT} seconds; begin again with an empty cursor"
            ))
            .into());
        }
        Ok((content.position, content.count))
    }

    fn unseal(&self, query: &Query<'_>, cursor: &str) -> Option<Content> {
        if cursor.len() > CURSOR_BYTES {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES)?;
        let payload = Payload { msg: sealed, aad: &query.to_bytes() };
        let content = self.cursor_key().0.decrypt(&nonce_of(nonce).ok()?, payload).ok()?;
        serde_json::from_slice(&content).ok()
    }
}

fn nonce_of(bytes: &[u8]) -> Result<XNonce, Error> {
    bytes.try_into().map_err(|_| Error::Internal("a nonce has 24 bytes".to_owned()))
}

impl Query<'_> {
    /// Unambiguous: each part stands behind its length. What a page shows of each resource may change from page to page.
    fn to_bytes(&self) -> Vec<u8> {
        let ListRequest { filter, sort_by, sort_order, .. } = self.request;
        let mut bytes = self.directory.to_string().into_bytes();
        let kinds = self.kinds.iter().map(|kind| Some(kind.name()));
        let parts = [filter, sort_by, sort_order].map(|part| part.as_deref());
        for part in kinds.chain([None]).chain(parts) {
            match part {
                None => bytes.push(0),
                Some(text) => {
                    bytes.push(1);
                    bytes.extend((text.len() as u64).to_be_bytes());
                    bytes.extend(text.as_bytes());
                }
            }
        }
        bytes
    }
}
