//! `/api/v1/organizations/{organization}/resources/{resource}/grants`: roles given directly (enrollment.md §1.8).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_domain::ResourceRole;
use enroll_service::ResourceGrantInfo;
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
    role: ResourceRole,
}

/// Organization, resource and user of a path.
type Place = (String, String, String);

/// A page of the direct grants on a resource, oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((organization, resource)): Path<(String, String)>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("grants", app.service().resource_grants_page(&organization, &resource, &page).await?)
}

/// A user's direct grant.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((organization, resource, user)): Path<Place>,
) -> Result<Json<ResourceGrantInfo>, Problem> {
    Ok(Json(app.service().resource_grant(&organization, &resource, &user).await?))
}

/// Gives a user a role: 201 for the first grant, 200 where it takes the place of another.
pub(crate) async fn give(
    caller: Authenticated<ToAdminister>,
    Path((organization, resource, user)): Path<Place>,
    Body(Given { role }): Body<Given>,
) -> Result<(StatusCode, Json<ResourceGrantInfo>), Problem> {
    let (grant, is_new) = caller.service.give_resource_grant(&organization, &resource, &user, role).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(grant)))
}

/// Takes a user's direct grant back.
pub(crate) async fn take(
    caller: Authenticated<ToAdminister>,
    Path((organization, resource, user)): Path<Place>,
) -> Result<StatusCode, Problem> {
    caller.service.revoke_resource_grant(&organization, &resource, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
