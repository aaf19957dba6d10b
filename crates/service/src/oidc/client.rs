//! Registering clients. An administrator does: no client registers itself.

use std::fmt;

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::time::Moment;
use enroll_domain::{
    ClientId, ClientKind, ClientScope, ClientUri, OpaqueSecret, SecretHash, SigningAlgorithm,
};
use enroll_store::oidc::client::{self, ClientRow};
use enroll_store::{Tx, directory};
use jiff::Timestamp;
use schemars::JsonSchema;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use crate::admin::{check_label, find_directory};
use crate::audit::{Changes, Scribe};
use crate::scim::check_version;
use crate::{Error, IfMatch, Page, PageRequest, Service};

/// Most URIs of a kind that a client may have.
const URIS: usize = 20;

/// What of a client can be set; what is `None` stays as it is, or has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientSettings {
    /// What it is called.
    pub name: Option<String>,
    /// The directory whose users it is for, by name or id; the empty text for all directories.
    pub directory: Option<String>,
    /// Where users come back to after signing in; one at least.
    pub redirect_uris: Option<Vec<String>>,
    /// Where users may go after signing out.
    pub post_logout_uris: Option<Vec<String>>,
    /// Where it is told that a session has ended (OpenID Connect Back-Channel Logout 1.0); the empty text for nowhere.
    pub logout_uri: Option<String>,
    /// What it may be told; all of it when nothing is said.
    pub scopes: Option<Vec<ClientScope>>,
    /// How its ID tokens are signed.
    pub algorithm: Option<SigningAlgorithm>,
    /// Whether it is told that addresses are verified.
    pub email_verified: Option<bool>,
}

/// A client as an administrator sees it; the secret is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientInfo {
    /// The `client_id`.
    pub id: ClientId,
    /// What it is called.
    pub name: String,
    /// Whether it has a secret.
    pub kind: ClientKind,
    /// The directory whose users it is for; all if it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// Where users come back to after signing in.
    #[schemars(length(min = 1, max = 20))]
    pub redirect_uris: Vec<ClientUri>,
    /// Where users may go after signing out.
    #[schemars(length(max = 20))]
    pub post_logout_uris: Vec<ClientUri>,
    /// Where it is told that a session has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logout_uri: Option<ClientUri>,
    /// What it may be told.
    pub scopes: Vec<ClientScope>,
    /// How its ID tokens are signed.
    pub algorithm: SigningAlgorithm,
    /// Whether it is told that addresses are verified.
    pub email_verified: bool,
    /// When it was made.
    #[schemars(with = "Moment")]
    pub created: Timestamp,
    /// Grows by one with each change.
    #[schemars(range(min = 0))]
    pub version: i64,
}

/// A client with its new secret.
#[derive(Clone)]
pub struct NewClient {
    /// What is kept of it.
    pub info: ClientInfo,
    secret: Option<SecretString>,
}

impl fmt::Debug for NewClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewClient").field("info", &self.info).finish_non_exhaustive()
    }
}

impl NewClient {
    /// The secret of a confidential client: the only time that it is shown.
    pub fn reveal(&self) -> Option<&str> {
        self.secret.as_ref().map(SecretString::expose_secret)
    }
}

impl Service {
    /// Registers a client.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name or URI that does not fit, [`Error::NotFound`] when there is no such directory.
    pub async fn create_client(
        &self,
        kind: ClientKind,
        settings: &ClientSettings,
    ) -> Result<NewClient, Error> {
        let now = self.clock().now();
        let (secret, secret_hash) = match kind {
            ClientKind::Public => (None, None),
            ClientKind::Confidential => {
                let (secret, hash) = self.client_secret()?;
                (Some(secret), Some(hash))
            }
        };
        let row = ClientRow {
            id: ClientId::new(now, &self.entropy().id()),
            name: String::new(),
            kind,
            secret_hash,
            directory: None,
            redirect_uris: Vec::new(),
            post_logout_uris: Vec::new(),
            logout_uri: None,
            scopes: ClientScope::ALL.to_vec(),
            algorithm: SigningAlgorithm::Rs256,
            email_verified: false,
            created: now,
            version: 1,
        };
        let (settings, scribe) = (settings.clone(), Scribe::of_service(self, now));
        let info = self
            .db()
            .write(move |tx| {
                let mut row = row.clone();
                apply(tx, &settings, &mut row)?;
                client::insert(tx, &row)?;
                let info = info(tx, row)?;
                tell(tx, &scribe, Action::ClientCreated, None, &info)?;
                Ok::<_, Error>(info)
            })
            .await?;
        Ok(NewClient { info, secret })
    }

