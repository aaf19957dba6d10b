//! SCIM tokens and API tokens (enrollment.md §5).

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::time::Moment;
use enroll_domain::{AllowList, PresentedToken, Scope, TokenHash, TokenId, TokenKind, TokenSecret, UserId};
use enroll_store::token::api::ApiTokenRow;
use enroll_store::token::scim::ScimTokenRow;
use enroll_store::token::{self, LastUse};
use enroll_store::{Tx, server_admin};
use jiff::Timestamp;
use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::check_label;
use super::directory::find as find_directory;
use super::page::{Page, PageRequest};
use crate::access::find_user;
use crate::audit::{Changes, Scribe};
use crate::{Error, Service};

/// A token as an administrator sees it; the secret is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenInfo {
    /// The public part of the token.
    pub id: TokenId,
    /// What it is for.
    pub label: String,
    /// `scim`, or the scope of an API token.
    #[schemars(extend("enum" = ["scim", "check", "read", "admin"]))]
    pub scope: String,
    /// The user in whose name an API token acts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// When it was made.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
    /// When it ends; never, if `None`.
    #[schemars(with = "Option<Moment>")]
    pub expires: Option<Timestamp>,
    /// From where a SCIM token may be used; empty, from anywhere. An API token has no list.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>", length(max = 64))]
    pub allow_from: Option<AllowList>,
    /// When it was last used, to the minute.
    #[schemars(with = "Option<Moment>")]
    pub last_used: Option<Timestamp>,
    /// From where it was last used.
    pub last_used_address: Option<String>,
}

/// A SCIM token to be made.
#[derive(Debug, Clone, Default)]
pub struct NewScimToken {
    /// What it is for.
    pub label: String,
    /// When it ends; never, if `None`.
    pub expires: Option<Timestamp>,
    /// From where it may be used.
    pub allow_from: AllowList,
}

/// What to change of a SCIM token; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ScimTokenChange {
    /// What it is for.
    pub label: Option<String>,
    /// From where it may be used; an empty list, from anywhere.
    pub allow_from: Option<AllowList>,
}

/// A token that was just made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What is kept of it.
    pub info: TokenInfo,
    /// The token itself: the only time that it is shown.
    pub token: SecretString,
}

impl NewToken {
    /// The token as text, to be handed over.
    pub fn reveal(&self) -> &str {
        self.token.expose_secret()
    }
}

impl Service {
    /// Makes a SCIM token for a directory that may be used from anywhere.
    ///
    /// # Errors
    /// As [`Service::create_limited_scim_token`].
    pub async fn create_scim_token(
        &self,
        directory: &str,
        label: &str,
        expires: Option<Timestamp>,
    ) -> Result<NewToken, Error> {
        let new = NewScimToken { label: label.to_owned(), expires, allow_from: AllowList::default() };
        self.create_limited_scim_token(directory, new).await
    }

    /// Makes a SCIM token for a directory.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory, [`Error::Invalid`] for an empty label or an expiry that has passed.
    pub async fn create_limited_scim_token(
        &self,
        directory: &str,
        new: NewScimToken,
    ) -> Result<NewToken, Error> {
        let NewScimToken { label, expires, allow_from } = new;
        let label = check_label("label", &label)?;
        let made = self.make(TokenKind::Scim, expires)?;
        let directory = directory.to_owned();
        let hash = TokenHash::of(made.secret());
        let (id, created) = (made.id(), self.clock().now());
        let scribe = Scribe::of_service(self, created);
        let info = self
            .db()
            .write(move |tx| {
                let row = ScimTokenRow {
                    id,
                    directory: find_directory(tx, &directory)?.id,
                    label: label.clone(),
                    secret_hash: hash.clone(),
                    created,
                    expires,
                    allow_from: allow_from.clone(),
                    last_use: None,
                };
                token::scim::insert(tx, &row)?;
                let directory = row.directory;
                let info = TokenInfo::from(row);
                let id = info.id.to_string();
                let subject = (SubjectKind::ScimToken, id.as_str(), info.label.as_str());
                scribe.write(tx, Action::ScimTokenCreated, directory, subject, &told(&info))?;
                Ok::<_, Error>(info)
            })
            .await?;
        Ok(NewToken { info, token: made.reveal() })
    }

