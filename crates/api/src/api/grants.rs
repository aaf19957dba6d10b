//! `/api/v1/organizations/{organization}/grants`: roles given directly, and at first sign-in (enrollment.md §1.8, §3.11).

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use enroll_domain::Role;
use enroll_domain::enrollment::GrantKind;
use enroll_service::GrantInfo;
use serde::Deserialize;
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::Body;
use super::list::{ListParameters, listed};
use crate::App;
use crate::parse::query::Query;

/// What is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    role: Role,
}

/// A page of the grants on an organization, oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(organization): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("grants", app.service().grants_page(&organization, &page).await?)
}

/// A user's direct grant; with `kind=jit` that from the first sign-in.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path((organization, user)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Json<GrantInfo>, Problem> {
    Ok(Json(app.service().grant_of_user(&organization, &user, kind(query.as_deref())?).await?))
}

/// Gives a user a role: 201 for the first grant, 200 where it takes the place of another. The token's label is kept as who
/// has given it.
pub(crate) async fn give(
    caller: Authenticated<ToAdminister>,
    Path((organization, user)): Path<(String, String)>,
    Body(Given { role }): Body<Given>,
) -> Result<(StatusCode, Json<GrantInfo>), Problem> {
    let (grant, is_new) = caller.service.give_grant(&organization, &user, role).await?;
    Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(grant)))
}

/// Takes a user's direct grant back; with `kind=jit` that from the first sign-in.
pub(crate) async fn take(
    caller: Authenticated<ToAdminister>,
    Path((organization, user)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, Problem> {
    caller.service.revoke_kind(&organization, &user, kind(query.as_deref())?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn kind(query: Option<&str>) -> Result<GrantKind, Problem> {
    match Query::new(query).one("kind")? {
        None => Ok(GrantKind::Direct),
        Some(word) => word.parse().map_err(|error| Problem::bad_request(format!("kind: {error}"))),
    }
}
