//! `GET /api/v1/organizations/{organization}/members` and `.../resources/{resource}/members` (design.md §8).

use axum::Json;
use axum::extract::{Path, State};
use enroll_domain::UserId;
use enroll_service::{MembersPage, ResourceMemberEntry};

use super::Problem;
use super::authenticated::{Authenticated, ToRead};
use super::list::ListParameters;
use crate::App;
use crate::openapi::{Routes, op};

/// A page of the members with their effective roles and the sources of these. `organization` is a name or an id; `after` is
/// the `next` of the page before; `limit` is at least 1 and is cut to the largest page of this server.
pub(crate) async fn members(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(organization): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<MembersPage>, Problem> {
    let after = after(page.after.as_deref())?;
    Ok(Json(app.service().organization_members(&organization, after, page.limit).await?))
}

/// A page of those who have a role on a resource that not everybody has.
pub(crate) async fn of_resource(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((organization, resource)): Path<(String, String)>,
    ListParameters(page): ListParameters,
) -> Result<Json<MembersPage<ResourceMemberEntry>>, Problem> {
    let after = after(page.after.as_deref())?;
    Ok(Json(app.service().resource_members(&organization, &resource, after, page.limit).await?))
}

fn after(text: Option<&str>) -> Result<Option<UserId>, Problem> {
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|_| Problem::bad_request("after is not the `next` of an earlier page"))
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Access")
        .get(
            "/organizations/{organization}/members",
            members,
            op("listMembers", "List the members with their effective roles").ok("A page"),
        )
        .get(
            "/organizations/{organization}/resources/{resource}/members",
            of_resource,
            op("listResourceMembers", "List who has a role on a resource that not everybody has")
                .ok("A page")
                .refuses(&[409]),
        )
}