    /// The SCIM tokens of a directory, oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory.
    pub async fn scim_tokens(&self, directory: &str) -> Result<Vec<TokenInfo>, Error> {
        let directory = directory.to_owned();
        self.db()
            .read(move |tx| {
                let directory = find_directory(tx, &directory)?.id;
                Ok(token::scim::list(tx, directory)?.into_iter().map(TokenInfo::from).collect())
            })
            .await
    }

    /// A page of the SCIM tokens of a directory, oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory, [`Error::Invalid`] when the page is none.
    pub async fn scim_tokens_page(
        &self,
        directory: &str,
        page: &PageRequest,
    ) -> Result<Page<TokenInfo>, Error> {
        let (directory, page) = (directory.to_owned(), page.clone());
        let after: Option<TokenId> = page.after()?;
        self.db()
            .read(move |tx| {
                let directory = find_directory(tx, &directory)?.id;
                let rows = token::scim::page(tx, directory, after, page.one_more())?;
                page.cut(rows, |row| row.id).shown(|row| Ok(row.into()))
            })
            .await
    }

    /// A SCIM token of a directory.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory, and when it has no token of that id.
    pub async fn scim_token(&self, directory: &str, id: &str) -> Result<TokenInfo, Error> {
        let (directory, id) = (directory.to_owned(), id.to_owned());
        self.db().read(move |tx| find_scim(tx, &directory, &id).map(TokenInfo::from)).await
    }

    /// Changes the label of a directory's SCIM token, or from where it may be used; the next request is held to it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory, and when it has no token of that id; [`Error::Invalid`] for an empty label;
    /// [`Error::PreconditionFailed`] when it has another version than is [expected](Service::expecting).
    pub async fn change_scim_token(
        &self,
        directory: &str,
        id: &str,
        change: ScimTokenChange,
    ) -> Result<TokenInfo, Error> {
        let label = change.label.map(|label| check_label("label", &label)).transpose()?;
        let (directory, id, allow_from) = (directory.to_owned(), id.to_owned(), change.allow_from);
        let (scribe, expected) = (Scribe::of_service(self, self.clock().now()), self.expected().clone());
        self.db()
            .write(move |tx| {
                let old = find_scim(tx, &directory, &id)?;
                expected.check(&TokenInfo::from(old.clone()))?;
                let new = ScimTokenRow {
                    label: label.clone().unwrap_or_else(|| old.label.clone()),
                    allow_from: allow_from.clone().unwrap_or_else(|| old.allow_from.clone()),
                    ..old.clone()
                };
                let mut changes = Changes::default();
                changes.change("label", Some(&old.label), Some(&new.label));
                changes.change("allowFrom", Some(&old.allow_from), Some(&new.allow_from));
                if !changes.is_empty() {
                    token::scim::update(tx, &new)?;
                    let id = new.id.to_string();
                    let subject = (SubjectKind::ScimToken, id.as_str(), new.label.as_str());
                    scribe.write(tx, Action::ScimTokenUpdated, new.directory, subject, &changes)?;
                }
                Ok::<_, Error>(new.into())
            })
            .await
    }

