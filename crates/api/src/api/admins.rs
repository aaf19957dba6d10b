//! `/api/v1/admins` and `/api/v1/bots`: server admins, and users outside identity providers (enrollment.md §1.1, §1.3, §2.9).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_service::{NewLocalUser, UserInfo};
use serde::Deserialize;
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::list::{ListParameters, listed};
use crate::App;

/// A local admin to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAdmin {
    name: String,
    #[serde(default, deserialize_with = "given")]
    email: Option<String>,
}

/// A bot to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBot {
    name: String,
}

/// A page of the server admins, in the order of their ids.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("admins", app.service().admins_page(&page).await?)
}

/// Makes a local user who is a server admin: 201.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Body(NewAdmin { name, email }): Body<NewAdmin>,
) -> Result<(StatusCode, Json<UserInfo>), Problem> {
    let made = caller.service.create_admin(&NewLocalUser { name, email }).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Makes a user a server admin.
pub(crate) async fn grant(
    caller: Authenticated<ToAdminister>,
    Path(user): Path<String>,
) -> Result<Json<UserInfo>, Problem> {
    Ok(Json(caller.service.grant_admin(&user).await?))
}

/// Takes it back.
pub(crate) async fn revoke(
    caller: Authenticated<ToAdminister>,
    Path(user): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.revoke_admin(&user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A page of the bots, in the order of their ids.
pub(crate) async fn list_bots(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("bots", app.service().bots_page(&page).await?)
}

/// Makes a bot: 201.
pub(crate) async fn create_bot(
    caller: Authenticated<ToAdminister>,
    Body(NewBot { name }): Body<NewBot>,
) -> Result<(StatusCode, Json<UserInfo>), Problem> {
    let made = caller.service.create_bot(&NewLocalUser { name, email: None }).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Deletes a bot with its tokens and grants.
pub(crate) async fn delete_bot(
    caller: Authenticated<ToAdminister>,
    Path(bot): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.delete_bot(&bot).await?;
    Ok(StatusCode::NO_CONTENT)
}
