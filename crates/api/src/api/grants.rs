//! `/api/v1/organizations/{organization}/grants`: roles given directly, and at first sign-in (enrollment.md §1.8, §3.11).

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use enroll_domain::Role;
use enroll_domain::enrollment::GrantKind;
use enroll_service::GrantInfo;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::Body;
use super::list::{ListParameters, list, listed};
use super::version::{Expected, Tag, current};
use crate::App;
use crate::openapi::{Input, Routes, Sketch, op};
use crate::parse::query::Query;

/// What is given.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    /// The role.
    role: Role,
}

/// `kind`: which of a user's grants on an organization is meant.
pub(crate) struct Kind(GrantKind);

impl FromRequestParts<App> for Kind {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        match Query::new(parts.uri.query()).one("kind")? {
            None => Ok(Self(GrantKind::Direct)),
            Some(word) => {
                word.parse().map(Self).map_err(|error| Problem::bad_request(format!("kind: {error}")))
            }
        }
    }
}

impl Input for Kind {
    fn sketch(sketch: &mut Sketch<'_>) {
        let words: Vec<&str> = GrantKind::ALL.iter().map(|kind| kind.as_str()).collect();
        let schema = json!({ "type": "string", "enum": words, "default": GrantKind::Direct });
        sketch.query("kind", "`jit` for the grant from the first sign-in", schema);
    }
}

list! {
    /// The grants on an organization.
    Grants { grants: GrantInfo }
}

/// A page of the grants on an organization, oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(organization): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<Grants>, Problem> {
    Ok(listed(app.service().grants_page(&organization, &page).await?))
}

/// A user's direct grant; with `kind=jit` that from the first sign-in.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((organization, user)): Path<(String, String)>,
    Kind(kind): Kind,
) -> Result<(Tag, Json<GrantInfo>), Problem> {
    Ok(current(app.service().grant_of_user(&organization, &user, kind).await?))
}

/// Gives a user a role: 201 for the first grant, 200 where it takes the place of another. The token's label is kept as who
/// has given it.
pub(crate) async fn give(
    caller: Authenticated<ToAdminister>,
    Path((organization, user)): Path<(String, String)>,
    Expected(expected): Expected,
    Body(Given { role }): Body<Given>,
) -> Result<(StatusCode, Tag, Json<GrantInfo>), Problem> {
    let service = caller.service.expecting(expected);
    let (grant, is_new) = service.give_grant(&organization, &user, role).await?;
    let (tag, body) = current(grant);
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, tag, body))
}

/// Takes a user's direct grant back; with `kind=jit` that from the first sign-in.
pub(crate) async fn take(
    caller: Authenticated<ToAdminister>,
    Path((organization, user)): Path<(String, String)>,
    Kind(kind): Kind,
    Expected(expected): Expected,
) -> Result<StatusCode, Problem> {
    caller.service.expecting(expected).revoke_kind(&organization, &user, kind).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Grants")
        .get(
            "/organizations/{organization}/grants",
            list,
            op("listGrants", "List the grants, oldest first").ok("A page"),
        )
        .get(
            "/organizations/{organization}/grants/{user}",
            read,
            op("readGrant", "Read a user's direct grant").ok("The grant").refuses(&[409]),
        )
        .put(
            "/organizations/{organization}/grants/{user}",
            give,
            op("giveGrant", "Give a user a role, or another one")
                .ok("The grant that was there, or took the place of another")
                .created("The first grant")
                .refuses(&[409]),
        )
        .delete(
            "/organizations/{organization}/grants/{user}",
            take,
            op("takeGrant", "Take a user's direct grant back; what groups give stays")
                .gone("It is gone")
                .refuses(&[409]),
        )
}
