//! `GET /api/v1/users/{user}/access`: what a user may reach (enrollment.md §6.1).

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use super::Problem;
use super::authenticated::{Authenticated, ToRead};
use super::list::{ListParameters, listed};
use crate::App;

/// A page of the organizations and resources on which the user has a role, with its sources.
pub(crate) async fn access(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(user): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    listed("access", app.service().user_access(&user, &page).await?)
}
