//! `POST /api/v1/mappings:preview`: who would gain, lose or change a role (enrollment.md §3.8).

use axum::Json;
use enroll_domain::RoleWord;
use enroll_domain::privilege::AllowPrivileged;
use enroll_service::{MappingChange, MappingEdit, Preview};
use serde::Deserialize;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister};
use super::body::{Body, given};
use super::list::ListParameters;
use super::mappings::New;

/// The change to look at: one of these.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
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
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    mapping: String,
    #[serde(default, deserialize_with = "given")]
    paused: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    role: Option<RoleWord>,
    #[serde(default)]
    allow_privileged: bool,
}

/// Which mapping to bind to which group.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rebind {
    mapping: String,
    #[serde(default, deserialize_with = "given")]
    group: Option<String>,
}

/// Which mapping to remove.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Remove {
    mapping: String,
}

impl Edit {
    fn edit(self) -> Result<MappingEdit, Problem> {
        Ok(match self {
            Self::Add(new) => new.edit()?,
            Self::Change(Change { mapping, paused, role, allow_privileged }) => {
                let allow_privileged =
                    if allow_privileged { AllowPrivileged::Yes } else { AllowPrivileged::No };
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
