//! `GET /api/v1/users/{user}/access`: what a user may reach (enrollment.md §6.1).

use axum::Json;
use axum::extract::{Path, State};
use enroll_service::AccessEntry;

use super::Problem;
use super::authenticated::{Authenticated, ToRead};
use super::list::{ListParameters, list, listed};
use crate::App;
use crate::openapi::{Routes, op};

list! {
    /// What a user may reach.
    AccessList { access: AccessEntry }
}

/// A page of the organizations and resources on which the user has a role, with its sources.
pub(crate) async fn access(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(user): Path<String>,
    ListParameters(page): ListParameters,
) -> Result<Json<AccessList>, Problem> {
    Ok(listed(app.service().user_access(&user, &page).await?))
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Access").get(
        "/users/{user}/access",
        access,
        op("listAccess", "List the organizations and resources that a user may reach")
            .ok("A page; organizations first")
            .refuses(&[409]),
    )
}
