//! `POST /api/v1/mappings:preview`: who would gain, lose or change a role (enrollment.md §3.8).

use axum::Json;
use enroll_domain::RoleWord;
use enroll_service::{MappingChange, MappingEdit, Preview};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister};
use super::body::{Body, given};
use super::list::ListParameters;
use super::mappings::New;
use crate::openapi::{Routes, op};

/// The change to look at: one of these.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PreviewRequest")]
pub(crate) enum Edit {
    /// A new mapping, as `POST /mappings` takes it.
    Add(New),
    /// Another role, a pause or its end, as `PATCH /mappings/{mapping}` takes it.
    Change(Change),
    /// Another group, as `POST /mappings/{mapping}/rebind` takes it.
    Rebind(Rebind),
    /// The removal.
    Remove(Remove),
}

/// What a body may have, of which exactly one member is a change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    #[serde(default, deserialize_with = "given")]
    add: Option<New>,
    #[serde(default, deserialize_with = "given")]
    change: Option<Change>,
    #[serde(default, deserialize_with = "given")]
    rebind: Option<Rebind>,
    #[serde(default, deserialize_with = "given")]
    remove: Option<Remove>,
}

impl<'de> Deserialize<'de> for Edit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Members::deserialize(deserializer)? {
            Members { add: Some(add), change: None, rebind: None, remove: None } => Ok(Self::Add(add)),
            Members { add: None, change: Some(change), rebind: None, remove: None } => {
                Ok(Self::Change(change))
            }
            Members { add: None, change: None, rebind: Some(rebind), remove: None } => {
                Ok(Self::Rebind(rebind))
            }
            Members { add: None, change: None, rebind: None, remove: Some(remove) } => {
                Ok(Self::Remove(remove))
            }
            _ => Err(D::Error::custom("give the change to look at: one of add, change, rebind and remove")),
        }
    }
}

/// What to change of which mapping.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "PreviewedChange")]
pub(crate) struct Change {
    /// The id of the mapping.
    #[schemars(length(min = 1))]
    mapping: String,
    /// Without effect, or not.
    #[serde(default, deserialize_with = "given")]
    paused: Option<bool>,
    /// The role it gives.
    #[serde(default, deserialize_with = "given")]
    role: Option<RoleWord>,
    /// Needed for the roles admin and owner.
    #[serde(default)]
    allow_privileged: bool,
}

/// Which mapping to bind to which group.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PreviewedRebind")]
pub(crate) struct Rebind {
    /// The id of the mapping.
    #[schemars(length(min = 1))]
    mapping: String,
    /// The name of another group.
    #[serde(default, deserialize_with = "given")]
    #[schemars(length(min = 1))]
    group: Option<String>,
}

/// Which mapping to remove.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PreviewedRemoval")]
pub(crate) struct Remove {
    /// The id of the mapping.
    #[schemars(length(min = 1))]
    mapping: String,
}

impl Edit {
    fn edit(self) -> Result<MappingEdit, Problem> {
        Ok(match self {
            Self::Add(new) => new.edit()?,
            Self::Change(Change { mapping, paused, role, allow_privileged }) => {
                let allow_privileged = allow_privileged.into();
                MappingEdit::Change { id: mapping, change: MappingChange { paused, role, allow_privileged } }
            }
            Self::Rebind(Rebind { mapping, group }) => MappingEdit::Rebind { id: mapping, group },
            Self::Remove(Remove { mapping }) => MappingEdit::Remove { id: mapping },
        })
    }
}

/// Everybody counted, and a page of them named. Nothing is changed.
pub(crate) async fn preview(
    caller: Authenticated<ToAdminister>,
    ListParameters(page): ListParameters,
    Body(edit): Body<Edit>,
) -> Result<Json<Preview>, Problem> {
    Ok(Json(caller.service.preview_mapping(&edit.edit()?, &page).await?))
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Mappings").post(
        "/mappings:preview",
        preview,
        op(
            "previewMapping",
            "Show who would gain, lose or change a role by a change of a mapping, without making it",
        )
        .ok("All counted, and a page of them named")
        .refuses(&[404, 409]),
    )
}
