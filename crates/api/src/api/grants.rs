//! `/api/v1/organizations/{organization}/grants`: roles given directly (enrollment.md §1.8).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_domain::Role;
use enroll_service::GrantInfo;
use serde::Deserialize;
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::Body;
use super::list::{ListParameters, listed};
use crate::App;

/// What is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    role: Role,
}

/// A page of the direct grants on an organization, oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(organization): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("grants", app.service().grants_page(&organization, &page).await?)
}

/// A user's direct grant.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((organization, user)): Path<(String, String)>,
) -> Result<Json<GrantInfo>, Problem> {
    Ok(Json(app.service().direct_grant(&organization, &user).await?))
}

/// Gives a user a role: 201 for the first grant, 200 where it takes the place of another. The token's label is kept as who
/// has given it.
pub(crate) async fn give(
    caller: Authenticated<ToAdminister>,
    Path((organization, user)): Path<(String, String)>,
    Body(Given { role }): Body<Given>,
) -> Result<(StatusCode, Json<GrantInfo>), Problem> {
    let (grant, is_new) = caller.service.give_grant(&organization, &user, role).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(grant)))
}

/// Takes a user's direct grant back.
pub(crate) async fn take(
    caller: Authenticated<ToAdminister>,
    Path((organization, user)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    caller.service.revoke(&organization, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
