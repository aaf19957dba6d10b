//! Clients: applications that let Enroll sign users in. A secret is in the answer that makes it and in no other.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use enroll_domain::{ClientKind, ClientScope, SigningAlgorithm};
use enroll_service::{ClientInfo, ClientSettings, NewClient};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, ONE_LINE, given};
use super::idempotency::ShownOnce;
use super::list::{ListParameters, list, listed};
use super::version::{Expected, Tag, versioned};
use crate::App;
use crate::openapi::{Routes, op};

/// A client to be registered.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewClient")]
pub(crate) struct New {
    /// What it is called.
    #[schemars(length(min = 1, max = 100), regex(pattern = ONE_LINE))]
    #[schemars(example = &"Wiki")]
    name: String,
    /// Whether it has a secret.
    kind: ClientKind,
    /// Where users come back to after signing in.
    #[schemars(length(min = 1, max = 20), extend("items" = { "type": "string", "examples": ["https://app.example.com/callback"] }))]
    redirect_uris: Vec<String>,
    /// Whose users it is for: the name of a directory; the empty text for all, as without it.
    #[serde(default, deserialize_with = "given")]
    directory: Option<String>,
    /// Where users may go after signing out.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(max = 20), extend("items" = { "type": "string", "examples": ["https://app.example.com/callback"] }))]
    post_logout_uris: Option<Vec<String>>,
    /// Where it is told that a session has ended.
    #[serde(default, deserialize_with = "given")]
    #[schemars(example = &"https://app.example.com/logout")]
    logout_uri: Option<String>,
    /// What it may be told; `openid` is one of them.
    #[serde(default, deserialize_with = "given")]
    #[schemars(extend("contains" = { "const": "openid" }))]
    scopes: Option<Vec<ClientScope>>,
    /// How its ID tokens are signed.
    #[serde(default, deserialize_with = "given")]
    algorithm: Option<SigningAlgorithm>,
    /// Whether it is told that addresses are verified.
    #[serde(default, deserialize_with = "given")]
    email_verified: Option<bool>,
}

/// What to change; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ClientChange")]
pub(crate) struct Change {
    /// What it is called.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1, max = 100), regex(pattern = ONE_LINE))]
    name: Option<String>,
    /// Where users come back to after signing in.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1, max = 20), extend("items" = { "type": "string", "examples": ["https://app.example.com/callback"] }))]
    redirect_uris: Option<Vec<String>>,
    /// Whose users it is for: the name of a directory; the empty text for all, as without it.
    #[serde(default, deserialize_with = "given")]
    directory: Option<String>,
    /// Where users may go after signing out.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(max = 20), extend("items" = { "type": "string", "examples": ["https://app.example.com/callback"] }))]
    post_logout_uris: Option<Vec<String>>,
    /// Where it is told that a session has ended.
    #[serde(default, deserialize_with = "given")]
    #[schemars(example = &"https://app.example.com/logout")]
    logout_uri: Option<String>,
    /// What it may be told; `openid` is one of them.
    #[serde(default, deserialize_with = "given")]
    #[schemars(extend("contains" = { "const": "openid" }))]
    scopes: Option<Vec<ClientScope>>,
    /// How its ID tokens are signed.
    #[serde(default, deserialize_with = "given")]
    algorithm: Option<SigningAlgorithm>,
    /// Whether it is told that addresses are verified.
    #[serde(default, deserialize_with = "given")]
    email_verified: Option<bool>,
}

/// A client with its new secret.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ClientWithSecret")]
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
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

list! {
    /// The clients, oldest first.
    Clients { clients: ClientInfo }
}

/// A page of the clients, oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<Clients>, Problem> {
    Ok(listed(app.service().clients_page(&page).await?))
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
) -> Result<(Tag, Json<ClientInfo>), Problem> {
    let client = app.service().client(&client).await?;
    Ok(versioned(client.version, client))
}

/// Changes a client.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path(client): Path<String>,
    Expected(version): Expected,
    Body(change): Body<Change>,
) -> Result<(Tag, Json<ClientInfo>), Problem> {
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

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Clients")
        .get("/clients", list, op("listClients", "List the clients, oldest first").ok("A page"))
        .post("/clients", create, op("createClient", "Register a client").created("The client, with its secret if it has one").refuses(&[404, 409]))
        .get("/clients/{client}", read, op("readClient", "Read a client").ok("The client without its secret"))
        .patch("/clients/{client}", change, op("changeClient", "Change a client").ok("The client as it is now"))
        .delete("/clients/{client}", delete, op("deleteClient", "Delete a client with everything that it was given").gone("It is gone"))
        .post("/clients/{client}/secret", rotate_secret, op("rotateClientSecret", "Give a client another secret; the old one is good for nothing any more").ok("The client with its new secret").refuses(&[409]))
        .post("/signing-keys", rotate_keys, op("rotateSigningKeys", "Make new keys for ID tokens; they sign after ten minutes, and the old ones stay published for a week").gone("The keys are published"))
}