    /// Deletes a SCIM token; the next request with it is refused.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id; [`Error::PreconditionFailed`] when it has another version than is
    /// [expected](Service::expecting).
    pub async fn delete_scim_token(&self, id: &str) -> Result<(), Error> {
        let missing = Error::NotFound(format!("there is no SCIM token {id:?}; list them: enroll token list"));
        let Ok(id) = id.parse::<TokenId>() else { return Err(missing) };
        let (scribe, expected) = (Scribe::of_service(self, self.clock().now()), self.expected().clone());
        let deleted = self
            .db()
            .write(move |tx| {
                let Some(row) = token::scim::find(tx, id)? else { return Ok(false) };
                expected.check(&TokenInfo::from(row.clone()))?;
                token::scim::delete(tx, row.directory, id)?;
                let id = id.to_string();
                let subject = (SubjectKind::ScimToken, id.as_str(), row.label.as_str());
                let changes = Changes::default().without("label", &row.label);
                scribe.write(tx, Action::ScimTokenDeleted, row.directory, subject, &changes)?;
                Ok::<_, Error>(true)
            })
            .await?;
        if deleted { Ok(()) } else { Err(missing) }
    }

    /// Makes an API token.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty label or an expiry that has passed.
    pub async fn create_api_token(
        &self,
        label: &str,
        scope: Scope,
        expires: Option<Timestamp>,
    ) -> Result<NewToken, Error> {
        self.make_api_token(label, scope, expires, None).await
    }

    /// Makes an API token that acts in the name of a user (handle, userName or id), person or bot. It asks about its user alone,
    /// unless the user is a server admin; only then may its scope be `admin`.
    ///
    /// # Errors
    /// As [`Service::create_api_token`]; [`Error::NotFound`] when there is no such user; [`Error::Conflict`] when the user is
    /// deactivated; [`Error::Invalid`] for a scope that is too wide.
    pub async fn create_user_token(
        &self,
        user: &str,
        label: &str,
        scope: Scope,
        expires: Option<Timestamp>,
    ) -> Result<NewToken, Error> {
        self.make_api_token(label, scope, expires, Some(user.to_owned())).await
    }

    async fn make_api_token(
        &self,
        label: &str,
        scope: Scope,
        expires: Option<Timestamp>,
        user: Option<String>,
    ) -> Result<NewToken, Error> {
        let label = check_label("label", label)?;
        let made = self.make(TokenKind::Api, expires)?;
        let row = ApiTokenRow {
            user: None,
            id: made.id(),
            label,
            scope,
            secret_hash: TokenHash::of(made.secret()),
            created: self.clock().now(),
            expires,
            last_use: None,
        };
        let scribe = Scribe::of_service(self, row.created);
        let info = self
            .db()
            .write(move |tx| {
                let owner = user.as_deref().map(|name| owner(tx, name, scope)).transpose()?;
                let row = ApiTokenRow { user: owner, ..row.clone() };
                token::api::insert(tx, &row)?;
                let info = TokenInfo::from(row);
                let id = info.id.to_string();
                let subject = (SubjectKind::ApiToken, id.as_str(), info.label.as_str());
                scribe.write_global(tx, Action::ApiTokenCreated, subject, &told(&info))?;
                Ok::<_, Error>(info)
            })
            .await?;
        Ok(NewToken { info, token: made.reveal() })
    }

    /// A page of the API tokens, oldest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the page is none.
    pub async fn api_tokens_page(&self, page: &PageRequest) -> Result<Page<TokenInfo>, Error> {
        let page = page.clone();
        let after: Option<TokenId> = page.after()?;
        self.db()
            .read(move |tx| {
                let rows = token::api::page(tx, after, page.one_more())?;
                page.cut(rows, |row| row.id).shown(|row| Ok(row.into()))
            })
            .await
    }

