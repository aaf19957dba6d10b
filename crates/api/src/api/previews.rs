//! `POST /api/v1/mappings:preview`: who would gain, lose or change a role (enrollment.md §3.8).

use axum::Json;
use enroll_domain::RoleWord;
use enroll_service::{MappingChange, MappingEdit, Preview};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister};
use super::body::{Body, given};
use super::list::ListParameters;
use super::mappings::New;
use crate::openapi::{Routes, op};

/// The change to look at: one of these.
#[derive(Deserialize, JsonSchema)]
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