    /// A page of the clients, oldest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the page is none.
    pub async fn clients_page(&self, page: &PageRequest) -> Result<Page<ClientInfo>, Error> {
        let page = page.clone();
        let after: Option<ClientId> = page.after()?;
        self.db()
            .read(move |tx| {
                let rows = client::page(tx, after, page.one_more())?;
                page.cut(rows, |row| row.id).shown(|row| info(tx, row))
            })
            .await
    }

    /// A client.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn client(&self, id: &str) -> Result<ClientInfo, Error> {
        let id = id.to_owned();
        self.db().read(move |tx| info(tx, find(tx, &id)?)).await
    }

    /// Changes a client, if it has the version that the caller believes to change.
    ///
    /// # Errors
    /// As [`Service::create_client`]; [`Error::NotFound`] when there is none of that id, [`Error::PreconditionFailed`] when it has
    /// another version.
    pub async fn change_client(
        &self,
        id: &str,
        settings: &ClientSettings,
        if_match: Option<&IfMatch>,
    ) -> Result<ClientInfo, Error> {
        let (id, settings, if_match) = (id.to_owned(), settings.clone(), if_match.cloned());
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let old = find(tx, &id)?;
                check_version(if_match.as_ref(), old.version)?;
                let mut row = old.clone();
                apply(tx, &settings, &mut row)?;
                if row == old {
                    return info(tx, row);
                }
                client::update(tx, &row)?;
                let (before, after) = (info(tx, old)?, info(tx, find(tx, &id)?)?);
                tell(tx, &scribe, Action::ClientUpdated, Some(&before), &after)?;
                Ok(after)
            })
            .await
    }

    /// Gives a confidential client another secret; the old one is good for nothing any more.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id, [`Error::Conflict`] for a public client.
    pub async fn rotate_client_secret(&self, id: &str) -> Result<NewClient, Error> {
        let (secret, hash) = self.client_secret()?;
        let (id, scribe) = (id.to_owned(), Scribe::of_service(self, self.clock().now()));
        let info = self
            .db()
            .write(move |tx| {
                let mut row = find(tx, &id)?;
                if row.kind == ClientKind::Public {
                    return Err(Error::Conflict(format!(
                        "{} is a public client: it has no secret",
                        row.name
                    )));
                }
                row.secret_hash = Some(hash);
                client::update(tx, &row)?;
                let info = info(tx, find(tx, &id)?)?;
                let subject = (SubjectKind::Client, id.as_str(), info.name.as_str());
                scribe.write_global(tx, Action::ClientSecretRotated, subject, &Changes::default())?;
                Ok(info)
            })
            .await?;
        Ok(NewClient { info, secret: Some(secret) })
    }

    /// Deletes a client with everything that it was given.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none of that id.
    pub async fn delete_client(&self, id: &str) -> Result<(), Error> {
        let (id, scribe) = (id.to_owned(), Scribe::of_service(self, self.clock().now()));
        self.db()
            .write(move |tx| {
                let row = find(tx, &id)?;
                client::delete(tx, row.id)?;
                let changes = Changes::default().without("name", &row.name);
                let subject = (SubjectKind::Client, id.as_str(), row.name.as_str());
                Ok(scribe.write_global(tx, Action::ClientDeleted, subject, &changes).map(drop)?)
            })
            .await
    }

    fn client_secret(&self) -> Result<(SecretString, SecretHash), Error> {
        let secret = OpaqueSecret::from_random(self.random()?);
        Ok((secret.reveal(), SecretHash::of(&secret)))
    }
}

