//! SCIM tokens, below their directory, and API tokens (enrollment.md §5). A token's text is in the answer that makes it and
//! in no other (threat S15).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use enroll_domain::time::Moment;
use enroll_domain::{AllowList, Scope};
use enroll_service::{NewScimToken, NewToken, ScimTokenChange, TokenInfo, Versioned as _};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, ONE_LINE, given};
use super::idempotency::ShownOnce;
use super::list::{ListParameters, list, listed};
use super::version::{Expected, Tag, current, versioned};
use crate::App;
use crate::openapi::{Routes, op};

/// A SCIM token to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewScimToken")]
pub(crate) struct NewScim {
    /// What it is for.
    #[schemars(length(min = 1, max = 100), regex(pattern = ONE_LINE))]
    #[schemars(example = &"terraform")]
    label: String,
    /// When it ends; never, without it.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<Moment>")]
    expires: Option<Timestamp>,
    /// From where the token may be used: addresses and networks such as 203.0.113.0/24 or 2001:db8::/32; none for anywhere.
    #[serde(default)]
    #[schemars(length(max = 64), extend("items" = { "type": "string", "examples": ["203.0.113.0/24"] }))]
    allow_from: Vec<String>,
}

/// What to change of a SCIM token; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ScimTokenChange")]
pub(crate) struct ChangeScim {
    /// What it is for.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1, max = 100), regex(pattern = ONE_LINE))]
    label: Option<String>,
    /// From where the token may be used; none for anywhere.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(max = 64), extend("items" = { "type": "string", "examples": ["203.0.113.0/24"] }))]
    allow_from: Option<Vec<String>>,
}

fn networks(texts: &[String]) -> Result<AllowList, Problem> {
    AllowList::read(texts).map_err(|error| Problem::bad_request(format!("allowFrom: {error}")))
}

/// An API token to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewApiToken")]
pub(crate) struct NewApi {
    /// What it is for.
    #[schemars(length(min = 1, max = 100), regex(pattern = ONE_LINE))]
    #[schemars(example = &"terraform")]
    label: String,
    /// In whose name the token acts: handle, userName or id.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1))]
    user: Option<String>,
    /// What it may do.
    scope: Scope,
    /// When it ends; never, without it.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<Moment>")]
    expires: Option<Timestamp>,
}

/// A token that was just made.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NewToken")]
pub(crate) struct Made {
    #[serde(flatten)]
    info: TokenInfo,
    /// The token itself: the only time that it is shown.
    token: String,
}

impl From<NewToken> for Made {
    fn from(new: NewToken) -> Self {
        Self { token: new.reveal().to_owned(), info: new.info }
    }
}

list! {
    /// Tokens, oldest first.
    Tokens { tokens: TokenInfo }
}

