//! `/api/v1/organizations/{organization}/resources` (enrollment.md §1.6).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use enroll_domain::Visibility;
use enroll_service::{NewResource, ResourceChange, ResourceInfo};
use serde::Deserialize;
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::list::{ListParameters, listed};
use super::version::{Expected, versioned};
use crate::App;

/// A resource to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    #[serde(default, deserialize_with = "given")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "given")]
    visibility: Option<Visibility>,
}

/// What to change; what is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    #[serde(default, deserialize_with = "given")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "given")]
    visibility: Option<Visibility>,
}

/// A page, oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(organization): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("resources", app.service().resources_page(&organization, &page).await?)
}

/// Makes one: 201.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Path(organization): Path<String>,
    Body(New { name, kind, visibility }): Body<New>,
) -> Result<(StatusCode, HeaderMap, Json<ResourceInfo>), Problem> {
    let new = NewResource { name, kind, visibility };
    let (headers, body) = answer(caller.service.create_resource(&organization, &new).await?);
    Ok((StatusCode::CREATED, headers, body))
}

/// One, by name or id.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((organization, resource)): Path<(String, String)>,
) -> Result<(HeaderMap, Json<ResourceInfo>), Problem> {
    Ok(answer(app.service().resource(&organization, &resource).await?))
}

/// Changes one; in force at once.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path((organization, resource)): Path<(String, String)>,
    Expected(version): Expected,
    Body(Change { kind, visibility }): Body<Change>,
) -> Result<(HeaderMap, Json<ResourceInfo>), Problem> {
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

fn answer(resource: ResourceInfo) -> (HeaderMap, Json<ResourceInfo>) {
    versioned(resource.version, resource)
}
