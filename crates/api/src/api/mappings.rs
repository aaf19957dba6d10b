//! `/api/v1/mappings`: which group gives which role in which organization or on which resource (enrollment.md §1.7, §3.2, §3.7).

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use enroll_domain::RoleWord;
use enroll_service::{
    Error, MappingChange, MappingEdit, MappingFilter, MappingInfo, NewMapping, NewResourceMapping,
    PreviewVersion,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::list::{ListParameters, list, listed};
use super::version::{Expected, Tag, current};
use crate::App;
use crate::openapi::{Input, Routes, Sketch, op};
use crate::parse::query::Query;

/// A mapping to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewMapping")]
pub(crate) struct New {
    /// The directory of the group; `default` without it.
    #[serde(default, deserialize_with = "given")]
    #[schemars(extend("default" = "default"))]
    directory: Option<String>,
    /// The name of the group, also of one that is not there yet.
    #[schemars(length(min = 1))]
    #[schemars(example = &"Engineering")]
    group: String,
    /// Name or id.
    #[schemars(length(min = 1), example = &"acme")]
    organization: String,
    /// Name, KIND:NAME or id of a resource of the organization; without it the mapping is to the organization.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1))]
    resource: Option<String>,
    /// The role it gives: `member`, on a resource `read`, without it.
    #[serde(default, deserialize_with = "given")]
    role: Option<RoleWord>,
    /// Needed for the roles admin and owner.
    #[serde(default)]
    allow_privileged: bool,
    /// Made without effect.
    #[serde(default)]
    paused: bool,
    /// The version of a preview; 409 when it no longer holds.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "String", regex(pattern = PreviewVersion::PATTERN))]
    preview_version: Option<PreviewVersion>,
}

impl New {
    /// The change that makes it.
    pub(super) fn edit(self) -> Result<MappingEdit, Problem> {
        let Self { group, organization, role, paused, .. } = self;
        let invalid = |error| Problem::bad_request(format!("role: {error}"));
        let directory = self.directory.unwrap_or_else(|| "default".to_owned());
        let allow_privileged = self.allow_privileged.into();
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
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "MappingChange")]
pub(crate) struct Change {
    /// Without effect, or not.
    #[serde(default, deserialize_with = "given")]
    paused: Option<bool>,
    /// The role it gives.
    #[serde(default, deserialize_with = "given")]
    role: Option<RoleWord>,
    /// Needed for the roles admin and owner.
    #[serde(default)]
    allow_privileged: bool,
    /// The version of a preview; 409 when it no longer holds.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "String", regex(pattern = PreviewVersion::PATTERN))]
    preview_version: Option<PreviewVersion>,
}

impl From<Change> for MappingChange {
    fn from(change: Change) -> Self {
        Self { paused: change.paused, role: change.role, allow_privileged: change.allow_privileged.into() }
    }
}

/// Which group to bind to.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rebind {
    /// The name of another group; without it, the group that has the mapping's name now.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1))]
    group: Option<String>,
    /// The version of a preview; 409 when it no longer holds.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "String", regex(pattern = PreviewVersion::PATTERN))]
    preview_version: Option<PreviewVersion>,
}

/// Which mappings are asked for.
pub(crate) struct Which(MappingFilter);

impl FromRequestParts<App> for Which {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        let query = Query::new(parts.uri.query());
        Ok(Self(MappingFilter {
            directory: query.one("directory")?.map(Into::into),
            organization: query.one("organization")?.map(Into::into),
            resource: query.one("resource")?.map(Into::into),
        }))
    }
}

impl Input for Which {
    fn sketch(sketch: &mut Sketch<'_>) {
        let text = |example| json!({ "type": "string", "examples": [example] });
        sketch.query("directory", "Only those of this directory", text("default"));
        sketch.query("organization", "Only those to this organization, by name or id", text("acme"));
        let what = "Only those to this resource of the organization, which has to be given too";
        sketch.query("resource", what, json!({ "type": "string" }));
    }
}

/// `previewVersion`: the version of the preview that a change is held to.
pub(crate) struct HeldTo(Option<PreviewVersion>);

impl FromRequestParts<App> for HeldTo {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        let version = Query::new(parts.uri.query()).one("previewVersion")?.map(|text| text.parse());
        let version = version.transpose();
        version.map(Self).map_err(|error| Problem::bad_request(format!("previewVersion: {error}")))
    }
}

