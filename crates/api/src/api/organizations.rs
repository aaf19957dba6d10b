//! `/api/v1/organizations` (enrollment.md §1.5).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_domain::ResourceRole;
use enroll_service::{NewOrganization, OrganizationChange, OrganizationInfo};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, ONE_LINE, given};
use super::list::{ListParameters, list, listed};
use super::version::{Expected, Tag, versioned};
use crate::App;
use crate::openapi::{Routes, op};

/// An organization to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewOrganization")]
pub(crate) struct New {
    /// The name, unique in the instance and never given out again.
    #[schemars(regex(pattern = "^[a-z][a-z0-9-]{2,31}$"))]
    #[schemars(example = &"web-team")]
    name: String,
    /// The name for people; the name itself without it.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1, max = 100), regex(pattern = ONE_LINE))]
    #[schemars(example = &"Web team")]
    display_name: Option<String>,
    /// What it is.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(max = 350))]
    description: Option<String>,
    /// The role that every member has on its resources.
    #[serde(default, deserialize_with = "given")]
    base_resource_role: Option<ResourceRole>,
    /// Names or ids of the directories that it is reserved to; none for all.
    #[serde(default)]
    #[schemars(length(max = 100), extend("items" = { "type": "string", "examples": ["default"] }))]
    directories: Vec<String>,
}

/// What to change; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "OrganizationChange")]
pub(crate) struct Change {
    /// The name for people.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1, max = 100), regex(pattern = ONE_LINE))]
    #[schemars(example = &"Web team")]
    display_name: Option<String>,
    /// What it is.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(max = 350))]
    description: Option<String>,
    /// The role that every member has on its resources.
    #[serde(default, deserialize_with = "given")]
    base_resource_role: Option<ResourceRole>,
    /// Names or ids of the directories that it is reserved to; none for all.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(max = 100), extend("items" = { "type": "string", "examples": ["default"] }))]
    directories: Option<Vec<String>>,
}

list! {
    /// The organizations by name.
    Organizations { organizations: OrganizationInfo }
}

/// A page, by name.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<Organizations>, Problem> {
    Ok(listed(app.service().organizations_page(&page).await?))
}

/// Makes one: 201.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Tag, Json<OrganizationInfo>), Problem> {
    let new = NewOrganization {
        name: new.name,
        display_name: new.display_name,
        description: new.description,
        base_resource_role: new.base_resource_role,
        directories: new.directories,
    };
    let (tag, body) = answer(caller.service.create_organization(&new).await?);
    Ok((StatusCode::CREATED, tag, body))
}

/// One, by name or id.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(organization): Path<String>,
) -> Result<(Tag, Json<OrganizationInfo>), Problem> {
    Ok(answer(app.service().organization(&organization).await?))
}

/// Changes one.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path(organization): Path<String>,
    Expected(version): Expected,
    Body(change): Body<Change>,
) -> Result<(Tag, Json<OrganizationInfo>), Problem> {
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

fn answer(organization: OrganizationInfo) -> (Tag, Json<OrganizationInfo>) {
    versioned(organization.version, organization)
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Organizations")
        .get("/organizations", list, op("listOrganizations", "List the organizations by name").ok("A page"))
        .post(
            "/organizations",
            create,
            op("createOrganization", "Create an organization")
                .created("The organization that was created")
                .refuses(&[404, 409]),
        )
        .get(
            "/organizations/{organization}",
            read,
            op("readOrganization", "Read an organization").ok("The organization"),
        )
        .patch(
            "/organizations/{organization}",
            change,
            op("changeOrganization", "Change an organization").ok("The organization as it is now"),
        )
        .delete(
            "/organizations/{organization}",
            delete,
            op("deleteOrganization", "Delete an organization without mappings and grants")
                .gone("It is gone; its name is never given out again")
                .refuses(&[409]),
        )
}
