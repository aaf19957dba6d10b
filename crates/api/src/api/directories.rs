//! `/api/v1/directories`: connections to identity providers and how each reads requests (enrollment.md §1.2).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_domain::word::UnknownWord;
use enroll_domain::{RebindPolicy, Role};
use enroll_scim::{Quirk, UnknownExtensions};
use enroll_service::{DirectoryInfo, DirectorySettings, NewEnrollment};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::list::{ListParameters, list, listed};
use super::version::{Expected, Tag, current};
use crate::App;
use crate::openapi::{Routes, op};

/// How strictly requests are read.
#[derive(Deserialize, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Dialect")]
enum DialectWord {
    /// As the RFCs have it.
    Strict,
    /// With the quirks of real identity providers.
    Compat,
}

/// A directory to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewDirectory")]
pub(crate) struct New {
    /// The name, unique in the instance.
    #[schemars(regex(pattern = "^[a-z][a-z0-9-]{2,31}$"))]
    #[schemars(example = &"okta")]
    name: String,
    /// How strictly requests are read.
    #[serde(default, deserialize_with = "given")]
    dialect: Option<DialectWord>,
    /// What happens when a mapped group is deleted and one of the same name is made.
    #[serde(default, deserialize_with = "given")]
    rebind: Option<RebindPolicy>,
    /// What happens to extensions that no schema of the directory describes.
    #[serde(default, deserialize_with = "given")]
    #[schemars(extend("enum" = ["ignore", "keep", "refuse"]))]
    unknown_extensions: Option<String>,
    /// Which identity provider it is of; `guess` for what it seems to be from what it sends.
    #[serde(default, deserialize_with = "given")]
    #[schemars(extend("enum" = ["entra", "okta", "onelogin", "jumpcloud", "ping", "google", "keycloak", "authentik", "other", "guess"]))]
    idp: Option<String>,
    /// By name: accepted, refused, or null for as the dialect has it.
    #[serde(default)]
    quirks: BTreeMap<String, Option<bool>>,
    /// Where everybody who signs in is enrolled; null for nowhere.
    #[serde(default, deserialize_with = "given")]
    #[schemars(extend("x-null-means" = true))]
    default_enrollment: Option<Option<Enrollment>>,
}

/// What to change; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "DirectoryChange")]
pub(crate) struct Change {
    /// How strictly requests are read.
    #[serde(default, deserialize_with = "given")]
    dialect: Option<DialectWord>,
    /// What happens when a mapped group is deleted and one of the same name is made.
    #[serde(default, deserialize_with = "given")]
    rebind: Option<RebindPolicy>,
    /// What happens to extensions that no schema of the directory describes.
    #[serde(default, deserialize_with = "given")]
    #[schemars(extend("enum" = ["ignore", "keep", "refuse"]))]
    unknown_extensions: Option<String>,
    /// Which identity provider it is of; `guess` for what it seems to be from what it sends.
    #[serde(default, deserialize_with = "given")]
    #[schemars(extend("enum" = ["entra", "okta", "onelogin", "jumpcloud", "ping", "google", "keycloak", "authentik", "other", "guess"]))]
    idp: Option<String>,
    /// By name: accepted, refused, or null for as the dialect has it.
    #[serde(default)]
    quirks: BTreeMap<String, Option<bool>>,
    /// Where everybody who signs in is enrolled; null for nowhere.
    #[serde(default, deserialize_with = "given")]
    #[schemars(extend("x-null-means" = true))]
    default_enrollment: Option<Option<Enrollment>>,
}

/// Where everybody who signs in is enrolled.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "NewEnrollment")]
pub(crate) struct Enrollment {
    /// Name or id.
    #[schemars(length(min = 1), example = &"acme")]
    organization: String,
    /// The role; `member` without it.
    #[serde(default, deserialize_with = "given")]
    role: Option<Role>,
    /// Needed for the roles admin and owner.
    #[serde(default)]
    allow_privileged: bool,
}

impl From<Enrollment> for NewEnrollment {
    fn from(Enrollment { organization, role, allow_privileged }: Enrollment) -> Self {
        let allow_privileged = allow_privileged.into();
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

list! {
    /// The directories by name.
    Directories { directories: DirectoryInfo }
}

/// A page, by name.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    ListParameters(page): ListParameters,
) -> Result<Json<Directories>, Problem> {
    Ok(listed(app.service().directories_page(&page).await?))
}

/// Makes one: 201.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Body(New { name, dialect, rebind, unknown_extensions, idp, quirks, default_enrollment }): Body<New>,
) -> Result<(StatusCode, Tag, Json<DirectoryInfo>), Problem> {
    let settings =
        Change { dialect, rebind, unknown_extensions, idp, quirks, default_enrollment }.settings()?;
    let (tag, body) = current(caller.service.create_directory(&name, &settings).await?);
    Ok((StatusCode::CREATED, tag, body))
}

/// One, by name or id.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
) -> Result<(Tag, Json<DirectoryInfo>), Problem> {
    Ok(current(app.service().directory(&directory).await?))
}

/// Changes the settings of one; in force with its next request.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    Expected(expected): Expected,
    Body(change): Body<Change>,
) -> Result<(Tag, Json<DirectoryInfo>), Problem> {
    let service = caller.service.expecting(expected);
    Ok(current(service.set_directory(&directory, &change.settings()?).await?))
}

/// Deletes one that holds nothing.
pub(crate) async fn delete(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    Expected(expected): Expected,
) -> Result<StatusCode, Problem> {
    caller.service.expecting(expected).delete_directory(&directory).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Directories")
        .get("/directories", list, op("listDirectories", "List the directories by name").ok("A page"))
        .post(
            "/directories",
            create,
            op("createDirectory", "Create a directory")
                .created("The directory that was created")
                .refuses(&[404, 409]),
        )
        .get("/directories/{directory}", read, op("readDirectory", "Read a directory").ok("The directory"))
        .patch(
            "/directories/{directory}",
            change,
            op("changeDirectory", "Change the settings of a directory; in force with its next request")
                .ok("The directory as it is now"),
        )
        .delete(
            "/directories/{directory}",
            delete,
            op("deleteDirectory", "Delete a directory that holds nothing").gone("It is gone").refuses(&[409]),
        )
}
