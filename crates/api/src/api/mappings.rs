//! `/api/v1/mappings`: which group gives which role in which organization or on which resource (enrollment.md §1.7, §3.2, §3.7).

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use enroll_domain::RoleWord;
use enroll_domain::privilege::AllowPrivileged;
use enroll_service::{
    Error, MappingChange, MappingEdit, MappingFilter, MappingInfo, NewMapping, NewResourceMapping,
    PreviewVersion,
};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::list::{ListParameters, listed};
use crate::App;
use crate::parse::query::Query;

/// A mapping to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct New {
    #[serde(default, deserialize_with = "given")]
    directory: Option<String>,
    group: String,
    organization: String,
    #[serde(default, deserialize_with = "given")]
    resource: Option<String>,
    #[serde(default, deserialize_with = "given")]
    role: Option<RoleWord>,
    #[serde(default)]
    allow_privileged: bool,
    #[serde(default)]
    paused: bool,
    #[serde(default, deserialize_with = "version")]
    preview_version: Option<PreviewVersion>,
}

impl New {
    /// The change that makes it.
    pub(super) fn edit(self) -> Result<MappingEdit, Problem> {
        let Self { group, organization, role, paused, .. } = self;
        let invalid = |error| Problem::bad_request(format!("role: {error}"));
        let directory = self.directory.unwrap_or_else(|| "default".to_owned());
        let allow_privileged = privileged(self.allow_privileged);
        Ok(match self.resource {
            None => {
                let role = role.map(RoleWord::on_organization).transpose().map_err(invalid)?;
                MappingEdit::Add(NewMapping {
                    directory,
                    group,
                    organization,
                    role,
                    allow_privileged,
                    paused,
                })
            }
            Some(resource) => {
                let role = role.map(RoleWord::on_resource).transpose().map_err(invalid)?;
                MappingEdit::AddToResource(NewResourceMapping {
                    directory,
                    group,
                    organization,
                    resource,
                    role,
                    allow_privileged,
                    paused,
                })
            }
        })
    }
}

/// What to change; what is left out stays.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    #[serde(default, deserialize_with = "given")]
    paused: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    role: Option<RoleWord>,
    #[serde(default)]
    allow_privileged: bool,
    #[serde(default, deserialize_with = "version")]
    preview_version: Option<PreviewVersion>,
}

impl From<Change> for MappingChange {
    fn from(change: Change) -> Self {
        Self {
            paused: change.paused,
            role: change.role,
            allow_privileged: privileged(change.allow_privileged),
        }
    }
}

/// Which group to bind to.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rebind {
    #[serde(default, deserialize_with = "given")]
    group: Option<String>,
    #[serde(default, deserialize_with = "version")]
    preview_version: Option<PreviewVersion>,
}

/// The version of the preview that a change is held to.
fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PreviewVersion>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

/// A page of the mappings, oldest first; of one `directory`, to one `organization` or one of its resources, or both.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    RawQuery(query): RawQuery,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    let query = Query::new(query.as_deref());
    let filter = MappingFilter {
        directory: query.one("directory")?.map(Into::into),
        organization: query.one("organization")?.map(Into::into),
        resource: query.one("resource")?.map(Into::into),
    };
    listed("mappings", app.service().mappings_page(&filter, &page).await?)
}

/// Makes one: 201. In force at once, or as soon as the group appears.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<MappingInfo>), Problem> {
    let version = new.preview_version.clone();
    let made = caller.service.apply_mapping(&new.edit()?, version.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(there(made)?)))
}

/// One, by id.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(mapping): Path<String>,
) -> Result<Json<MappingInfo>, Problem> {
    Ok(Json(app.service().mapping(&mapping).await?))
}

/// Pauses one, lets it have effect again, or gives another role by it.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path(mapping): Path<String>,
    Body(change): Body<Change>,
) -> Result<Json<MappingInfo>, Problem> {
    let version = change.preview_version.clone();
    let edit = MappingEdit::Change { id: mapping, change: change.into() };
    Ok(Json(there(caller.service.apply_mapping(&edit, version.as_ref()).await?)?))
}

/// Binds one to the group that has its name now, or to the group named in the body.
pub(crate) async fn rebind(
    caller: Authenticated<ToAdminister>,
    Path(mapping): Path<String>,
    Body(Rebind { group, preview_version }): Body<Rebind>,
) -> Result<Json<MappingInfo>, Problem> {
    let edit = MappingEdit::Rebind { id: mapping, group };
    Ok(Json(there(caller.service.apply_mapping(&edit, preview_version.as_ref()).await?)?))
}

/// Removes one; what it gave ends at once.
pub(crate) async fn delete(
    caller: Authenticated<ToAdminister>,
    Path(mapping): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, Problem> {
    let version = Query::new(query.as_deref()).one("previewVersion")?.map(|text| text.parse());
    let version: Option<PreviewVersion> =
        version.transpose().map_err(|error| Problem::bad_request(format!("previewVersion: {error}")))?;
    caller.service.apply_mapping(&MappingEdit::Remove { id: mapping }, version.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The mapping as it is after a change that does not remove it.
fn there(mapping: Option<MappingInfo>) -> Result<MappingInfo, Problem> {
    mapping.ok_or_else(|| Error::Internal("a mapping is gone that was not removed".to_owned()).into())
}

fn privileged(allowed: bool) -> AllowPrivileged {
    if allowed { AllowPrivileged::Yes } else { AllowPrivileged::No }
}
