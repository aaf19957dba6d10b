//! `/api/v1/directories`: connections to identity providers and how each reads requests (enrollment.md §1.2).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::word::UnknownWord;
use enroll_domain::{RebindPolicy, Role};
use enroll_scim::{Quirk, UnknownExtensions};
use enroll_service::{DirectoryInfo, DirectorySettings, NewEnrollment};
use serde::Deserialize;
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::list::{ListParameters, listed};
use crate::App;

/// How strictly requests are read.
#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum DialectWord {
    Strict,
    Compat,
}

/// A directory to be made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    #[serde(default, deserialize_with = "given")]
    dialect: Option<DialectWord>,
    #[serde(default, deserialize_with = "given")]
    rebind: Option<RebindPolicy>,
    #[serde(default, deserialize_with = "given")]
    unknown_extensions: Option<String>,
    #[serde(default, deserialize_with = "given")]
    idp: Option<String>,
    #[serde(default)]
    quirks: BTreeMap<String, Option<bool>>,
    #[serde(default, deserialize_with = "given")]
    default_enrollment: Option<Option<Enrollment>>,
}

/// What to change; what is left out stays.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Change {
    #[serde(default, deserialize_with = "given")]
    dialect: Option<DialectWord>,
    #[serde(default, deserialize_with = "given")]
    rebind: Option<RebindPolicy>,
    #[serde(default, deserialize_with = "given")]
    unknown_extensions: Option<String>,
    #[serde(default, deserialize_with = "given")]
    idp: Option<String>,
    #[serde(default)]
    quirks: BTreeMap<String, Option<bool>>,
    #[serde(default, deserialize_with = "given")]
    default_enrollment: Option<Option<Enrollment>>,
}

/// Where everybody who signs in is enrolled.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Enrollment {
    organization: String,
    #[serde(default, deserialize_with = "given")]
    role: Option<Role>,
    #[serde(default)]
    allow_privileged: bool,
}

impl From<Enrollment> for NewEnrollment {
    fn from(Enrollment { organization, role, allow_privileged }: Enrollment) -> Self {
        let allow_privileged = if allow_privileged { AllowPrivileged::Yes } else { AllowPrivileged::No };
        Self { organization, role, allow_privileged }
    }
}

impl Change {
    fn settings(self) -> Result<DirectorySettings, Problem> {
        let quirk = |(name, accepted): (String, Option<bool>)| {
            let known = Quirk::ALL.into_iter().find(|quirk| quirk.name() == name);
            known.map(|quirk| (quirk, accepted)).ok_or_else(|| {
                Problem::bad_request(format!("quirks.{name}: this server has no quirk of that name"))
            })
        };
        let extensions = self.unknown_extensions.map(|word| {
            let known = UnknownExtensions::ALL.into_iter().find(|rule| rule.as_str() == word);
            known.ok_or_else(|| Problem::bad_request("unknownExtensions: use ignore, keep or refuse"))
        });
        let idp = self.idp.map(|word| match word.as_str() {
            "guess" => Ok(None),
            word => word
                .parse()
                .map(Some)
                .map_err(|error: UnknownWord| Problem::bad_request(format!("idp: {error}, or guess"))),
        });
        Ok(DirectorySettings {
            strict: self.dialect.map(|dialect| dialect == DialectWord::Strict),
            rebind: self.rebind,
            unknown_extensions: extensions.transpose()?,
            default_enrollment: self.default_enrollment.map(|enrollment| enrollment.map(Into::into)),
            idp: idp.transpose()?,
            quirks: self.quirks.into_iter().map(quirk).collect::<Result<_, _>>()?,
        })
    }
}

/// A page, by name.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("directories", app.service().directories_page(&page).await?)
}

/// Makes one: 201.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Body(New { name, dialect, rebind, unknown_extensions, idp, quirks, default_enrollment }): Body<New>,
) -> Result<(StatusCode, Json<DirectoryInfo>), Problem> {
    let settings =
        Change { dialect, rebind, unknown_extensions, idp, quirks, default_enrollment }.settings()?;
    Ok((StatusCode::CREATED, Json(caller.service.create_directory(&name, &settings).await?)))
}

/// One, by name or id.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
) -> Result<Json<DirectoryInfo>, Problem> {
    Ok(Json(app.service().directory(&directory).await?))
}

/// Changes the settings of one; in force with its next request.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    Body(change): Body<Change>,
) -> Result<Json<DirectoryInfo>, Problem> {
    Ok(Json(caller.service.set_directory(&directory, &change.settings()?).await?))
}

/// Deletes one that holds nothing.
pub(crate) async fn delete(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.delete_directory(&directory).await?;
    Ok(StatusCode::NO_CONTENT)
}