    /// An API token.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn api_token(&self, id: &str) -> Result<TokenInfo, Error> {
        let missing = Error::NotFound(format!("there is no API token {id:?}"));
        let Ok(id) = id.parse::<TokenId>() else { return Err(missing) };
        let found = self.db().read(move |tx| token::api::find(tx, id).map_err(Error::from)).await?;
        found.map(TokenInfo::from).ok_or(missing)
    }

    /// Deletes an API token; the next request with it is refused.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id; [`Error::PreconditionFailed`] when it has another version than is
    /// [expected](Service::expecting).
    pub async fn delete_api_token(&self, id: &str) -> Result<(), Error> {
        let missing =
            Error::NotFound(format!("there is no API token {id:?}; list them: enroll api-token list"));
        let Ok(id) = id.parse::<TokenId>() else { return Err(missing) };
        let (scribe, expected) = (Scribe::of_service(self, self.clock().now()), self.expected().clone());
        let deleted = self
            .db()
            .write(move |tx| {
                let Some(row) = token::api::find(tx, id)? else { return Ok(false) };
                expected.check(&TokenInfo::from(row.clone()))?;
                token::api::delete(tx, id)?;
                let id = id.to_string();
                let subject = (SubjectKind::ApiToken, id.as_str(), row.label.as_str());
                let changes = Changes::default().without("label", &row.label);
                scribe.write_global(tx, Action::ApiTokenDeleted, subject, &changes)?;
                Ok::<_, Error>(true)
            })
            .await?;
        if deleted { Ok(()) } else { Err(missing) }
    }

    fn make(&self, kind: TokenKind, expires: Option<Timestamp>) -> Result<PresentedToken, Error> {
        let now = self.clock().now();
        if expires.is_some_and(|expires| expires <= now) {
            return Err(Error::Invalid("the expiry lies in the past".to_owned()));
        }
        let secret =
            self.entropy().secret().map_err(|error| Error::Internal(format!("no randomness: {error}")))?;
        Ok(PresentedToken::new(
            kind,
            TokenId::new(now, &self.entropy().id()),
            TokenSecret::from_random(secret),
        ))
    }
}

/// A directory's SCIM token; that of another directory is none.
fn find_scim(tx: &Tx<'_>, directory: &str, id: &str) -> Result<ScimTokenRow, Error> {
    let directory = find_directory(tx, directory)?;
    let missing = || Error::NotFound(format!("{} has no SCIM token {id:?}", directory.name));
    let parsed: TokenId = id.parse().map_err(|_| missing())?;
    token::scim::find(tx, parsed)?.filter(|row| row.directory == directory.id).ok_or_else(missing)
}

/// What the audit trail tells of a new token.
fn told(info: &TokenInfo) -> Changes {
    let mut changes = Changes::default()
        .with("label", &info.label)
        .with("scope", &info.scope)
        .with("expires", info.expires);
    changes.note("user", info.user);
    match &info.allow_from {
        Some(list) if !list.is_empty() => changes.with("allowFrom", list),
        _ => changes,
    }
}

/// The user who is to have a token of that scope.
fn owner(tx: &Tx<'_>, name: &str, scope: Scope) -> Result<UserId, Error> {
    let row = find_user(tx, name)?;
    if !row.active {
        return Err(Error::Conflict(format!("{name} is deactivated: a token would not work")));
    }
    if scope == Scope::Admin && !server_admin::is(tx, row.id)? {
        return Err(Error::Invalid(format!(
            "the scope admin is for server admins, and {name} is none: choose check or read, or make the user one \
             (enroll admin grant {name})"
        )));
    }
    Ok(row.id)
}

fn last_use(last_use: Option<LastUse>) -> (Option<Timestamp>, Option<String>) {
    last_use.map_or((None, None), |last_use| (Some(last_use.at), last_use.address))
}

impl From<ScimTokenRow> for TokenInfo {
    fn from(row: ScimTokenRow) -> Self {
        let (last_used, last_used_address) = last_use(row.last_use);
        let scope = TokenKind::Scim.to_string();
        Self {
            user: None,
            id: row.id,
            label: row.label,
            scope,
            created: row.created,
            expires: row.expires,
            allow_from: Some(row.allow_from),
            last_used,
            last_used_address,
        }
    }
}

impl From<ApiTokenRow> for TokenInfo {
    fn from(row: ApiTokenRow) -> Self {
        let (last_used, last_used_address) = last_use(row.last_use);
        let scope = row.scope.to_string();
        Self {
            user: row.user,
            id: row.id,
            label: row.label,
            scope,
            created: row.created,
            expires: row.expires,
            allow_from: None,
            last_used,
            last_used_address,
        }
    }
}
