//! Who is calling: a token, checked.

use std::sync::Arc;

use enroll_domain::{DirectoryId, PresentedToken, Scope, TokenHash, TokenId, TokenKind};
use enroll_scim::Dialect;
use enroll_store::directory::DirectoryRow;
use enroll_store::token::api::ApiTokenRow;
use enroll_store::token::scim::ScimTokenRow;
use enroll_store::{StoreError, token};
use jiff::Timestamp;
use tracing::warn;

use crate::kept::{Kept, Weight};
use crate::models::Models;
use crate::{Error, Service};

/// Tokens kept in memory: more than are in use at a time.
const TOKENS: usize = 1024;

/// The tokens that were used last. What time decides, expiry above all, is decided anew at each use.
pub(crate) struct KeptTokens {
    scim: Kept<TokenId, ScimToken>,
    api: Kept<TokenId, ApiTokenRow>,
}

/// A SCIM token with the directory that it opens.
struct ScimToken {
    row: ScimTokenRow,
    directory: DirectoryRow,
    models: Arc<Models>,
    dialect: Dialect,
}

impl Default for KeptTokens {
    fn default() -> Self {
        Self { scim: Kept::new(TOKENS, TOKENS as u64), api: Kept::new(TOKENS, TOKENS as u64) }
    }
}

impl Weight for ScimToken {
    fn weight(&self) -> u64 {
        1
    }
}

impl Weight for ApiTokenRow {
    fn weight(&self) -> u64 {
        1
    }
}

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
    /// What the directory provisions.
    pub models: Arc<Models>,
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

impl Service {
    /// Checks a SCIM token. `address` is the client's, for "last used from".
    ///
    /// # Errors
    /// [`Error::Unauthorized`] for whatever is not a valid SCIM token; the text does not tell an unknown from an expired one.
    pub fn authenticate_scim(&self, presented: &str, address: Option<&str>) -> Result<ScimSession, Error> {
        let presented = parse(presented, TokenKind::Scim)?;
        let token = self.tokens().scim.get_or_load(self.db(), presented.id(), || {
            self.db().look_up(|tx| {
                let found = token::scim::find_with_directory(tx, presented.id())?;
                let (row, directory) = found.ok_or_else(refused)?;
                let (dialect, models) = self.models().reading(tx, &directory)?;
                Ok::<_, Error>(ScimToken { row, directory, models, dialect })
            })
        })?;
        let ScimToken { row, directory, models, dialect } = &*token;
        let now = self.clock().now();
        verify(&presented, &row.secret_hash, row.expires, now)?;
        if token::needs_touch(row.last_use.as_ref(), now) {
            let (id, directory, address) = (row.id, row.directory, address.map(str::to_owned));
            self.touch(move |tx| token::scim::touch(tx, directory, id, now, address.as_deref()));
        }
        Ok(ScimSession {
            directory: directory.id,
            directory_name: directory.name.to_string(),
            dialect: *dialect,
            token: row.id,
            label: row.label.clone(),
            models: Arc::clone(models),
        })
    }

    /// Checks an API token. `address` is the client's, for "last used from".
    ///
    /// # Errors
    /// As [`Service::authenticate_scim`].
    pub fn authenticate_api(&self, presented: &str, address: Option<&str>) -> Result<ApiSession, Error> {
        let presented = parse(presented, TokenKind::Api)?;
        let row = self.tokens().api.get_or_load(self.db(), presented.id(), || {
            self.db().look_up_one(|tx| token::api::find(tx, presented.id())?.ok_or_else(refused))
        })?;
        let now = self.clock().now();
        verify(&presented, &row.secret_hash, row.expires, now)?;
        if token::needs_touch(row.last_use.as_ref(), now) {
            let (id, address) = (row.id, address.map(str::to_owned));
            self.touch(move |tx| token::api::touch(tx, id, now, address.as_deref()));
        }
        Ok(ApiSession { token: row.id, label: row.label.clone(), scope: row.scope })
    }

    /// Writes the time of last use beside the request, which does not wait for it.
    fn touch(&self, write: impl FnMut(&enroll_store::Tx<'_>) -> Result<bool, StoreError> + Send + 'static) {
        let service = self.clone();
        tokio::spawn(async move {
            if let Err(error) = service.db().write(write).await {
                warn!(%error, "the time of a token's last use was not written");
            }
        });
    }
}

/// The one place where a secret is compared.
fn verify(
    presented: &PresentedToken,
    stored: &TokenHash,
    expires: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Error> {
    let matches = stored.matches(presented.secret());
    let expired = expires.is_some_and(|expires| expires <= now);
    if matches && !expired { Ok(()) } else { Err(refused()) }
}

fn refused() -> Error {
    Error::Unauthorized(
        "the token is not valid: it was deleted, has expired, or was never issued here".to_owned(),
    )
}

fn parse(presented: &str, wanted: TokenKind) -> Result<PresentedToken, Error> {
    let token = PresentedToken::parse(presented).map_err(|_| refused())?;
    match (token.kind(), wanted) {
        (TokenKind::Api, TokenKind::Scim) => {
            Err(Error::Unauthorized("this is an API token: SCIM needs a SCIM token".to_owned()))
        }
        (TokenKind::Scim, TokenKind::Api) => {
            Err(Error::Unauthorized("this is a SCIM token: the API needs an API token".to_owned()))
        }
        _ => Ok(token),
    }
}
