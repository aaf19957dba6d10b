//! `/api/v1/organizations` (enrollment.md §1.5).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use enroll_domain::ResourceRole;
use enroll_service::{NewOrganization, OrganizationChange, OrganizationInfo};
use serde::Deserialize;
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::list::{ListParameters, listed};
use super::version::{Expected, versioned};
use crate::App;

/// An organization to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    #[serde(default, deserialize_with = "given")]
    display_name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    description: Option<String>,
    #[serde(default, deserialize_with = "given")]
    base_resource_role: Option<ResourceRole>,
    #[serde(default)]
    directories: Vec<String>,
}

/// What to change; what is left out stays.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    #[serde(default, deserialize_with = "given")]
    display_name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    description: Option<String>,
    #[serde(default, deserialize_with = "given")]
    base_resource_role: Option<ResourceRole>,
    #[serde(default, deserialize_with = "given")]
    directories: Option<Vec<String>>,
}

/// A page, by name.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("organizations", app.service().organizations_page(&page).await?)
}

/// Makes one: 201.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Body(new): Body<New>,
) -> Result<(StatusCode, HeaderMap, Json<OrganizationInfo>), Problem> {
    let new = NewOrganization {
        name: new.name,
        display_name: new.display_name,
        description: new.description,
        base_resource_role: new.base_resource_role,
        directories: new.directories,
    };
    let (headers, body) = answer(caller.service.create_organization(&new).await?);
    Ok((StatusCode::CREATED, headers, body))
}

/// One, by name or id.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(organization): Path<String>,
) -> Result<(HeaderMap, Json<OrganizationInfo>), Problem> {
    Ok(answer(app.service().organization(&organization).await?))
}

/// Changes one.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path(organization): Path<String>,
    Expected(version): Expected,
    Body(change): Body<Change>,
) -> Result<(HeaderMap, Json<OrganizationInfo>), Problem> {
    let change = OrganizationChange {
        display_name: change.display_name,
        description: change.description,
        base_resource_role: change.base_resource_role,
        directories: change.directories,
    };
    let changed = caller.service.change_organization(&organization, &change, version.as_ref()).await?;
    Ok(answer(changed))
}

/// Deletes one that nothing depends on.
pub(crate) async fn delete(
    caller: Authenticated<ToAdminister>,
    Path(organization): Path<String>,
    Expected(version): Expected,
) -> Result<StatusCode, Problem> {
    caller.service.delete_organization(&organization, version.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answer(organization: OrganizationInfo) -> (HeaderMap, Json<OrganizationInfo>) {
    versioned(organization.version, organization)
}
