//! `/api/v1/organizations/{organization}/resources` (enrollment.md §1.6).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_domain::Visibility;
use enroll_service::{NewResource, ResourceChange, ResourceInfo};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::list::{ListParameters, list, listed};
use super::version::{Expected, Tag, versioned};
use crate::App;
use crate::openapi::{Routes, op};

/// What kinds look like.
const KIND: &str = r"^[^:/\x00-\x1f\x7f]+$";

/// A resource to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewResource")]
pub(crate) struct New {
    /// The name, unique among those of its kind in the organization. Also `.`, but not alone.
    #[schemars(length(min = 1, max = 100), regex(pattern = "^[a-zA-Z0-9._-]+$"))]
    #[schemars(example = &"website")]
    name: String,
    /// What it is to the application: text of one line without `:` and `/`; `repository` without it.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1, max = 50), regex(pattern = KIND))]
    #[schemars(example = &"repository")]
    #[schemars(extend("default" = "repository"))]
    kind: Option<String>,
    /// Who may read it without any grant; `private` without it.
    #[serde(default, deserialize_with = "given")]
    visibility: Option<Visibility>,
}

/// What to change; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ResourceChange")]
pub(crate) struct Change {
    /// What it is to the application: text of one line without `:` and `/`.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1, max = 50), regex(pattern = KIND))]
    #[schemars(example = &"repository")]
    kind: Option<String>,
    /// Who may read it without any grant.
    #[serde(default, deserialize_with = "given")]
    visibility: Option<Visibility>,
}

list! {
    /// The resources of an organization, oldest first.
    Resources { resources: ResourceInfo }
}

/// A page, oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(organization): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<Resources>, Problem> {
    Ok(listed(app.service().resources_page(&organization, &page).await?))
}

/// Makes one: 201.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Path(organization): Path<String>,
    Body(New { name, kind, visibility }): Body<New>,
) -> Result<(StatusCode, Tag, Json<ResourceInfo>), Problem> {
    let new = NewResource { name, kind, visibility };
    let (tag, body) = answer(caller.service.create_resource(&organization, &new).await?);
    Ok((StatusCode::CREATED, tag, body))
}

/// One, by name or id.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((organization, resource)): Path<(String, String)>,
) -> Result<(Tag, Json<ResourceInfo>), Problem> {
    Ok(answer(app.service().resource(&organization, &resource).await?))
}

/// Changes one; in force at once.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path((organization, resource)): Path<(String, String)>,
    Expected(version): Expected,
    Body(Change { kind, visibility }): Body<Change>,
) -> Result<(Tag, Json<ResourceInfo>), Problem> {
    let change = ResourceChange { kind, visibility };
    let changed = caller.service.change_resource(&organization, &resource, &change, version.as_ref()).await?;
    Ok(answer(changed))
}

/// Deletes one that nothing depends on.
pub(crate) async fn delete(
    caller: Authenticated<ToAdminister>,
    Path((organization, resource)): Path<(String, String)>,
    Expected(version): Expected,
) -> Result<StatusCode, Problem> {
    caller.service.delete_resource(&organization, &resource, version.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(resource: ResourceInfo) -> (Tag, Json<ResourceInfo>) {
    versioned(resource.version, resource)
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Resources")
        .get(
            "/organizations/{organization}/resources",
            list,
            op("listResources", "List the resources of an organization, oldest first").ok("A page"),
        )
        .post(
            "/organizations/{organization}/resources",
            create,
            op("createResource", "Create a resource")
                .created("The resource that was created")
                .refuses(&[409]),
        )
        .get(
            "/organizations/{organization}/resources/{resource}",
            read,
            op("readResource", "Read a resource").ok("The resource").refuses(&[409]),
        )
        .patch(
            "/organizations/{organization}/resources/{resource}",
            change,
            op("changeResource", "Change a resource; in force at once")
                .ok("The resource as it is now")
                .refuses(&[409]),
        )
        .delete(
            "/organizations/{organization}/resources/{resource}",
            delete,
            op("deleteResource", "Delete a resource without mappings and grants")
                .gone("It is gone")
                .refuses(&[409]),
        )
}
