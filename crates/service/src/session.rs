//! Who is calling: a token, checked.

use std::net::IpAddr;
use std::sync::Arc;

use enroll_domain::audit::Origin;
use enroll_domain::{DirectoryId, PresentedToken, Scope, TokenHash, TokenId, TokenKind, UserId};
use enroll_scim::Dialect;
use enroll_store::directory::DirectoryRow;
use enroll_store::token::api::ApiTokenRow;
use enroll_store::token::scim::{ScimTokenRow, TokenWithDirectory};
use enroll_store::user::{self, Reference};
use enroll_store::{StoreError, Tx, server_admin, token};
use jiff::Timestamp;
use tracing::warn;

use crate::kept::{Kept, Seen, Weight};
use crate::models::Models;
use crate::{Error, Service};

/// Tokens kept in memory: more than are in use at a time.
const TOKENS: usize = 1024;

/// The tokens that were used last. What time decides, expiry above all, is decided anew at each use.
pub(crate) struct KeptTokens {
    scim: Kept<TokenId, ScimToken>,
    api: Kept<TokenId, ApiToken>,
}

/// A SCIM token with the directory that it opens.
struct ScimToken {
    row: ScimTokenRow,
    directory: DirectoryRow,
    models: Arc<Models>,
    dialect: Dialect,
    paused: bool,
}

/// An API token with the user in whose name it acts.
struct ApiToken {
    row: ApiTokenRow,
    user: Option<SessionUser>,
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

impl Weight for ApiToken {
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
    /// Whether the directory takes no changes for now.
    pub(crate) paused: bool,
    /// What was seen of the database when the token was checked, for [`Service::reading`].
    pub seen: Seen,
    /// The request, for the audit trail.
    pub origin: Origin,
}

impl ScimSession {
    /// A session of no token, by which a sign-in or an import writes through the code that SCIM writes through. `label` says which.
    pub(crate) fn without_token(
        row: &DirectoryRow,
        label: &str,
        (dialect, models): (Dialect, Arc<Models>),
        paused: bool,
        origin: Origin,
    ) -> Self {
        Self {
            directory: row.id,
            directory_name: row.name.to_string(),
            dialect,
            token: TokenId::from_uuid(uuid::Uuid::nil()),
            label: label.to_owned(),
            models,
            paused,
            seen: Seen::NOTHING,
            origin,
        }
    }

    /// The same session, by a request that the audit trail is to name.
    #[must_use]
    pub fn by(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }
}

/// The user in whose name an API token acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionUser {
    /// Who.
    pub id: UserId,
    /// The userName.
    pub name: String,
    /// Whether the user is a server admin. The token of anybody else asks about its user alone.
    pub server_admin: bool,
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
    /// The user in whose name it acts; an application's token has none.
    pub user: Option<SessionUser>,
    /// What was seen of the database when the token was checked, for [`Service::reading`].
    pub seen: Seen,
}

impl Service {
    /// Checks a SCIM token. `address` is the client's: the token may be limited to some (enrollment.md §5.1).
    ///
    /// # Errors
    /// [`Error::Unauthorized`] for whatever is not a valid SCIM token; the text does not tell an unknown from an expired one.
    /// [`Error::Forbidden`] for a valid one that may not be used from there.
    pub async fn authenticate_scim(
        &self,
        presented: &str,
        address: Option<IpAddr>,
    ) -> Result<ScimSession, Error> {
        let presented = parse(presented, TokenKind::Scim)?;
        let seen = self.seen().await;
        let token = self
            .tokens()
            .scim
            .get_or_load(seen, presented.id(), || {
                self.db().look_up(|tx| {
                    let found = token::scim::find_with_directory(tx, presented.id())?.ok_or_else(refused)?;
                    let TokenWithDirectory { token: row, directory, paused, definitions, quirks } = found;
                    let models = self.models().of(directory.id, &definitions)?;
                    let dialect = directory.dialect_with(&quirks);
                    Ok::<_, Error>(ScimToken { row, directory, models, dialect, paused })
                })
            })
            .await?;
        let ScimToken { row, directory, models, dialect, paused } = &*token;
        let now = self.clock().now();
        verify(&presented, &row.secret_hash, row.expires, now)?;
        if !row.allow_from.admits(address) {
            return Err(elsewhere(row.id, address));
        }
        if token::needs_touch(row.last_use.as_ref(), now) {
            let address = address.map(|address| address.to_string());
            let (id, directory) = (row.id, row.directory);
            self.touch(move |tx| token::scim::touch(tx, directory, id, now, address.as_deref()));
        }
        Ok(ScimSession {
            directory: directory.id,
            directory_name: directory.name.to_string(),
            dialect: *dialect,
            token: row.id,
            label: row.label.clone(),
            models: Arc::clone(models),
            paused: *paused,
            seen,
            origin: Origin::default(),
        })
    }

    /// Checks an API token. `address` is the client's, for "last used from".
    ///
    /// # Errors
    /// [`Error::Unauthorized`], as [`Service::authenticate_scim`].
    pub async fn authenticate_api(
        &self,
        presented: &str,
        address: Option<IpAddr>,
    ) -> Result<ApiSession, Error> {
        let presented = parse(presented, TokenKind::Api)?;
        let seen = self.seen().await;
        let token = self
            .tokens()
            .api
            .get_or_load(seen, presented.id(), || {
                self.db().look_up(|tx| {
                    let row = token::api::find(tx, presented.id())?.ok_or_else(refused)?;
                    let user = row.user.map(|user| owner(tx, user)).transpose()?;
                    Ok::<_, Error>(ApiToken { row, user })
                })
            })
            .await?;
        let ApiToken { row, user } = &*token;
        let now = self.clock().now();
        verify(&presented, &row.secret_hash, row.expires, now)?;
        if token::needs_touch(row.last_use.as_ref(), now) {
            let (id, address) = (row.id, address.map(|address| address.to_string()));
            self.touch(move |tx| token::api::touch(tx, id, now, address.as_deref()));
        }
        let scope = match user {
            // What only server admins may do ends with being one, whatever the token says.
            Some(user) if !user.server_admin => row.scope.min(Scope::Read),
            _ => row.scope,
        };
        Ok(ApiSession { token: row.id, label: row.label.clone(), scope, user: user.clone(), seen })
    }

    /// Writes the time of last use beside the request, which does not wait for it.
    fn touch(&self, write: impl FnMut(&Tx<'_>) -> Result<bool, StoreError> + Send + 'static) {
        let service = self.clone();
        tokio::spawn(async move {
            if let Err(error) = service.db().write(write).await {
                warn!(%error, "the time of a token's last use was not written");
            }
        });
    }
}

/// The user of a token, who is active: the tokens of others are revoked, and this does not rely on it.
fn owner(tx: &Tx<'_>, id: UserId) -> Result<SessionUser, Error> {
    match user::resolve(tx, &id.to_string())? {
        Reference::One(row) if row.active => {
            Ok(SessionUser { id, name: row.user_name, server_admin: server_admin::is(tx, id)? })
        }
        _ => Err(refused()),
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

/// Told to nobody but who has the whole token: from where it may be used is not said, from where it was used is.
fn elsewhere(token: TokenId, address: Option<IpAddr>) -> Error {
    let address = address.map_or_else(|| "an unknown address".to_owned(), |address| address.to_string());
    Error::Forbidden(format!(
        "this SCIM token may not be used from {address}: let it (enroll token set {token} --allow-from …) if the identity provider \
         has another address now; if this is the address of a proxy, list it in trusted_proxies, so that the client behind it is seen"
    ))
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
