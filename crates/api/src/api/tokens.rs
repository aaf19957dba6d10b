//! SCIM tokens, below their directory, and API tokens (enrollment.md §5). A token's text is in the answer that makes it and
//! in no other (threat S15).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use enroll_domain::{AllowList, Scope};
use enroll_service::{NewScimToken, NewToken, ScimTokenChange, TokenInfo};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::idempotency::ShownOnce;
use super::list::{ListParameters, listed};
use crate::App;

/// A SCIM token to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewScim {
    label: String,
    #[serde(default, deserialize_with = "given")]
    expires: Option<Timestamp>,
    #[serde(default)]
    allow_from: Vec<String>,
}

/// What to change of a SCIM token; what is left out stays.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangeScim {
    #[serde(default, deserialize_with = "given")]
    label: Option<String>,
    #[serde(default, deserialize_with = "given")]
    allow_from: Option<Vec<String>>,
}

fn networks(texts: &[String]) -> Result<AllowList, Problem> {
    AllowList::read(texts).map_err(|error| Problem::bad_request(format!("allowFrom: {error}")))
}

/// An API token to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApi {
    label: String,
    #[serde(default, deserialize_with = "given")]
    user: Option<String>,
    scope: Scope,
    #[serde(default, deserialize_with = "given")]
    expires: Option<Timestamp>,
}

/// A token that was just made.
#[derive(Serialize)]
pub(crate) struct Made {
    #[serde(flatten)]
    info: TokenInfo,
    /// The only time that it is shown.
    token: String,
}

impl From<NewToken> for Made {
    fn from(new: NewToken) -> Self {
        Self { token: new.reveal().to_owned(), info: new.info }
    }
}

/// A page of a directory's SCIM tokens, oldest first.
pub(crate) async fn list_scim(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("tokens", app.service().scim_tokens_page(&directory, &page).await?)
}

/// Makes a SCIM token: 201.
pub(crate) async fn create_scim(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    Body(NewScim { label, expires, allow_from }): Body<NewScim>,
) -> Result<(StatusCode, Extension<ShownOnce>, Json<Made>), Problem> {
    let new = NewScimToken { label, expires, allow_from: networks(&allow_from)? };
    let made = caller.service.create_limited_scim_token(&directory, new).await?;
    Ok((StatusCode::CREATED, Extension(ShownOnce), Json(made.into())))
}

/// A directory's SCIM token; that of another directory is none.
pub(crate) async fn read_scim(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((directory, token)): Path<(String, String)>,
) -> Result<Json<TokenInfo>, Problem> {
    Ok(Json(app.service().scim_token(&directory, &token).await?))
}

/// Changes the label of a directory's SCIM token, or from where it may be used.
pub(crate) async fn change_scim(
    caller: Authenticated<ToAdminister>,
    Path((directory, token)): Path<(String, String)>,
    Body(ChangeScim { label, allow_from }): Body<ChangeScim>,
) -> Result<Json<TokenInfo>, Problem> {
    let change = ScimTokenChange { label, allow_from: allow_from.as_deref().map(networks).transpose()? };
    Ok(Json(caller.service.change_scim_token(&directory, &token, change).await?))
}

/// Deletes a directory's SCIM token; the next request with it is refused.
pub(crate) async fn delete_scim(
    caller: Authenticated<ToAdminister>,
    Path((directory, token)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    caller.service.scim_token(&directory, &token).await?;
    caller.service.delete_scim_token(&token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A page of the API tokens, oldest first.
pub(crate) async fn list_api(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("tokens", app.service().api_tokens_page(&page).await?)
}

/// Makes an API token: 201.
pub(crate) async fn create_api(
    caller: Authenticated<ToAdminister>,
    Body(NewApi { label, user, scope, expires }): Body<NewApi>,
) -> Result<(StatusCode, Extension<ShownOnce>, Json<Made>), Problem> {
    let made = match user {
        Some(user) => caller.service.create_user_token(&user, &label, scope, expires).await?,
        None => caller.service.create_api_token(&label, scope, expires).await?,
    };
    Ok((StatusCode::CREATED, Extension(ShownOnce), Json(made.into())))
}

/// An API token.
pub(crate) async fn read_api(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(token): Path<String>,
) -> Result<Json<TokenInfo>, Problem> {
    Ok(Json(app.service().api_token(&token).await?))
}

/// Deletes an API token, also the one that asks for it; the next request with it is refused.
pub(crate) async fn delete_api(
    caller: Authenticated<ToAdminister>,
    Path(token): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.delete_api_token(&token).await?;
    Ok(StatusCode::NO_CONTENT)
}