fn find(tx: &Tx<'_>, id: &str) -> Result<ClientRow, Error> {
    let missing = || Error::NotFound(format!("there is no client {id:?}; list them: enroll client list"));
    let parsed: ClientId = id.parse().map_err(|_| missing())?;
    client::find(tx, parsed)?.ok_or_else(missing)
}

fn apply(tx: &Tx<'_>, settings: &ClientSettings, row: &mut ClientRow) -> Result<(), Error> {
    if let Some(name) = &settings.name {
        row.name = check_label("name", name)?;
    }
    if let Some(directory) = &settings.directory {
        row.directory = if directory.is_empty() { None } else { Some(find_directory(tx, directory)?.id) };
    }
    if let Some(uris) = &settings.redirect_uris {
        row.redirect_uris = parse_all("redirect URIs", uris)?;
    }
    if row.redirect_uris.is_empty() {
        return Err(Error::Invalid(
            "a client needs a redirect URI: where users come back to after signing in".to_owned(),
        ));
    }
    if let Some(uris) = &settings.post_logout_uris {
        row.post_logout_uris = parse_all("post-logout URIs", uris)?;
    }
    match settings.logout_uri.as_deref() {
        None => {}
        Some("") => row.logout_uri = None,
        Some(uri) => row.logout_uri = Some(parse(uri)?),
    }
    if let Some(scopes) = &settings.scopes {
        row.scopes = ClientScope::ALL.iter().copied().filter(|scope| scopes.contains(scope)).collect();
        if !row.scopes.contains(&ClientScope::OpenId) {
            return Err(Error::Invalid("the scopes of a client have `openid` among them".to_owned()));
        }
    }
    row.algorithm = settings.algorithm.unwrap_or(row.algorithm);
    row.email_verified = settings.email_verified.unwrap_or(row.email_verified);
    Ok(())
}

fn parse(uri: &str) -> Result<ClientUri, Error> {
    uri.parse().map_err(|error: enroll_domain::client::InvalidClientUri| Error::Invalid(error.to_string()))
}

fn parse_all(what: &str, uris: &[String]) -> Result<Vec<ClientUri>, Error> {
    if uris.len() > URIS {
        return Err(Error::Invalid(format!("a client has at most {URIS} {what}")));
    }
    uris.iter().map(|uri| parse(uri)).collect()
}

fn info(tx: &Tx<'_>, row: ClientRow) -> Result<ClientInfo, Error> {
    let directory = match row.directory {
        None => None,
        Some(id) => Some(directory::find(tx, id)?.map_or_else(|| id.to_string(), |row| row.name.to_string())),
    };
    Ok(ClientInfo {
        id: row.id,
        name: row.name,
        kind: row.kind,
        directory,
        redirect_uris: row.redirect_uris,
        post_logout_uris: row.post_logout_uris,
        logout_uri: row.logout_uri,
        scopes: row.scopes,
        algorithm: row.algorithm,
        email_verified: row.email_verified,
        created: row.created,
        version: row.version,
    })
}

fn tell(
    tx: &Tx<'_>,
    scribe: &Scribe,
    action: Action,
    before: Option<&ClientInfo>,
    after: &ClientInfo,
) -> Result<(), Error> {
    let mut changes = Changes::default();
    changes.change("name", before.map(|before| &before.name), Some(&after.name));
    changes.change("kind", before.map(|before| before.kind), Some(after.kind));
    changes.change("directory", before.map(|before| &before.directory), Some(&after.directory));
    changes.change("redirectUris", before.map(|before| &before.redirect_uris), Some(&after.redirect_uris));
    changes.change(
        "postLogoutUris",
        before.map(|before| &before.post_logout_uris),
        Some(&after.post_logout_uris),
    );
    changes.change("logoutUri", before.map(|before| &before.logout_uri), Some(&after.logout_uri));
    changes.change("scopes", before.map(|before| &before.scopes), Some(&after.scopes));
    changes.change("algorithm", before.map(|before| before.algorithm), Some(after.algorithm));
    changes.change("emailVerified", before.map(|before| before.email_verified), Some(after.email_verified));
    let id = after.id.to_string();
    Ok(scribe.write_global(tx, action, (SubjectKind::Client, &id, &after.name), &changes).map(drop)?)
}