/// A page of a directory's SCIM tokens, oldest first.
pub(crate) async fn list_scim(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<Tokens>, Problem> {
    Ok(listed(app.service().scim_tokens_page(&directory, &page).await?))
}

/// Makes a SCIM token: 201.
pub(crate) async fn create_scim(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    Body(NewScim { label, expires, allow_from }): Body<NewScim>,
) -> Result<(StatusCode, Tag, Extension<ShownOnce>, Json<Made>), Problem> {
    let new = NewScimToken { label, expires, allow_from: networks(&allow_from)? };
    let made = caller.service.create_limited_scim_token(&directory, new).await?;
    let (tag, body) = versioned(made.info.version(), made.into());
    Ok((StatusCode::CREATED, tag, Extension(ShownOnce), body))
}

/// A directory's SCIM token; that of another directory is none.
pub(crate) async fn read_scim(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((directory, token)): Path<(String, String)>,
) -> Result<(Tag, Json<TokenInfo>), Problem> {
    Ok(current(app.service().scim_token(&directory, &token).await?))
}

/// Changes the label of a directory's SCIM token, or from where it may be used.
pub(crate) async fn change_scim(
    caller: Authenticated<ToAdminister>,
    Path((directory, token)): Path<(String, String)>,
    Expected(expected): Expected,
    Body(ChangeScim { label, allow_from }): Body<ChangeScim>,
) -> Result<(Tag, Json<TokenInfo>), Problem> {
    let change = ScimTokenChange { label, allow_from: allow_from.as_deref().map(networks).transpose()? };
    let service = caller.service.expecting(expected);
    Ok(current(service.change_scim_token(&directory, &token, change).await?))
}

/// Deletes a directory's SCIM token; the next request with it is refused.
pub(crate) async fn delete_scim(
    caller: Authenticated<ToAdminister>,
    Path((directory, token)): Path<(String, String)>,
    Expected(expected): Expected,
) -> Result<StatusCode, Problem> {
    caller.service.scim_token(&directory, &token).await?;
    caller.service.expecting(expected).delete_scim_token(&token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A page of the API tokens, oldest first.
pub(crate) async fn list_api(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<Tokens>, Problem> {
    Ok(listed(app.service().api_tokens_page(&page).await?))
}

/// Makes an API token: 201.
pub(crate) async fn create_api(
    caller: Authenticated<ToAdminister>,
    Body(NewApi { label, user, scope, expires }): Body<NewApi>,
) -> Result<(StatusCode, Tag, Extension<ShownOnce>, Json<Made>), Problem> {
    let made = match user {
        Some(user) => caller.service.create_user_token(&user, &label, scope, expires).await?,
        None => caller.service.create_api_token(&label, scope, expires).await?,
    };
    let (tag, body) = versioned(made.info.version(), made.into());
    Ok((StatusCode::CREATED, tag, Extension(ShownOnce), body))
}

/// An API token.
pub(crate) async fn read_api(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(token): Path<String>,
) -> Result<(Tag, Json<TokenInfo>), Problem> {
    Ok(current(app.service().api_token(&token).await?))
}

/// Deletes an API token, also the one that asks for it; the next request with it is refused.
pub(crate) async fn delete_api(
    caller: Authenticated<ToAdminister>,
    Path(token): Path<String>,
    Expected(expected): Expected,
) -> Result<StatusCode, Problem> {
    caller.service.expecting(expected).delete_api_token(&token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Tokens")
        .get(
            "/directories/{directory}/tokens",
            list_scim,
            op("listScimTokens", "List the SCIM tokens of a directory, oldest first").ok("A page"),
        )
        .post(
            "/directories/{directory}/tokens",
            create_scim,
            op("createScimToken", "Create a SCIM token")
                .created("The token; its text is shown here and never again"),
        )
        .get(
            "/directories/{directory}/tokens/{token}",
            read_scim,
            op("readScimToken", "Read what is kept of a SCIM token").ok("The token without its text"),
        )
        .patch(
            "/directories/{directory}/tokens/{token}",
            change_scim,
            op("changeScimToken", "Change the label of a SCIM token, or from where it may be used")
                .ok("The token without its text"),
        )
        .delete(
            "/directories/{directory}/tokens/{token}",
            delete_scim,
            op("deleteScimToken", "Delete a SCIM token; the next request with it is refused")
                .gone("It is gone"),
        )
        .get("/api-tokens", list_api, op("listApiTokens", "List the API tokens, oldest first").ok("A page"))
        .post(
            "/api-tokens",
            create_api,
            op("createApiToken", "Create an API token")
                .created("The token; its text is shown here and never again")
                .refuses(&[404, 409]),
        )
        .get(
            "/api-tokens/{token}",
            read_api,
            op("readApiToken", "Read what is kept of an API token").ok("The token without its text"),
        )
        .delete(
            "/api-tokens/{token}",
            delete_api,
            op("deleteApiToken", "Delete an API token; the next request with it is refused")
                .gone("It is gone"),
        )
}
