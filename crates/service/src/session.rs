//! Who is calling: a token, checked.

use enroll_domain::{DirectoryId, PresentedToken, Scope, TokenId, TokenKind};
use enroll_scim::Dialect;
use enroll_store::{StoreError, token};
use jiff::{SignedDuration, Timestamp};
use tracing::warn;

use crate::admin::dialect_of;
use crate::{Error, Service};

/// The time of last use is written at most this often (enrollment.md §5.1).
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// An identity provider that has shown a valid SCIM token. Every SCIM use case needs one, and works in its directory only.
#[derive(Debug, Clone)]
pub struct ScimSession {
    /// The directory the token is bound to.
    pub directory: DirectoryId,
    /// The directory's name.
    pub directory_name: String,
    /// How the directory reads requests.
    pub dialect: Dialect,
    /// The token.
    pub token: TokenId,
    /// The token's label, for the log.
    pub label: String,
}

/// An application or administrator that has shown a valid API token.
#[derive(Debug, Clone)]
pub struct ApiSession {
    /// The token.
    pub token: TokenId,
    /// The token's label, for the log.
    pub label: String,
    /// What the token allows.
    pub scope: Scope,
}

fn refused() -> Error {
    Error::Unauthorized("the token is not valid: it was deleted, has expired, or was never issued here".to_owned())
}

fn parse(presented: &str, kind: TokenKind) -> Result<PresentedToken, Error> {
    let token = PresentedToken::parse(presented).map_err(|_| refused())?;
    match (token.kind(), kind) {
        (TokenKind::Api, TokenKind::Scim) => {
            Err(Error::Unauthorized("this is an API token: SCIM needs a SCIM token".to_owned()))
        }
        (TokenKind::Scim, TokenKind::Api) => {
            Err(Error::Unauthorized("this is a SCIM token: the API needs an API token".to_owned()))
        }
        _ => Ok(token),
    }
}

fn expired(expires: Option<Timestamp>, now: Timestamp) -> bool {
    expires.is_some_and(|expires| expires <= now)
}

fn touch_due(last_used: Option<Timestamp>, now: Timestamp) -> bool {
    last_used.is_none_or(|last| now.duration_since(last) >= TOUCH_EVERY)
}