impl Input for HeldTo {
    fn sketch(sketch: &mut Sketch<'_>) {
        let schema = json!({ "type": "string", "pattern": PreviewVersion::PATTERN });
        sketch.query("previewVersion", "The version of a preview; 409 when it no longer holds", schema);
        sketch.refuses(409);
    }
}

list! {
    /// Mappings, oldest first.
    Mappings { mappings: MappingInfo }
}

/// A page of the mappings, oldest first; of one `directory`, to one `organization` or one of its resources, or both.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Which(filter): Which,
    ListParameters(page): ListParameters,
) -> Result<Json<Mappings>, Problem> {
    Ok(listed(app.service().mappings_page(&filter, &page).await?))
}

/// Makes one: 201. In force at once, or as soon as the group appears.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Tag, Json<MappingInfo>), Problem> {
    let version = new.preview_version.clone();
    let made = caller.service.apply_mapping(&new.edit()?, version.as_ref()).await?;
    let (tag, body) = current(there(made)?);
    Ok((StatusCode::CREATED, tag, body))
}

/// One, by id.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(mapping): Path<String>,
) -> Result<(Tag, Json<MappingInfo>), Problem> {
    Ok(current(app.service().mapping(&mapping).await?))
}

/// Pauses one, lets it have effect again, or gives another role by it.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path(mapping): Path<String>,
    Expected(expected): Expected,
    Body(change): Body<Change>,
) -> Result<(Tag, Json<MappingInfo>), Problem> {
    let version = change.preview_version.clone();
    let edit = MappingEdit::Change { id: mapping, change: change.into() };
    let changed = caller.service.expecting(expected).apply_mapping(&edit, version.as_ref()).await?;
    Ok(current(there(changed)?))
}

/// Binds one to the group that has its name now, or to the group named in the body.
pub(crate) async fn rebind(
    caller: Authenticated<ToAdminister>,
    Path(mapping): Path<String>,
    Expected(expected): Expected,
    Body(Rebind { group, preview_version }): Body<Rebind>,
) -> Result<(Tag, Json<MappingInfo>), Problem> {
    let edit = MappingEdit::Rebind { id: mapping, group };
    let bound = caller.service.expecting(expected).apply_mapping(&edit, preview_version.as_ref()).await?;
    Ok(current(there(bound)?))
}

/// Removes one; what it gave ends at once.
pub(crate) async fn delete(
    caller: Authenticated<ToAdminister>,
    Path(mapping): Path<String>,
    HeldTo(version): HeldTo,
    Expected(expected): Expected,
) -> Result<StatusCode, Problem> {
    caller
        .service
        .expecting(expected)
        .apply_mapping(&MappingEdit::Remove { id: mapping }, version.as_ref())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The mapping as it is after a change that does not remove it.
fn there(mapping: Option<MappingInfo>) -> Result<MappingInfo, Problem> {
    mapping.ok_or_else(|| Error::Internal("a mapping is gone that was not removed".to_owned()).into())
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Mappings")
        .get(
            "/mappings",
            list,
            op("listMappings", "List the mappings, oldest first").ok("A page").refuses(&[404]),
        )
        .post(
            "/mappings",
            create,
            op("createMapping", "Map a group to a role in an organization or on a resource")
                .created("The mapping, in force at once or as soon as the group appears")
                .refuses(&[404, 409])
                .link("rebind", "rebindMapping"),
        )
        .get("/mappings/{mapping}", read, op("readMapping", "Read a mapping").ok("The mapping"))
        .patch(
            "/mappings/{mapping}",
            change,
            op("changeMapping", "Pause a mapping, let it have effect again, or change its role")
                .ok("The mapping as it is now")
                .refuses(&[409]),
        )
        .delete(
            "/mappings/{mapping}",
            delete,
            op("deleteMapping", "Remove a mapping; what it gave ends at once").gone("It is gone"),
        )
        .post(
            "/mappings/{mapping}/rebind",
            rebind,
            op("rebindMapping", "Bind a mapping to the group that has its name now, or to another group")
                .ok("The mapping as it is now")
                .refuses(&[409]),
        )
}
