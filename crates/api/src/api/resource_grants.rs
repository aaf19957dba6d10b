//! `/api/v1/organizations/{organization}/resources/{resource}/grants`: roles given directly (enrollment.md §1.8).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_domain::ResourceRole;
use enroll_service::ResourceGrantInfo;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::Body;
use super::list::{ListParameters, list, listed};
use super::version::{Expected, Tag, current};
use crate::App;
use crate::openapi::{Routes, op};

/// What is given.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ResourceGiven")]
pub(crate) struct Given {
    /// The role.
    role: ResourceRole,
}

/// Organization, resource and user of a path.
type Place = (String, String, String);

list! {
    /// The direct grants on a resource.
    ResourceGrants { grants: ResourceGrantInfo }
}

/// A page of the direct grants on a resource, oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((organization, resource)): Path<(String, String)>,
    ListParameters(page): ListParameters,
) -> Result<Json<ResourceGrants>, Problem> {
    Ok(listed(app.service().resource_grants_page(&organization, &resource, &page).await?))
}

/// A user's direct grant.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((organization, resource, user)): Path<Place>,
) -> Result<(Tag, Json<ResourceGrantInfo>), Problem> {
    Ok(current(app.service().resource_grant(&organization, &resource, &user).await?))
}

/// Gives a user a role: 201 for the first grant, 200 where it takes the place of another.
pub(crate) async fn give(
    caller: Authenticated<ToAdminister>,
    Path((organization, resource, user)): Path<Place>,
    Expected(expected): Expected,
    Body(Given { role }): Body<Given>,
) -> Result<(StatusCode, Tag, Json<ResourceGrantInfo>), Problem> {
    let service = caller.service.expecting(expected);
    let (grant, is_new) = service.give_resource_grant(&organization, &resource, &user, role).await?;
    let (tag, body) = current(grant);
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, tag, body))
}

/// Takes a user's direct grant back.
pub(crate) async fn take(
    caller: Authenticated<ToAdminister>,
    Path((organization, resource, user)): Path<Place>,
    Expected(expected): Expected,
) -> Result<StatusCode, Problem> {
    caller.service.expecting(expected).revoke_resource_grant(&organization, &resource, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Grants")
        .get(
            "/organizations/{organization}/resources/{resource}/grants",
            list,
            op("listResourceGrants", "List the direct grants on a resource, oldest first")
                .ok("A page")
                .refuses(&[409]),
        )
        .get(
            "/organizations/{organization}/resources/{resource}/grants/{user}",
            read,
            op("readResourceGrant", "Read a user's direct grant on a resource")
                .ok("The grant")
                .refuses(&[409]),
        )
        .put(
            "/organizations/{organization}/resources/{resource}/grants/{user}",
            give,
            op("giveResourceGrant", "Give a user a role on a resource, or another one")
                .ok("The grant that was there, or took the place of another")
                .created("The first grant")
                .refuses(&[409]),
        )
        .delete(
            "/organizations/{organization}/resources/{resource}/grants/{user}",
            take,
            op(
                "takeResourceGrant",
                "Take a user's direct grant back; what groups and the organization give stays",
            )
            .gone("It is gone")
            .refuses(&[409]),
        )
}
