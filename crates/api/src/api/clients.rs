//! Clients: applications that let Enroll sign users in. A secret is in the answer that makes it and in no other.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use enroll_domain::{ClientKind, ClientScope, SigningAlgorithm};
use enroll_service::{ClientInfo, ClientSettings, NewClient};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::idempotency::ShownOnce;
use super::list::{ListParameters, listed};
use super::version::{Expected, versioned};
use crate::App;

/// A client to be registered.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    kind: ClientKind,
    redirect_uris: Vec<String>,
    #[serde(default, deserialize_with = "given")]
    directory: Option<String>,
    #[serde(default, deserialize_with = "given")]
    post_logout_uris: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    logout_uri: Option<String>,
    #[serde(default, deserialize_with = "given")]
    scopes: Option<Vec<ClientScope>>,
    #[serde(default, deserialize_with = "given")]
    algorithm: Option<SigningAlgorithm>,
    #[serde(default, deserialize_with = "given")]
    email_verified: Option<bool>,
}

/// What to change; what is left out stays.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    #[serde(default, deserialize_with = "given")]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    redirect_uris: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    directory: Option<String>,
    #[serde(default, deserialize_with = "given")]
    post_logout_uris: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    logout_uri: Option<String>,
    #[serde(default, deserialize_with = "given")]
    scopes: Option<Vec<ClientScope>>,
    #[serde(default, deserialize_with = "given")]
    algorithm: Option<SigningAlgorithm>,
    #[serde(default, deserialize_with = "given")]
    email_verified: Option<bool>,
}

/// A client with its new secret.
#[derive(Serialize)]
pub(crate) struct Made {
    #[serde(flatten)]
    info: ClientInfo,
    /// The only time that it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<NewClient> for Made {
    fn from(new: NewClient) -> Self {
        Self { secret: new.reveal().map(str::to_owned), info: new.info }
    }
}

/// Nothing: `{}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// A page of the clients, oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("clients", app.service().clients_page(&page).await?)
}

/// Registers a client: 201.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Extension<ShownOnce>, Json<Made>), Problem> {
    let settings = ClientSettings {
        name: Some(new.name),
        directory: new.directory,
        redirect_uris: Some(new.redirect_uris),
        post_logout_uris: new.post_logout_uris,
        logout_uri: new.logout_uri,
        scopes: new.scopes,
        algorithm: new.algorithm,
        email_verified: new.email_verified,
    };
    let made = caller.service.create_client(new.kind, &settings).await?;
    Ok((StatusCode::CREATED, Extension(ShownOnce), Json(made.into())))
}

/// A client.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(client): Path<String>,
) -> Result<(HeaderMap, Json<ClientInfo>), Problem> {
    let client = app.service().client(&client).await?;
    Ok(versioned(client.version, client))
}

/// Changes a client.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path(client): Path<String>,
    Expected(version): Expected,
    Body(change): Body<Change>,
) -> Result<(HeaderMap, Json<ClientInfo>), Problem> {
    let settings = ClientSettings {
        name: change.name,
        directory: change.directory,
        redirect_uris: change.redirect_uris,
        post_logout_uris: change.post_logout_uris,
        logout_uri: change.logout_uri,
        scopes: change.scopes,
        algorithm: change.algorithm,
        email_verified: change.email_verified,
    };
    let client = caller.service.change_client(&client, &settings, version.as_ref()).await?;
    Ok(versioned(client.version, client))
}

/// Gives a client another secret; the old one is good for nothing any more.
pub(crate) async fn rotate_secret(
    caller: Authenticated<ToAdminister>,
    Path(client): Path<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<(Extension<ShownOnce>, Json<Made>), Problem> {
    Ok((Extension(ShownOnce), Json(caller.service.rotate_client_secret(&client).await?.into())))
}

/// Makes new keys for ID tokens.
pub(crate) async fn rotate_keys(
    caller: Authenticated<ToAdminister>,
    Body(Nothing {}): Body<Nothing>,
) -> Result<StatusCode, Problem> {
    caller.service.rotate_signing_keys().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a client with everything that it was given.
pub(crate) async fn delete(
    caller: Authenticated<ToAdminister>,
    Path(client): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.delete_client(&client).await?;
    Ok(StatusCode::NO_CONTENT)
}
