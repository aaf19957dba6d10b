//! `/api/v1/directories/{directory}/sso`: the sign-in connection of a directory (enrollment.md §4).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_service::{SignInTest, SsoInfo, SsoSettings, SsoTest};
use serde_json::{Value, json};

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::Body;
use crate::App;

/// The connection, with what has to be entered in the identity provider.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
) -> Result<Json<SsoInfo>, Problem> {
    Ok(Json(app.service().sso(&directory).await?))
}

/// Makes or changes it.
pub(crate) async fn set(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    Body(settings): Body<SsoSettings>,
) -> Result<Json<SsoInfo>, Problem> {
    Ok(Json(caller.service.set_sso(&directory, settings).await?))
}

/// Removes it.
pub(crate) async fn remove(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.remove_sso(&directory).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries it, and a response if one is given. Nothing is changed.
pub(crate) async fn test(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    Body(test): Body<SignInTest>,
) -> Result<Json<SsoTest>, Problem> {
    Ok(Json(caller.service.test_sso(&directory, test).await?))
}

/// The last sign-ins with what was checked.
pub(crate) async fn sign_ins(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({"signIns": caller.service.sign_ins(&directory).await?})))
}
